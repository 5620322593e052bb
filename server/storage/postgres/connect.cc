// How a connection comes to be: where to, and what is settled on it before its first use.

#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

#include "server/core/ensure.h"
#include "server/storage/postgres/connection.h"
#include "server/storage/postgres/wait.h"

namespace gatehouse::storage {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t start = 0;;) {
    const std::size_t comma = text.find(',', start);
    parts.emplace_back(text.substr(start, comma - start));
    if (comma == std::string_view::npos) return parts;
    start = comma + 1;
  }
}

// What we say where the operator says nothing: only a server that takes writes will do, and a
// network that swallows packets is noticed.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> defaults{
    {{"target_session_attrs", "read-write"},
     {"fallback_application_name", "gatehouse"},
     {"keepalives_idle", "10"},
     {"keepalives_interval", "5"},
     {"keepalives_count", "3"},
     {"tcp_user_timeout", "15000"},
     {"client_encoding", "UTF8"}}};

std::string_view one_of_many(const std::vector<std::string>& all, std::size_t number) {
  if (all.empty()) return {};
  return all.size() == 1 ? all.front() : all[std::min(number, all.size() - 1)];
}

// Each may be refused by an engine that has no such setting, and matters to speed or to patience
// only. Plans that always use an index keep transactions from reading, and so conflicting with,
// rows that are not theirs.
std::vector<std::string> session_settings(milliseconds lock_timeout) {
  return {"SET client_min_messages = warning",
          "SET lock_timeout = " + std::to_string(lock_timeout.count()),
          "SET idle_in_transaction_session_timeout = 60000",
          "SET client_connection_check_interval = 1000",
          "SET enable_seqscan = off",
          "SET plan_cache_mode = force_generic_plan",
          "SET jit = off"};
}

}  // namespace

Result<std::vector<ServerAddress>, Error> server_addresses(const std::string& conninfo) {
  char* complaint = nullptr;
  const Options options(PQconninfoParse(conninfo.c_str(), &complaint));
  PQfreemem(complaint);  // it repeats the text
  if (options == nullptr) {
    return Error(ErrorCode::invalid_argument, "not a PostgreSQL connection string");
  }
  std::vector<std::string> hosts, addresses, ports;
  ServerAddress common;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string_view keyword = option->keyword;
    if (keyword == "host") {
      hosts = split_list(option->val);
    } else if (keyword == "hostaddr") {
      addresses = split_list(option->val);
    } else if (keyword == "port") {
      ports = split_list(option->val);
    } else {
      common.keywords.emplace_back(keyword);
      common.values.emplace_back(option->val);
    }
  }
  for (const auto& [keyword, value] : defaults) {
    if (std::ranges::find(common.keywords, keyword) != common.keywords.end()) continue;
    common.keywords.emplace_back(keyword);
    common.values.emplace_back(value);
  }
  std::vector<ServerAddress> servers;
  const std::size_t count = std::max({hosts.size(), addresses.size(), std::size_t{1}});
  for (std::size_t i = 0; i < count; ++i) {
    ServerAddress server = common;
    const auto add = [&](std::string_view keyword, std::string_view value) {
      if (value.empty()) return;
      server.keywords.emplace_back(keyword);
      server.values.emplace_back(value);
    };
    add("host", one_of_many(hosts, i));
    add("hostaddr", one_of_many(addresses, i));
    add("port", one_of_many(ports, i));
    servers.push_back(std::move(server));
  }
  return servers;
}

Result<std::unique_ptr<PostgresConnection>, Failure> PostgresConnection::connect(
    const ServerAddress& server, milliseconds lock_timeout, Deadline deadline) {
  std::vector<const char*> keywords, values;
  for (std::size_t i = 0; i < server.keywords.size(); ++i) {
    keywords.push_back(server.keywords[i].c_str());
    values.push_back(server.values[i].c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  auto connection =
      std::make_unique<PostgresConnection>(PQconnectStartParams(keywords.data(), values.data(), 0));
  PGconn* handle = connection->handle();
  ENSURE(handle != nullptr);
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  while (PQstatus(handle) != CONNECTION_BAD && next != PGRES_POLLING_OK &&
         next != PGRES_POLLING_FAILED) {
    const short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (wait_for(PQsocket(handle), events, deadline) != Waited::ready) {
      return Failure{Error(ErrorCode::unavailable, "connect: no answer in time"),
                     Fate::connection_lost};
    }
    next = PQconnectPoll(handle);
  }
  if (PQstatus(handle) != CONNECTION_OK) return connection_failure(handle, "connect");
  TRY(connection->set_up(lock_timeout, deadline));
  return connection;
}

Result<Unit, Failure> PostgresConnection::set_up(milliseconds lock_timeout, Deadline deadline) {
  PQsetnonblocking(handle(), 1);
  PQsetNoticeProcessor(
      handle(), [](void*, const char*) {}, nullptr);  // they would go to standard error
  const char* encoding = PQparameterStatus(handle(), "server_encoding");
  if (encoding == nullptr || std::string_view(encoding) != "UTF8") {
    return Failure{Error(ErrorCode::failed_precondition,
                         "the database's encoding is not UTF8: make it with ENCODING 'UTF8'")};
  }
  if (PQenterPipelineMode(handle()) != 1) return lost("set up");
  // Together they are one round trip; an engine that refuses one gets them one by one.
  const std::vector<std::string> settings = session_settings(lock_timeout);
  std::string all;
  for (const std::string& setting : settings) all += setting + ";";
  if (!run_plain(all, "set up", deadline).ok() && !is_broken_) {
    for (const std::string& setting : settings) (void)run_plain(setting, "set up", deadline).ok();
  }
  if (is_broken_) return lost("set up");
  return Unit{};
}

}  // namespace gatehouse::storage
