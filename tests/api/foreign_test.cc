// No caller sees or touches what belongs to another environment: every method is called with the
// ids, names and external ids of another environment's things.

#include <sqlite3.h>

#include <filesystem>

#include "server/api/services/all.h"
#include "tests/world/foreign_ids.h"

namespace gatehouse::world {
namespace {

using google::protobuf::Message;

// Every row of one environment, as text: table by table.
class Rows {
 public:
  explicit Rows(const std::string& file) {
    REQUIRE(sqlite3_open_v2(file.c_str(), &database_, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  }
  ~Rows() { sqlite3_close(database_); }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  std::map<std::string, std::string> of(EnvironmentId environment) {
    std::map<std::string, std::string> tables;
    for (const std::string& table :
         lines("SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "
               "WHERE m.type = 'table' AND c.name = 'environment_id' ORDER BY m.name")) {
      // What others may add to: an audit record of their own refusal has their environment.
      std::string text;
      for (const std::string& row : lines("SELECT * FROM " + table + " WHERE environment_id = " +
                                          std::to_string(environment.number()))) {
        text += row + "\n";
      }
      tables.emplace(table, std::move(text));
    }
    return tables;
  }

 private:
  std::vector<std::string> lines(const std::string& sql) {
    std::vector<std::string> found;
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
      std::string line;
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, i));
        line.append(bytes == nullptr ? "" : bytes,
                    static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
        line += i + 1 < sqlite3_column_count(statement) ? "|" : "";
      }
      found.push_back(std::move(line));
    }
    sqlite3_finalize(statement);
    return found;
  }

  sqlite3* database_ = nullptr;
};

struct Split {
  std::string service, method;
};
Split split(std::string_view path) {
  const auto slash = path.rfind('/');
  return {std::string(path.substr(1, slash - 1)), std::string(path.substr(slash + 1))};
}

}  // namespace

TEST_CASE("no method shows or changes what belongs to another environment") {
  const auto file = std::filesystem::temp_directory_path() /
                    ("gatehouse-foreign-" + std::to_string(::getpid()) + ".db");
  {
    World world({.database_file = file.string()});
    ApiClient owner(world, "Portal");
    const ForeignIds theirs(owner);
    ApiClient stranger(world, "Console");
    Rows rows(file.string());
    const auto before = rows.of(world.production());
    REQUIRE(before.at("organizations").find("TopSecretName") != std::string::npos);

    const api::Contract contract;
    const api::Methods methods = api::all_methods(contract);
    int called = 0;
    int named = 0;
    for (const api::Method* method : methods.all()) {
      if (!method->invoke) continue;
      const auto [service, name] = split(method->path);
      const std::unique_ptr<Message> request(method->request->New());
      const std::unique_ptr<Message> response(method->response->New());
      named += theirs.name_in(*request, service, name) > 0 ? 1 : 0;
      const CallStatus status = stranger.call_message(
          std::string_view(method->path).substr(std::string_view("/scalekit.v1.").size()), *request,
          *response);
      ++called;
      INFO(method->path << " " << request->ShortDebugString() << " -> " << status.message);
      CHECK(status.status != api::Status::internal);
      const std::string shown = response->DebugString();
      for (const std::string& secret : theirs.secrets()) {
        const bool was_echoed = request->DebugString().find(secret) != std::string::npos &&
                                status.status != api::Status::ok;
        if (!was_echoed) CHECK(shown.find(secret) == std::string::npos);
      }
    }
    CHECK(called > 100);
    CHECK(named > 60);
    const auto after = rows.of(world.production());
    for (const auto& [table, text] : before) {
      INFO(table);
      CHECK(after.at(table) == text);
    }
  }
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix);
}

}  // namespace gatehouse::world
