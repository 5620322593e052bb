// `gatehouse dev`: one development environment on this machine, with everything in it to sign in.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/core/time.h"

namespace gatehouse::app::dev {

struct DevOptions {
  std::uint16_t port = 8080;  // 0: any free one
  std::string data_folder = ".gatehouse";
  std::string database_url = {};  // empty: SQLite in the data folder
  std::string seed_file = {};     // empty: the default seed
  std::optional<Duration> access_token_lifetime = std::nullopt;
  std::string ready_file = {};  // empty: none is written
  std::string log_file = {};    // empty: standard error
  std::string template_folder = {};
  int io_threads = 1;
  enum class Transport { clear, tls } transport = Transport::clear;
};

// Runs until it is told to stop. Prints where everything is.
Result<Unit, Error> run_dev(const DevOptions& options);

}  // namespace gatehouse::app::dev
