// The one file that knows how the command line is read. `admin` is made from the table of verbs.

#include "server/app/cli.h"

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "server/app/cli_reference.h"
#include "server/app/commands/admin.h"
#include "server/app/commands/backup.h"
#include "server/app/commands/doctor_sso.h"
#include "server/app/commands/maintenance.h"
#include "server/app/commands/serve.h"
#include "server/app/config.h"
#include "server/app/dev/dev.h"
#include "server/app/version.h"

namespace gatehouse::app {
namespace {

using commands::Answer;
using commands::Argument;
using commands::Console;
using commands::Verb;

enum class Form { people, json };

int report_error(const Error& error, Form form, Console& console) {
  if (form == Form::people) {
    console.err << "gatehouse: " << commands::printable(error.detail) << "\n";
    return 1;
  }
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.field("error", error_code_name(error.code)).field("message", error.detail);
  writer.end_object();
  console.err << out << "\n";
  return 1;
}

int report(const Result<Answer, Error>& outcome, Form form, Console& console) {
  if (!outcome.ok()) return report_error(outcome.error(), form, console);
  const Answer& answer = outcome.value();
  console.out << (form == Form::json ? answer.document.text() + "\n"
                                     : commands::render(answer, console.colour))
              << std::flush;
  return answer.exit_status;
}

int report(const Result<Unit, Error>& outcome, Console& console) {
  return outcome.ok() ? 0 : report_error(outcome.error(), Form::people, console);
}

// Only servers wait for a signal; every other command ends by one, as people expect of Ctrl-C.
void end_by_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

// A verb's place on the command line, and what was given there.
struct Slot {
  Verb verb;
  CLI::App* command = nullptr;
  std::map<std::string, std::string> single = {};
  std::map<std::string, std::vector<std::string>> many = {};
  std::map<std::string, CLI::Option*> options = {};

  [[nodiscard]] commands::Values values() const {
    commands::Values all;
    for (const auto& [name, option] : options) {
      if (option->count() == 0) continue;
      if (const auto one = single.find(name); one != single.end()) {
        all.add(name, one->second);
      } else if (const auto several = many.find(name); several != many.end()) {
        for (const std::string& text : several->second) all.add(name, text);
      } else {
        all.add(name, "true");
      }
    }
    return all;
  }
};

class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  [[nodiscard]] const CLI::App& root() const { return root_; }
  int run(const std::vector<std::string>& arguments, Console& console);

 private:
  void add_dev();
  void add_serve();
  void add_admin();
  void add_maintenance();
  void add_moves();
  void add_sso_doctor(CLI::App& doctor);
  void add_target(CLI::App& command);
  CLI::App& add_noun(CLI::App& parent, const commands::Noun& noun);
  void add_argument(Slot& slot, const Argument& argument);
  int dispatch(Console& console);
  int dispatch_serve(Console& console);
  int dispatch_on_data(Console& console);
  std::optional<Result<Answer, Error>> dispatch_move(Console& console);

  CLI::App root_{"Gatehouse: sign-in for every application of a company.", "gatehouse"};
  dev::DevOptions dev_;
  std::int64_t dev_lifetime_s_ = 0;
  bool dev_tls_ = false;
  std::string serve_config_;
  bool serve_example_ = false;
  bool serve_reference_ = false;
  std::string reference_page_ = "commands";
  commands::AdminOptions target_;  // of every command on data
  bool as_json_ = false;
  bool yes_ = false;
  std::string doctor_url_;
  commands::SsoDoctorOptions sso_doctor_;
  bool sso_check_ = false;
  commands::CopyOptions copy_;
  commands::BackupOptions backup_;
  commands::RestoreOptions restore_;
  bool replace_ = false;
  bool keep_sessions_ = false;
  std::vector<std::unique_ptr<Slot>> slots_;
};

CommandLine::CommandLine() {
  root_.set_version_flag("--version", std::string(version));
  root_.require_subcommand(1);
  add_dev();
  add_serve();
  add_admin();
  add_maintenance();
}

void CommandLine::add_dev() {
  CLI::App* command = root_.add_subcommand("dev", "Run a development environment on this machine");
  command->add_option("--port", dev_.port, "Port to listen on; 0 takes a free one")
      ->capture_default_str();
  command->add_option("--data", dev_.data_folder, "Folder that keeps the data")
      ->capture_default_str();
  command->add_option("--database", dev_.database_url,
                      "URL of a PostgreSQL database; SQLite in the data folder unless said");
  command->add_option("--seed", dev_.seed_file, "TOML file: applications, organizations, users");
  command->add_option("--access-token-ttl", dev_lifetime_s_, "Lifetime of access tokens in seconds")
      ->check(CLI::Range(1, 86'400));
  command->add_option("--ready-file", dev_.ready_file,
                      "JSON file with URL and credentials, written when ready");
  command->add_option("--log", dev_.log_file, "Log file; standard error if absent");
  command->add_option("--templates", dev_.template_folder,
                      "Folder whose templates replace the built-in ones");
  command->add_flag("--tls", dev_tls_,
                    "Serve https with a certificate of its own local root; says how to trust it");
  command->add_option("--io-threads", dev_.io_threads, "Threads that serve connections")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
}

void CommandLine::add_serve() {
  CLI::App* command = root_.add_subcommand("serve", "Run the server of a production environment");
  command->add_option("--config", serve_config_, "TOML file with the configuration");
  command->add_flag("--print-config-example", serve_example_,
                    "Print a complete commented configuration");
  command->add_flag("--print-config-reference", serve_reference_,
                    "Print what every setting means, as Markdown");
}

void CommandLine::add_target(CLI::App& command) {
  auto* data = command.add_option("--data", target_.place.data_folder,
                                  "Folder that keeps the data; .gatehouse unless said");
  auto* database =
      command.add_option("--database", target_.place.database_url,
                         "URL of the database, where it is not SQLite in the data folder");
  command.add_option("--config", target_.place.config_file, "Configuration of the server")
      ->excludes(data)
      ->excludes(database);
  command.add_flag("--json", as_json_, "Answer as JSON; errors too");
}

void CommandLine::add_argument(Slot& slot, const Argument& argument) {
  const std::string& name = argument.name;
  CLI::Option*& option = slot.options[name];
  switch (argument.takes) {
    case Argument::Takes::flag: option = slot.command->add_flag(name, argument.help); return;
    case Argument::Takes::value:
      option = slot.command->add_option(name, slot.single[name], argument.help);
      break;
    case Argument::Takes::values:
      option = slot.command->add_option(name, slot.many[name], argument.help);
      // Said again for each value; without its name, it takes all that follow.
      if (name.starts_with("-")) option->take_all()->allow_extra_args(false);
      break;
  }
  if (argument.need == Argument::Need::required) option->required();
  if (!argument.choices.empty()) option->check(CLI::IsMember(argument.choices));
}

CLI::App& CommandLine::add_noun(CLI::App& parent, const commands::Noun& noun) {
  CLI::App* group = parent.add_subcommand(noun.name, noun.help);
  group->require_subcommand(1)->fallthrough();
  for (Verb& verb : commands::all_verbs()) {
    if (verb.noun != noun.name) continue;
    auto& slot = *slots_.emplace_back(std::make_unique<Slot>(Slot{.verb = std::move(verb)}));
    slot.command = group->add_subcommand(slot.verb.name, slot.verb.help);
    slot.command->fallthrough();
    for (const Argument& argument : slot.verb.arguments) add_argument(slot, argument);
  }
  return *group;
}

void CommandLine::add_admin() {
  const auto add_options = [this](CLI::App& command) {
    add_target(command);
    command.add_option("--environment", target_.environment,
                       "Name or id; needed where there are several");
    command.add_flag("--yes", yes_, "Do not ask before what cannot be undone");
  };
  CLI::App* admin =
      root_.add_subcommand("admin", "See and change what a server has, running or not");
  add_options(*admin);
  admin->require_subcommand(1);
  for (const commands::Noun& noun : commands::all_nouns()) {
    add_noun(*admin, noun);
    if (noun.name == "keys") add_options(add_noun(root_, {noun.name, "Short for admin keys"}));
  }
}

void CommandLine::add_maintenance() {
  add_target(
      *root_.add_subcommand("migrate", "Bring the database up to date, and say what was done"));
  add_target(
      *root_.add_subcommand("fsck", "Look for damage in the data; the server may be running"));
  add_moves();
  CLI::App* doctor =
      root_.add_subcommand("doctor", "Check configuration, files, clock, issuer and mail server");
  add_target(*doctor);
  doctor->add_option("--url", doctor_url_, "Check only the server that answers there")
      ->excludes("--data")
      ->excludes("--config");
  add_sso_doctor(*doctor);
  root_.add_subcommand("reference", "Print reference documents")
      ->add_option("page", reference_page_,
                   "commands: every command; api: every method of the management API; sso: every "
                   "diagnosis of single sign-on, all as Markdown; openapi: the API's OpenAPI "
                   "document")
      ->check(CLI::IsMember({"commands", "api", "sso", "openapi"}))
      ->capture_default_str();
}

void CommandLine::add_sso_doctor(CLI::App& doctor) {
  CLI::App* sso = doctor.add_subcommand(
      "sso",
      "Say why a single sign-on failed, and what to change; without a reference, list those "
      "of the last seven days");
  sso->fallthrough();
  sso->add_option("reference", sso_doctor_.reference,
                  "The reference that people were shown: err_…");
  sso->add_option("--connection", sso_doctor_.connection, "Of this connection: conn_…");
  sso->add_option("--last", sso_doctor_.last, "How many of its attempts to explain")
      ->capture_default_str();
  sso->add_flag("--check", sso_check_,
                "Look at the connection itself: settings, certificates, domains, its provider");
}

void CommandLine::add_moves() {
  CLI::App* copy = root_.add_subcommand(
      "copy", "Move an installation to another database, while no server runs on either");
  copy->add_option("--from", copy_.from, "sqlite:PATH or a URL of PostgreSQL")->required();
  copy->add_option("--to", copy_.to, "sqlite:PATH or a URL of PostgreSQL, empty")->required();
  copy->add_flag("--replace", replace_, "Remove the installation that the target holds");
  copy->add_flag("--json", as_json_, "Answer as JSON; errors too");

  CLI::App* backup = root_.add_subcommand(
      "backup", "Write a SQLite database to one file; the server may be running");
  add_target(*backup);
  backup->add_option("--to", backup_.to, "File to write, which is not there yet")->required();

  CLI::App* restore = root_.add_subcommand(
      "restore", "Put a backup in the place of a SQLite database, while no server runs");
  add_target(*restore);
  restore->add_option("--from", restore_.from, "File that `gatehouse backup` wrote")->required();
  restore->add_flag("--replace", replace_, "Keep the database that is there aside");
  restore->add_flag("--keep-sessions", keep_sessions_,
                    "Let sessions and tokens go on, also those that were ended since the backup");
}

int CommandLine::run(const std::vector<std::string>& arguments, Console& console) {
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    root_.parse(reversed);
    return dispatch(console);
  } catch (const CLI::ParseError& error) {
    return root_.exit(error, console.out, console.err) == 0 ? 0 : 2;
  } catch (const std::exception& bug) {
    console.err << "gatehouse: this is a bug, please report it: " << bug.what() << "\n";
    return 1;
  }
}

int CommandLine::dispatch_serve(Console& console) {
  if (serve_example_ || serve_reference_) {
    console.out << (serve_example_ ? config_example() : config_reference()) << std::flush;
    return 0;
  }
  if (serve_config_.empty()) {
    console.err << "gatehouse: --config is missing; `gatehouse serve --print-config-example`"
                   " writes a configuration to begin with\n";
    return 2;
  }
  return report(commands::run_serve(serve_config_, console), console);
}

std::optional<Result<Answer, Error>> CommandLine::dispatch_move(Console& console) {
  using enum commands::Existing;
  if (root_.got_subcommand("copy")) {
    copy_.existing = replace_ ? replaced : kept;
    return commands::run_copy(copy_, console);
  }
  if (root_.got_subcommand("backup")) {
    backup_.place = target_.place;
    return commands::run_backup(backup_, console);
  }
  if (root_.got_subcommand("restore")) {
    restore_.place = target_.place;
    restore_.existing = replace_ ? replaced : kept;
    if (keep_sessions_) restore_.sessions = commands::RestoreOptions::Sessions::kept;
    return commands::run_restore(restore_, console);
  }
  return std::nullopt;
}

int CommandLine::dispatch_on_data(Console& console) {
  const Form form = as_json_ ? Form::json : Form::people;
  end_by_signals();
  if (root_.got_subcommand("migrate")) {
    return report(commands::run_migrate(target_.place), form, console);
  }
  if (root_.got_subcommand("fsck")) return report(commands::run_fsck(target_.place), form, console);
  if (root_.got_subcommand("doctor")) {
    if (root_.get_subcommand("doctor")->got_subcommand("sso")) {
      sso_doctor_.place = target_.place;
      if (sso_check_) sso_doctor_.subject = commands::SsoDoctorOptions::Subject::connection;
      return report(commands::run_sso_doctor(sso_doctor_), form, console);
    }
    return report(commands::run_doctor({target_.place, doctor_url_}), form, console);
  }
  const auto moved = dispatch_move(console);
  if (moved.has_value()) return report(*moved, form, console);
  if (yes_) target_.consent = commands::AdminOptions::Consent::given;
  for (const auto& slot : slots_) {
    if (!slot->command->parsed()) continue;
    return report(commands::run_admin(slot->verb, slot->values(), target_, console), form, console);
  }
  ensure_failed("dispatch_on_data: no command");
}

int CommandLine::dispatch(Console& console) {
  if (root_.got_subcommand("dev")) {
    if (dev_lifetime_s_ > 0) dev_.access_token_lifetime = seconds(dev_lifetime_s_);
    if (dev_tls_) dev_.transport = dev::DevOptions::Transport::tls;
    return report(dev::run_dev(dev_), console);
  }
  if (root_.got_subcommand("serve")) return dispatch_serve(console);
  if (root_.got_subcommand("reference")) {
    console.out << (reference_page_ == "commands" ? command_reference()
                                                  : reference_document(reference_page_))
                << std::flush;
    return 0;
  }
  return dispatch_on_data(console);
}

}  // namespace

std::string command_reference() {
  const CommandLine line;
  return describe_commands(line.root());
}

int run_command_line(const std::vector<std::string>& arguments, Console& console) {
  return CommandLine().run(arguments, console);
}

int run_command_line(int argc, char** argv) {
  Console console = commands::process_console();
  return run_command_line(std::vector<std::string>(argv + 1, argv + argc), console);
}

}  // namespace gatehouse::app
