#include "server/encoding/shell_word.h"

#include <doctest/doctest.h>

using gatehouse::shell_word;

TEST_CASE("a word that no shell changes stands as it is") {
  CHECK(shell_word("Development") == "Development");
  CHECK(shell_word("http://localhost:4321/api/auth/callback") ==
        "http://localhost:4321/api/auth/callback");
}

TEST_CASE("whatever a shell would act on is quoted") {
  CHECK(shell_word("") == "''");
  CHECK(shell_word("My application") == "'My application'");
  CHECK(shell_word("http://a.test/?b=c&d") == "'http://a.test/?b=c&d'");
  CHECK(shell_word("$(id);`id`\n*~") == "'$(id);`id`\n*~'");
  CHECK(shell_word("it's") == "'it'\\''s'");
}
