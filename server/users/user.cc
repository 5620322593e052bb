// The rules of users: what a name and an external id may be, and the acts with their audit records.

#include "server/users/user.h"

#include "server/audit/record.h"
#include "server/core/limits.h"
#include "server/encoding/utf8.h"
#include "server/users/user_store.h"

namespace gatehouse::users {
namespace {

using storage::Transaction;

constexpr std::size_t external_id_bytes_max = 510;

constexpr std::size_t name_characters_max = 255;
constexpr std::size_t full_name_characters_max = 512;
constexpr std::size_t picture_characters_max = 2048;
constexpr std::size_t locale_characters_max = 255;
constexpr std::size_t character_bytes_max = 4;

Error unknown_user() { return refusal(ErrorCode::not_found, "user not found"); }

Error bad_field(std::string field, std::string_view why) {
  return refusal(ErrorCode::invalid_argument, field + " " + std::string(why), field);
}

std::string full_name(const std::string& given, const std::string& family) {
  if (given.empty() || family.empty()) return given + family;
  return given + " " + family;
}

// An external id is the customer's own key: kept byte for byte, so only what cannot be kept is
// refused.
Result<Unit, Error> check_external_id(const std::optional<std::string>& id) {
  if (!id.has_value()) return Unit{};
  if (id->empty() || id->size() > external_id_bytes_max) {
    return bad_field("external_id", "must have 1 to 510 bytes");
  }
  if (clean_display_name(*id, external_id_bytes_max) != *id) {
    return bad_field("external_id",
                     "must be text without control or invisible characters and outer blanks");
  }
  return Unit{};
}

struct NameField {
  std::string_view name;
  std::size_t characters_max;
};
constexpr NameField given_name_field{"given_name", name_characters_max};
constexpr NameField family_name_field{"family_name", name_characters_max};
constexpr NameField full_name_field{"name", full_name_characters_max};

// The same cleaning as clean_name, within the wider limits of the management API.
Result<std::string, Error> clean_field(std::string_view text, const NameField& field) {
  if (text.find_first_not_of(' ') == std::string_view::npos) return std::string{};
  auto cleaned = clean_display_name(text, field.characters_max * character_bytes_max);
  if (!cleaned.has_value() || count_characters(*cleaned) > field.characters_max) {
    return bad_field(
        std::string(field.name),
        "must be visible text of at most " + std::to_string(field.characters_max) + " characters");
  }
  return *std::move(cleaned);
}

Result<Unit, Error> check_text(const std::optional<std::string>& text, const NameField& field) {
  if (!text.has_value()) return Unit{};
  const auto characters = count_characters(*text);
  if (!characters.has_value() || *characters > field.characters_max ||
      text->find('\0') != std::string::npos) {
    return bad_field(
        std::string(field.name),
        "must be text of at most " + std::to_string(field.characters_max) + " characters");
  }
  return Unit{};
}

// Of whatever may be stored, wherever it came from. Names are clean already.
Result<Unit, Error> check_details(const UserDetails& details) {
  TRY(check_external_id(details.user.external_id));
  TRY(check_text(details.user.picture, {"picture", picture_characters_max}));
  TRY(check_text(details.user.locale, {"locale", locale_characters_max}));
  TRY(check_metadata(details.metadata, "metadata"));
  return check_profile(details.profile);
}

std::optional<std::string> unless_empty(const std::optional<std::string>& text) {
  return text.has_value() && text->empty() ? std::nullopt : text;
}

// The names after `change`. A full name that differs from its parts was set by itself, and stays.
Result<Unit, Error> change_names(User& user, const UserChange& change) {
  const bool follows = user.name == full_name(user.given_name, user.family_name);
  if (change.given_name.has_value()) {
    user.given_name = TRY(clean_field(*change.given_name, given_name_field));
  }
  if (change.family_name.has_value()) {
    user.family_name = TRY(clean_field(*change.family_name, family_name_field));
  }
  std::string name = follows ? std::string() : user.name;
  if (change.name.has_value()) name = TRY(clean_field(*change.name, full_name_field));
  user.name = name.empty() ? full_name(user.given_name, user.family_name) : std::move(name);
  return Unit{};
}

void change_profile_parts(Profile& profile, const UserChange& change) {
  if (change.phone_number.has_value() && *change.phone_number != profile.phone_number) {
    profile.phone_number = *change.phone_number;
    profile.phone_number_verified = false;
  }
  if (change.preferred_username.has_value()) {
    profile.preferred_username = *change.preferred_username;
  }
  if (change.gender.has_value()) profile.gender = *change.gender;
  if (change.groups.has_value()) profile.groups = *change.groups;
  if (change.custom_attributes.has_value()) profile.custom_attributes = *change.custom_attributes;
  if (change.profile_metadata.has_value()) profile.metadata = *change.profile_metadata;
}

Result<std::optional<std::string>, Error> clean_change(const std::optional<std::string>& name) {
  if (!name.has_value()) return std::optional<std::string>{};
  return std::optional<std::string>{TRY(clean_name(*name))};
}

Result<Unit, Error> record_act(Transaction& transaction, EnvironmentId environment,
                               const Context& context, Random& random, audit::Event event,
                               UserId user) {
  return audit::record(transaction, environment, context, random,
                       {.event = event, .subject_type = "user", .subject_id = user.text()});
}

}  // namespace

Result<std::string, Error> clean_name(std::string_view text) {
  if (text.find_first_not_of(' ') == std::string_view::npos) return std::string{};
  auto cleaned = clean_display_name(text, limits::display_name_bytes_max);
  if (!cleaned.has_value()) {
    return Error(ErrorCode::invalid_argument, "name: UTF-8, something visible, at most 200 bytes");
  }
  return *std::move(cleaned);
}

Result<UserDetails, Error> check_new_user(const NewUser& wanted, EnvironmentId environment,
                                          UserId id, Instant now) {
  std::string given_name = TRY(clean_field(wanted.given_name, given_name_field));
  std::string family_name = TRY(clean_field(wanted.family_name, family_name_field));
  std::string name = TRY(clean_field(wanted.name, full_name_field));
  if (name.empty()) name = full_name(given_name, family_name);
  UserDetails details{.user = {.id = id,
                               .environment = environment,
                               .email = wanted.email,
                               .email_verified = wanted.email_verified == NewUser::Verified::yes,
                               .given_name = std::move(given_name),
                               .family_name = std::move(family_name),
                               .name = std::move(name),
                               .picture = unless_empty(wanted.picture),
                               .locale = unless_empty(wanted.locale),
                               .external_id = wanted.external_id,
                               .state = State::active,
                               .created_at = now,
                               .updated_at = now,
                               .last_login_at = std::nullopt},
                      .metadata = wanted.metadata,
                      .profile = wanted.profile};
  TRY(check_details(details));
  return details;
}

Result<UserDetails, Error> create_detailed(Transaction& transaction, EnvironmentId environment,
                                           const Context& context, Random& random,
                                           const NewUser& wanted) {
  auto details =
      TRY(check_new_user(wanted, environment, UserId::make(random, context.now), context.now));
  if (!TRY(insert_user(transaction, environment, details))) {
    if (TRY(find_user_by_email(transaction, environment, wanted.email)).has_value()) {
      return refusal(ErrorCode::already_exists, "a user with this email already exists", "email");
    }
    return refusal(ErrorCode::already_exists, "a user with this external_id already exists",
                   "external_id");
  }
  TRY(change_count(transaction, environment, context, random, 1));
  TRY(record_act(transaction, environment, context, random, audit::Event::user_created,
                 details.user.id));
  return details;
}

Result<User, Error> create(Transaction& transaction, EnvironmentId environment,
                           const Context& context, Random& random, const NewUser& wanted) {
  return TRY(create_detailed(transaction, environment, context, random, wanted)).user;
}

Result<UserDetails, Error> update(Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random, UserId user,
                                  const UserChange& change) {
  auto found = TRY(find_details(transaction, environment, user));
  if (!found.has_value()) return unknown_user();
  UserDetails details = *std::move(found);
  TRY(change_names(details.user, change));
  if (change.external_id.has_value()) details.user.external_id = unless_empty(change.external_id);
  if (change.picture.has_value()) details.user.picture = unless_empty(change.picture);
  if (change.locale.has_value()) details.user.locale = unless_empty(change.locale);
  if (change.metadata.has_value()) details.metadata = *change.metadata;
  change_profile_parts(details.profile, change);
  TRY(check_details(details));
  details.user.updated_at = context.now;
  if (!TRY(update_user(transaction, environment, details))) {
    return refusal(ErrorCode::already_exists, "a user with this external_id already exists",
                   "external_id");
  }
  TRY(record_act(transaction, environment, context, random, audit::Event::user_updated, user));
  return details;
}

Result<Unit, Error> change_profile(Transaction& transaction, EnvironmentId environment,
                                   const Context& context, Random& random, UserId user,
                                   const ProfileChange& change) {
  UserChange cleaned;
  cleaned.given_name = TRY(clean_change(change.given_name));
  cleaned.family_name = TRY(clean_change(change.family_name));
  TRY(update(transaction, environment, context, random, user, cleaned));
  return Unit{};
}

Result<Unit, Error> note_sign_in(Transaction& transaction, EnvironmentId environment, UserId user,
                                 Instant now) {
  if (!TRY(update_signed_in(transaction, environment, user, now))) return unknown_user();
  return Unit{};
}

Result<Unit, Error> change_count(Transaction& transaction, EnvironmentId environment,
                                 const Context& context, Random& random, std::int64_t by) {
  return insert_count_change(transaction, environment, new_id_number(random, context.now), by);
}

Result<Unit, Error> sum_up_counts(Transaction& transaction, std::int64_t rows_max) {
  const auto changes = TRY(take_count_changes(transaction, rows_max));
  for (const auto& [environment, change] : changes) {
    if (change != 0) TRY(add_to_count(transaction, environment, change));
  }
  return Unit{};
}

Result<Unit, Error> set_state(Transaction& transaction, EnvironmentId environment,
                              const Context& context, Random& random, UserId user, State state) {
  if (!TRY(update_state(transaction, environment, user, state, context.now))) {
    // In that state already, or not there at all.
    if (!TRY(find_user(transaction, environment, user)).has_value()) return unknown_user();
    return Unit{};
  }
  return record_act(
      transaction, environment, context, random,
      state == State::active ? audit::Event::user_enabled : audit::Event::user_disabled, user);
}

Result<Unit, Error> delete_user(Transaction& transaction, EnvironmentId environment,
                                const Context& context, Random& random, UserId user) {
  if (!TRY(delete_row(transaction, environment, user))) return unknown_user();
  TRY(change_count(transaction, environment, context, random, -1));
  return record_act(transaction, environment, context, random, audit::Event::user_deleted, user);
}

}  // namespace gatehouse::users
