#include "tests/world/golden.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace gatehouse::world {
namespace {

void write_pretty(std::string& out, const Json& json, int depth) {
  const std::string inner(static_cast<std::size_t>(depth + 1) * 2, ' ');
  const std::string outer(static_cast<std::size_t>(depth) * 2, ' ');
  const auto* object = json.object();
  const auto* array = json.array();
  if (object == nullptr && array == nullptr) {
    out += json.text();
    return;
  }
  out += object != nullptr ? "{" : "[";
  bool is_first = true;
  const auto item = [&] {
    out += is_first ? "\n" + inner : ",\n" + inner;
    is_first = false;
  };
  if (object != nullptr) {
    for (const auto& member : *object) {
      item();
      append_json_string(out, member.key);
      out += ": ";
      write_pretty(out, member.value, depth + 1);
    }
  } else {
    for (const Json& element : *array) {
      item();
      write_pretty(out, element, depth + 1);
    }
  }
  if (!is_first) out += "\n" + outer;
  out += object != nullptr ? "}" : "]";
}

}  // namespace

void check_golden(std::string_view name, std::string_view text) {
  const std::string path = "tests/golden/" + std::string(name);
  const char* wish = std::getenv("GATEHOUSE_GOLDEN");
  if (wish != nullptr && std::string_view(wish) == "update") {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ostringstream there;
  there << std::ifstream(path, std::ios::binary).rdbuf();
  INFO("differs from ", path, "; if it should, run `make golden` and review the diff");
  CHECK(there.str() == std::string(text));
}

std::string pretty(const Json& json) {
  std::string out;
  write_pretty(out, json, 0);
  return out + "\n";
}

}  // namespace gatehouse::world
