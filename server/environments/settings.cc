// Settings: what values are allowed, and their stored form.

#include "server/environments/settings.h"

#include <array>

#include "server/core/enum_names.h"
#include "server/core/limits.h"
#include "server/encoding/json.h"
#include "server/encoding/utf8.h"
#include "server/environments/environment.h"

namespace gatehouse::environments {
namespace {

// One row per lifetime: its name in the stored document, in seconds, and its bounds.
struct Lifetime {
  std::string_view name;
  std::string_view key;
  Duration Settings::*value;
  Duration min;
  Duration max;
};
constexpr std::array lifetimes{
    Lifetime{"access_token_lifetime", "access_token_lifetime_s", &Settings::access_token_lifetime,
             access_token_lifetime_min, access_token_lifetime_max},
    Lifetime{"id_token_lifetime", "id_token_lifetime_s", &Settings::id_token_lifetime, seconds(1),
             days(1)},
    Lifetime{"m2m_token_lifetime", "m2m_token_lifetime_s", &Settings::m2m_token_lifetime,
             access_token_lifetime_min, m2m_token_lifetime_max},
    Lifetime{"session_absolute_lifetime", "session_absolute_lifetime_s",
             &Settings::session_absolute_lifetime, minutes(1), days(365)},
    Lifetime{"session_idle_lifetime", "session_idle_lifetime_s", &Settings::session_idle_lifetime,
             seconds(30), days(90)},
    Lifetime{"authorization_code_lifetime", "authorization_code_lifetime_s",
             &Settings::authorization_code_lifetime, seconds(5), minutes(10)},
    Lifetime{"invitation_lifetime", "invitation_lifetime_s", &Settings::invitation_lifetime,
             minutes(5), days(90)},
};

constexpr std::string_view sign_up_open = "open";
constexpr std::string_view sign_up_closed = "closed";
constexpr std::string_view sign_up_key = "sign_up";
constexpr std::string_view product_name_key = "product_name";
constexpr std::string_view support_email_key = "support_email";
constexpr std::string_view custom_claims_key = "custom_claims";

constexpr std::string_view passwordless_key = "passwordless";
constexpr EnumNames<Settings::Passwordless, 3> passwordless_names({"otp", "link", "link_otp"});

std::string_view sign_up_name(Settings::SignUp sign_up) {
  return sign_up == Settings::SignUp::open ? sign_up_open : sign_up_closed;
}

std::string seconds_text(Duration duration) {
  return std::to_string(std::chrono::duration_cast<seconds>(duration).count()) + " s";
}

// Only shown and linked (mailto:), never written to: enough that it cannot be anything else.
bool looks_like_email(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return false;
  if (text.size() > limits::email_bytes_max || text.find('@', at + 1) != std::string_view::npos) {
    return false;
  }
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_+@";
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

std::optional<std::string> problem_of(const Lifetime& lifetime, const Settings& settings) {
  const Duration value = settings.*lifetime.value;
  const std::string name(lifetime.name);
  if (value != std::chrono::floor<seconds>(value)) return name + " must be whole seconds";
  if (value < lifetime.min) return name + " must be at least " + seconds_text(lifetime.min);
  if (value > lifetime.max) return name + " must be at most " + seconds_text(lifetime.max);
  return std::nullopt;
}

Error unreadable(std::string_view key) {
  return Error(ErrorCode::invalid_argument, "settings: " + std::string(key) + " cannot be read");
}

// The text under `key` into `value`, if it is there.
Result<Unit, Error> read_text(const Json& document, std::string_view key, std::string& value) {
  const Json* member = document.find(key);
  if (member == nullptr) return Unit{};
  const auto text = member->string();
  if (!text.has_value()) return unreadable(key);
  value = *text;
  return Unit{};
}

// A list of {"name", "expression"}.
Result<std::vector<claims::Rule>, Error> read_custom_claims(const Json& document) {
  std::vector<claims::Rule> rules;
  const Json* member = document.find(custom_claims_key);
  if (member == nullptr) return rules;
  if (member->array() == nullptr) return unreadable(custom_claims_key);
  for (const Json& item : *member->array()) {
    const auto name = item.string("name");
    const auto expression = item.string("expression");
    if (!name.has_value() || !expression.has_value()) return unreadable(custom_claims_key);
    rules.push_back({.name = std::string(*name), .expression = std::string(*expression)});
  }
  return rules;
}

Result<Unit, Error> read_lifetime(const Json& document, const Lifetime& lifetime,
                                  Settings& settings) {
  constexpr std::int64_t lifetime_s_max = 10LL * 365 * 24 * 60 * 60;
  const Json* member = document.find(lifetime.key);
  if (member == nullptr) return Unit{};
  const auto count = member->integer();
  if (!count.has_value() || *count < 0 || *count > lifetime_s_max) return unreadable(lifetime.key);
  settings.*lifetime.value = seconds(*count);
  return Unit{};
}

}  // namespace

std::optional<std::string> Settings::problem() const {
  for (const Lifetime& lifetime : lifetimes) {
    auto problem = problem_of(lifetime, *this);
    if (problem.has_value()) return problem;
  }
  if (session_idle_lifetime >= session_absolute_lifetime) {
    return "session_idle_lifetime must be shorter than session_absolute_lifetime";
  }
  if (access_token_lifetime >= session_idle_lifetime) {
    return "access_token_lifetime must be shorter than session_idle_lifetime";
  }
  if (clean_display_name(product_name, limits::display_name_bytes_max) != product_name) {
    return "product_name must be 1 to 200 bytes of plain text";
  }
  if (!support_email.empty() && !looks_like_email(support_email)) {
    return "support_email is not an e-mail address";
  }
  return claims::rules_problem(custom_claims);
}

std::string settings_to_json(const Settings& settings) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  for (const Lifetime& lifetime : lifetimes) {
    writer.field(lifetime.key,
                 std::chrono::duration_cast<seconds>(settings.*lifetime.value).count());
  }
  writer.field(sign_up_key, sign_up_name(settings.sign_up));
  writer.field(passwordless_key, passwordless_names.name(settings.passwordless));
  writer.field(product_name_key, settings.product_name);
  writer.field(support_email_key, settings.support_email);
  writer.key(custom_claims_key).begin_array();
  for (const claims::Rule& rule : settings.custom_claims) {
    writer.begin_object();
    writer.field("name", rule.name).field("expression", rule.expression);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return text;
}

Result<Settings, Error> settings_from_json(std::string_view json) {
  const Json document = TRY(Json::parse(json));
  if (document.object() == nullptr) return unreadable("the document");
  Settings settings;
  for (const Lifetime& lifetime : lifetimes) TRY(read_lifetime(document, lifetime, settings));
  std::string sign_up(sign_up_name(settings.sign_up));
  TRY(read_text(document, sign_up_key, sign_up));
  if (sign_up != sign_up_open && sign_up != sign_up_closed) return unreadable(sign_up_key);
  settings.sign_up = sign_up == sign_up_open ? Settings::SignUp::open : Settings::SignUp::closed;
  std::string passwordless(passwordless_names.name(settings.passwordless));
  TRY(read_text(document, passwordless_key, passwordless));
  const auto kind = passwordless_names.parse(passwordless);
  if (!kind.has_value()) return unreadable(passwordless_key);
  settings.passwordless = *kind;
  TRY(read_text(document, product_name_key, settings.product_name));
  TRY(read_text(document, support_email_key, settings.support_email));
  settings.custom_claims = TRY(read_custom_claims(document));
  return settings;
}

std::string changed_settings(const Settings& before, const Settings& after) {
  std::string names;
  const auto note = [&names](std::string_view name) {
    if (!names.empty()) names += ", ";
    names += name;
  };
  for (const Lifetime& lifetime : lifetimes) {
    if (before.*lifetime.value != after.*lifetime.value) note(lifetime.name);
  }
  if (before.sign_up != after.sign_up) note(sign_up_key);
  if (before.passwordless != after.passwordless) note(passwordless_key);
  if (before.product_name != after.product_name) note(product_name_key);
  if (before.support_email != after.support_email) note(support_email_key);
  if (before.custom_claims != after.custom_claims) note(custom_claims_key);
  return names;
}

}  // namespace gatehouse::environments
