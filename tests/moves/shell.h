// The commands that move, keep and check an installation, called as from a shell, on one that has
// rows in every table.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/storage/table_copy.h"
#include "tests/upgrade/installation.h"

namespace gatehouse::moves {

[[nodiscard]] bool contains(std::string_view text, std::string_view part);

struct Outcome {
  int status;
  std::string out;
  std::string err;
};
Outcome run(const std::vector<std::string>& arguments);

// A folder with a master key and a database of the released schema, brought up to date.
class Data {
 public:
  Data();
  Data(const Data&) = delete;
  Data& operator=(const Data&) = delete;

  [[nodiscard]] std::string folder() const { return scratch_.path() + "/data"; }
  [[nodiscard]] std::string file() const { return folder() + "/gatehouse.db"; }
  [[nodiscard]] std::string path(const std::string& name) const {
    return scratch_.path() + "/" + name;
  }
  // A folder with the same master key and no database.
  [[nodiscard]] std::string empty_folder(const std::string& name) const;

 private:
  storage::ScratchFolder scratch_ = storage::ScratchFolder::make().value();
};

// Past the product, in SQLite files: every row of every table, blobs in hexadecimal.
[[nodiscard]] std::string dump(const std::string& file);
void change(const std::string& file, const std::string& sql);
[[nodiscard]] std::vector<std::string> column(const std::string& file, const std::string& sql);

[[nodiscard]] std::string read_file(const std::string& path);
void write_file(const std::string& path, std::string_view bytes);

}  // namespace gatehouse::moves
