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

Error unknown_user() { return {ErrorCode::not_found, "no such user in this environment"}; }

std::string full_name(const std::string& given, const std::string& family) {
  if (given.empty() || family.empty()) return given + family;
  return given + " " + family;
}

// An external id is the customer's own key: kept byte for byte, so only what cannot be kept is
// refused.
Result<Unit, Error> check_external_id(const std::optional<std::string>& id) {
  if (!id.has_value()) return Unit{};
  if (id->empty() || id->size() > external_id_bytes_max) {
    return Error(ErrorCode::invalid_argument, "external id: 1 to 510 bytes");
  }
  if (clean_display_name(*id, external_id_bytes_max) != *id) {
    return Error(ErrorCode::invalid_argument,
                 "external id: no control or invisible characters, no outer blanks");
  }
  return Unit{};
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

Result<User, Error> create(Transaction& transaction, EnvironmentId environment,
                           const Context& context, Random& random, const NewUser& wanted) {
  std::string given_name = TRY(clean_name(wanted.given_name));
  std::string family_name = TRY(clean_name(wanted.family_name));
  TRY(check_external_id(wanted.external_id));
  std::string name = full_name(given_name, family_name);
  User user{.id = UserId::make(random, context.now),
            .environment = environment,
            .email = wanted.email,
            .email_verified = wanted.email_verified == NewUser::Verified::yes,
            .given_name = std::move(given_name),
            .family_name = std::move(family_name),
            .name = std::move(name),
            .picture = std::nullopt,
            .locale = std::nullopt,
            .external_id = wanted.external_id,
            .state = State::active,
            .created_at = context.now,
            .updated_at = context.now,
            .last_login_at = std::nullopt};
  if (!TRY(insert_user(transaction, environment, user))) {
    return Error(ErrorCode::already_exists, "the e-mail address or the external id is taken");
  }
  TRY(record_act(transaction, environment, context, random, audit::Event::user_created, user.id));
  return user;
}

Result<Unit, Error> change_profile(Transaction& transaction, EnvironmentId environment,
                                   const Context& context, Random& random, UserId user,
                                   const ProfileChange& change) {
  ProfileChange cleaned;
  cleaned.given_name = TRY(clean_change(change.given_name));
  cleaned.family_name = TRY(clean_change(change.family_name));
  if (!TRY(update_profile(transaction, environment, user, cleaned, context.now))) {
    return unknown_user();
  }
  return record_act(transaction, environment, context, random, audit::Event::user_updated, user);
}

Result<Unit, Error> note_sign_in(Transaction& transaction, EnvironmentId environment, UserId user,
                                 Instant now) {
  if (!TRY(update_signed_in(transaction, environment, user, now))) return unknown_user();
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
  return record_act(transaction, environment, context, random, audit::Event::user_deleted, user);
}

}  // namespace gatehouse::users
