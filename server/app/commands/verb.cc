#include "server/app/commands/verb.h"

#include <iterator>

namespace gatehouse::app::commands {

Argument operand(std::string name, std::string help) {
  return {.name = std::move(name), .help = std::move(help)};
}
Argument option(std::string name, std::string help, Argument::Takes takes) {
  return {.name = std::move(name),
          .help = std::move(help),
          .takes = takes,
          .need = Argument::Need::optional};
}
Argument required_option(std::string name, std::string help) {
  return {.name = std::move(name), .help = std::move(help)};
}
Argument flag(std::string name, std::string help) {
  return option(std::move(name), std::move(help), Argument::Takes::flag);
}
Argument choice(std::string name, std::string help, std::vector<std::string> choices) {
  Argument made = option(std::move(name), std::move(help));
  made.choices = std::move(choices);
  return made;
}

void Values::add(const std::string& name, std::string value) {
  values_[name].push_back(std::move(value));
}

bool Values::has(const std::string& name) const { return values_.contains(name); }

const std::vector<std::string>& Values::all(const std::string& name) const {
  static const std::vector<std::string> none;
  const auto found = values_.find(name);
  return found == values_.end() ? none : found->second;
}

const std::string& Values::text(const std::string& name) const {
  static const std::string none;
  const auto& given = all(name);
  return given.empty() ? none : given.back();
}

std::optional<std::string> Values::optional(const std::string& name) const {
  return has(name) ? std::optional(text(name)) : std::nullopt;
}

const environments::Environment& Act::environment() const {
  ENSURE(chosen.has_value());
  return *chosen;
}

std::vector<Noun> all_nouns() {
  return {{"environments", "Issuers with their own people, applications and keys"},
          {"applications", "OAuth clients, their redirect URIs and settings"},
          {"secrets", "Client secrets of an application"},
          {"organizations", "Customers, and who belongs to them"},
          {"clients", "API clients for the programs of an organization"},
          {"connection", "Single sign-on of organizations, and social login"},
          {"users", "People"},
          {"import", "Many users at once, from a file"},
          {"roles", "What members of an organization may do"},
          {"claims", "What the tokens of people say beyond what they always say"},
          {"sessions", "Signed-in browsers"},
          {"keys", "Signing keys"},
          {"audit", "Who did what, when"}};
}

std::vector<Verb> all_verbs() {
  std::vector<Verb> all;
  for (auto* rows : {environment_verbs, application_verbs, redirect_verbs, secret_verbs,
                     organization_verbs, client_verbs, connection_verbs, user_verbs, import_verbs,
                     role_verbs, claim_verbs, session_verbs, key_verbs, audit_verbs}) {
    auto some = rows();
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace gatehouse::app::commands
