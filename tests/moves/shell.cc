#include "tests/moves/shell.h"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "server/app/cli.h"
#include "server/app/data_folder.h"

namespace gatehouse::moves {
namespace {

using Lines = std::vector<std::string>;

// One line a row, its columns joined by |; for several statements, the rows of all.
Lines run_sql(const std::string& file, const std::string& sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
  Lines lines;
  const auto keep = [](void* to, int count, char** values, char**) {
    std::string& line = static_cast<Lines*>(to)->emplace_back();
    for (int i = 0; i < count; ++i) {
      line.append(i == 0 ? "" : "|").append(values[i] == nullptr ? "NULL" : values[i]);
    }
    return 0;
  };
  const int code = sqlite3_exec(handle, sql.c_str(), keep, &lines, nullptr);
  const std::string problem = sqlite3_errmsg(handle);
  sqlite3_close(handle);
  CAPTURE(sql);
  CAPTURE(problem);
  REQUIRE(code == SQLITE_OK);
  return lines;
}

void make_folder(const std::string& folder) {
  REQUIRE(app::DataFolder::open(folder).ok());
  REQUIRE(app::write_secret_file(folder + "/master.key", std::string(63, 'a') + "7\n").ok());
}

}  // namespace

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Outcome run(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream in;
  app::commands::Console console{.out = out, .err = err, .in = in};
  const int status = app::run_command_line(arguments, console);
  return {status, out.str(), err.str()};
}

Data::Data() {
  make_folder(folder());
  const upgrade::Installation installation(storage::Location::sqlite_file(file()));
  REQUIRE(installation.open(upgrade::released_migrations).ok());
  installation.load("tests/upgrade/schema_17.sqlite.sql");
  REQUIRE(installation.open_newest().ok());
}

std::string Data::empty_folder(const std::string& name) const {
  make_folder(path(name));
  return path(name);
}

std::string dump(const std::string& file) {
  std::string all;
  for (const std::string& table :
       run_sql(file,
               "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN"
               " ('schema_migrations', 'compatible_migrations') AND name NOT LIKE '%\"%' ORDER BY "
               "name")) {
    std::string columns;
    for (const std::string& name :
         run_sql(file, "SELECT name FROM pragma_table_xinfo('" + table + "') ORDER BY name")) {
      columns += (columns.empty() ? "quote(" : ", quote(") + name + ")";
    }
    all += "== " + table + "\n";
    for (const std::string& row :
         run_sql(file, "SELECT " + columns + " FROM " + table + " ORDER BY " + columns)) {
      all += row + "\n";
    }
  }
  return all;
}

void change(const std::string& file, const std::string& sql) { run_sql(file, sql); }

std::vector<std::string> column(const std::string& file, const std::string& sql) {
  return run_sql(file, sql);
}

std::string read_file(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace gatehouse::moves
