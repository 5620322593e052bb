// Verb: one command of `gatehouse admin <noun> <verb>` as a row of a table: how it is called, what
// it takes, the function that does it. The command line, its help and docs/reference/cli.md are
// made from these rows.

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/app/commands/answer.h"
#include "server/app/commands/place.h"
#include "server/core/result.h"
#include "server/crypto/master_key.h"
#include "server/environments/environment.h"

namespace gatehouse::app::commands {

struct Argument {
  enum class Takes { value, values, flag };
  enum class Need { required, optional };

  std::string name;  // "client_id" stands by its position, "--kind" by its name
  std::string help;
  Takes takes = Takes::value;
  Need need = Need::required;
  std::vector<std::string> choices = {};  // empty: anything
};
// The usual shapes.
[[nodiscard]] Argument operand(std::string name, std::string help);
[[nodiscard]] Argument option(std::string name, std::string help,
                              Argument::Takes takes = Argument::Takes::value);
[[nodiscard]] Argument required_option(std::string name, std::string help);
[[nodiscard]] Argument flag(std::string name, std::string help);
[[nodiscard]] Argument choice(std::string name, std::string help, std::vector<std::string> choices);

// What was given, by the argument's name.
class Values {
 public:
  void add(const std::string& name, std::string value);
  [[nodiscard]] bool has(const std::string& name) const;
  // The value; "" if there is none.
  [[nodiscard]] const std::string& text(const std::string& name) const;
  [[nodiscard]] std::optional<std::string> optional(const std::string& name) const;
  [[nodiscard]] const std::vector<std::string>& all(const std::string& name) const;

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

// What a verb works with.
struct Act {
  storage::Database& database;
  Random& random;
  Context context;  // the operator's; in the environment below, if there is one
  std::optional<environments::Environment> chosen;
  std::function<Result<crypto::MasterKey, Error>()> master_key;

  // The environment that the command is about. Verbs of scope `environment` always have one.
  [[nodiscard]] const environments::Environment& environment() const;

  template <class Work>
  auto write(Work work) {
    return storage::write(database, context, work);
  }
  template <class Work>
  auto read(Work work) {
    return storage::read(database, context, work);
  }
};

struct Verb {
  std::string noun;
  std::string name;
  std::string help;
  std::vector<Argument> arguments;
  Result<Answer, Error> (*run)(Act& act, const Values& values);
  // What is lost by it; a verb with a warning asks before it acts: always, or where one of the
  // flags `asks_with` is given. Empty: it does not ask.
  std::string warning = {};
  std::vector<std::string> asks_with = {};
  enum class Scope { environment, installation } scope = Scope::environment;
  Load load = Load::small;
};

struct Noun {
  std::string name;
  std::string help;
};
// Every noun, and every verb in the order of the documentation.
[[nodiscard]] std::vector<Noun> all_nouns();
[[nodiscard]] std::vector<Verb> all_verbs();

// The rows of each noun, in the file of its name.
[[nodiscard]] std::vector<Verb> environment_verbs();
[[nodiscard]] std::vector<Verb> application_verbs();
[[nodiscard]] std::vector<Verb> redirect_verbs();
[[nodiscard]] std::vector<Verb> secret_verbs();
[[nodiscard]] std::vector<Verb> organization_verbs();
[[nodiscard]] std::vector<Verb> client_verbs();
[[nodiscard]] std::vector<Verb> connection_verbs();
[[nodiscard]] std::vector<Verb> user_verbs();
[[nodiscard]] std::vector<Verb> import_verbs();
[[nodiscard]] std::vector<Verb> role_verbs();
[[nodiscard]] std::vector<Verb> claim_verbs();
[[nodiscard]] std::vector<Verb> session_verbs();
[[nodiscard]] std::vector<Verb> key_verbs();
[[nodiscard]] std::vector<Verb> audit_verbs();

}  // namespace gatehouse::app::commands
