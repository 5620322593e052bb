#include "server/app/cli.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "server/app/dev/dev.h"
#include "server/app/version.h"

namespace gatehouse::app {
namespace {

int report(const Result<Unit, Error>& outcome) {
  if (outcome.ok()) return 0;
  std::fprintf(stderr, "gatehouse: %s\n", outcome.error().detail.c_str());
  return 1;
}

void add_dev(CLI::App& root, dev::DevOptions& options, std::int64_t& lifetime_s) {
  CLI::App* command = root.add_subcommand("dev", "Run a development environment on this machine");
  command->add_option("--port", options.port, "Port to listen on; 0 takes a free one")
      ->capture_default_str();
  command->add_option("--data", options.data_folder, "Folder that keeps the data")
      ->capture_default_str();
  command->add_option("--seed", options.seed_file, "TOML file: applications, organizations, users");
  command->add_option("--access-token-ttl", lifetime_s, "Lifetime of access tokens in seconds")
      ->check(CLI::Range(1, 86'400));
  command->add_option("--ready-file", options.ready_file,
                      "JSON file with URL and credentials, written when ready");
  command->add_option("--log", options.log_file, "Log file; standard error if absent");
  command->add_option("--templates", options.template_folder,
                      "Folder whose templates replace the built-in ones");
  command->add_option("--io-threads", options.io_threads, "Threads that serve connections")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App root("Gatehouse: sign-in for every application of a company.");
  root.set_version_flag("--version", std::string(version));
  root.require_subcommand(1);
  dev::DevOptions dev_options;
  std::int64_t lifetime_s = 0;
  add_dev(root, dev_options, lifetime_s);
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = root.exit(error);
    return status == 0 ? 0 : 2;
  }
  if (root.got_subcommand("dev")) {
    if (lifetime_s > 0) dev_options.access_token_lifetime = seconds(lifetime_s);
    return report(dev::run_dev(dev_options));
  }
  return 2;
}

}  // namespace gatehouse::app
