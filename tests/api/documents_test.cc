// The documents that are made of the contract are those in the repository.

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "server/api/openapi.h"
#include "server/api/reference_pages.h"
#include "server/api/services/all.h"

namespace gatehouse::api {

TEST_CASE("docs/api/methods.md is what the contract and the table of methods say") {
  const Contract contract;
  const std::string made = methods_document(contract, all_methods(contract));
  constexpr const char* path = "docs/api/methods.md";
  const char* mode = std::getenv("GATEHOUSE_GOLDEN");
  if (mode != nullptr && std::string_view(mode) == "update") std::ofstream(path) << made;
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  CHECK(text.str() == made);
}

TEST_CASE("a sentence ends where the next begins") {
  CHECK(first_sentence("Returns one user. Unknown ids are refused.") == "Returns one user");
  CHECK(first_sentence("Only one.") == "Only one");
  CHECK(first_sentence("Takes e.g. an id. More.") == "Takes e.g. an id");
  CHECK(first_sentence("One\n\nTwo.") == "One");
  CHECK(first_sentence("") == "");
}

}  // namespace gatehouse::api
