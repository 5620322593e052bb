#include "server/app/commands/lookup.h"

#include <charconv>

namespace gatehouse::app::commands {
namespace {

constexpr int limit_default = 100;
constexpr int limit_max = 500;

}  // namespace

Result<users::User, Error> find_user(storage::Transaction& transaction, EnvironmentId environment,
                                     std::string_view text) {
  std::optional<users::User> found;
  if (const auto id = UserId::parse(text)) {
    found = TRY(users::find_user(transaction, environment, *id));
  } else {
    const auto email = users::Email::parse(text);
    if (!email.has_value()) {
      return Error(
          ErrorCode::invalid_argument,
          "'" + std::string(text) + "' is neither a user id (usr_…) nor an e-mail address");
    }
    found = TRY(users::find_user_by_email(transaction, environment, *email));
  }
  if (!found.has_value()) {
    return Error(ErrorCode::not_found,
                 "there is no user " + std::string(text) + "; `users list` shows who there is");
  }
  return std::move(*found);
}

Result<orgs::Organization, Error> find_organization(storage::Transaction& transaction,
                                                    EnvironmentId environment,
                                                    std::string_view text) {
  const OrgId id = TRY(parse_id<OrgId>(text, "an organization"));
  auto found = TRY(orgs::find_organization(transaction, environment, id));
  if (!found.has_value()) {
    return Error(ErrorCode::not_found, "there is no organization " + std::string(text) +
                                           "; `organizations list` shows which there are");
  }
  return std::move(*found);
}

Result<applications::Application, Error> find_application(storage::Transaction& transaction,
                                                          EnvironmentId environment,
                                                          std::string_view client_id) {
  auto found = TRY(applications::find_application(transaction, environment, client_id));
  if (!found.has_value()) {
    return Error(ErrorCode::not_found, "there is no application " + std::string(client_id) +
                                           "; `applications list` shows which there are");
  }
  return std::move(*found);
}

Result<std::int64_t, Error> parse_count(std::string_view text, std::string_view what) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, number);
  if (status != std::errc{} || stop != end || number < 0) {
    return Error(ErrorCode::invalid_argument,
                 std::string(what) + " is a whole number, not '" + std::string(text) + "'");
  }
  return number;
}

Argument limit_option() { return option("--limit", "How many to show at most, up to 500"); }

Result<int, Error> parse_limit(const Values& values) {
  if (!values.has("--limit")) return limit_default;
  const std::int64_t limit = TRY(parse_count(values.text("--limit"), "--limit"));
  if (limit < 1 || limit > limit_max) {
    return Error(ErrorCode::invalid_argument, "--limit is a number from 1 to 500");
  }
  return static_cast<int>(limit);
}

Result<Assignment, Error> parse_assignment(std::string_view text) {
  const std::size_t at = text.find('=');
  if (at == std::string_view::npos || at == 0) {
    return Error(ErrorCode::invalid_argument,
                 "'" + std::string(text) + "': write name=value, as in product_name='Acme'");
  }
  return Assignment{std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(" ,");
    if (end != 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parts;
}

}  // namespace gatehouse::app::commands
