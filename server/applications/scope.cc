#include "server/applications/scope.h"

#include <algorithm>

#include "server/applications/client_rules.h"
#include "server/applications/scope_store.h"
#include "server/audit/record.h"

namespace gatehouse::applications {
namespace {

constexpr std::size_t name_bytes_max = 64;
constexpr TextRule description_rule{.field = "description", .characters_max = 2000};

bool is_scope_name(std::string_view text) {
  const auto is_allowed = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == ':';
  };
  return !text.empty() && text.size() <= name_bytes_max &&
         std::all_of(text.begin(), text.end(), is_allowed);
}

Error scope_not_found() { return refusal(ErrorCode::not_found, "scope not found"); }

Result<Unit, Error> note(storage::Transaction& transaction, EnvironmentId environment,
                         const Context& context, Random& random, audit::Record entry) {
  entry.subject_type = "scope";
  return audit::record(transaction, environment, context, random, entry);
}

Result<std::optional<Scope>, Error> try_create(storage::Transaction& transaction,
                                               EnvironmentId environment, const Context& context,
                                               Random& random, const NewScope& wanted) {
  if (!is_scope_name(wanted.name)) {
    return invalid("a scope is 1 to 64 letters, digits and colons", "scopes");
  }
  std::string description = TRY(checked_text(wanted.description, description_rule));
  Scope made{.id = ScopeId::make(random, context.now),
             .name = wanted.name,
             .description = std::move(description),
             .is_enabled = true};
  if (!TRY(insert_scope(transaction, environment, made, context.now))) {
    return std::optional<Scope>();
  }
  TRY(note(
      transaction, environment, context, random,
      {.event = audit::Event::scope_created, .subject_id = made.id.text(), .detail = made.name}));
  return std::optional(std::move(made));
}

Error exhausted() {
  return refusal(ErrorCode::resource_exhausted, "the environment has as many scopes as it may");
}

}  // namespace

Result<Scope, Error> create_scope(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random, const NewScope& wanted) {
  auto made = TRY(try_create(transaction, environment, context, random, wanted));
  if (made.has_value()) return std::move(*made);
  if (TRY(find_scope_by_name(transaction, environment, wanted.name)).has_value()) {
    return refusal(ErrorCode::already_exists, "there is a scope of this name", "name");
  }
  return exhausted();
}

Result<Scope, Error> ensure_scope(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random, std::string_view name) {
  auto found = TRY(find_scope_by_name(transaction, environment, name));
  if (found.has_value()) return std::move(*found);
  auto made =
      TRY(try_create(transaction, environment, context, random, {.name = std::string(name)}));
  if (made.has_value()) return std::move(*made);
  return exhausted();
}

Result<Scope, Error> update_scope(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random, ScopeId scope,
                                  const ScopeChange& change) {
  auto found = TRY(find_scope(transaction, environment, scope));
  if (!found.has_value()) return scope_not_found();
  Scope after = *found;
  if (change.description.has_value()) {
    after.description = TRY(checked_text(*change.description, description_rule));
  }
  if (change.state.has_value()) after.is_enabled = *change.state == ScopeChange::State::enabled;
  const bool is_same =
      after.description == found->description && after.is_enabled == found->is_enabled;
  if (is_same) return after;
  if (!TRY(update_scope_row(transaction, environment, after, context.now))) {
    return scope_not_found();
  }
  TRY(note(transaction, environment, context, random,
           {.event = audit::Event::scope_updated,
            .subject_id = scope.text(),
            .detail = after.name + (after.is_enabled ? " enabled" : " disabled")}));
  return after;
}

Result<Unit, Error> delete_scope(storage::Transaction& transaction, EnvironmentId environment,
                                 const Context& context, Random& random, ScopeId scope) {
  const auto found = TRY(find_scope(transaction, environment, scope));
  if (!found.has_value()) return scope_not_found();
  if (!TRY(remove_scope(transaction, environment, scope))) return scope_not_found();
  return note(
      transaction, environment, context, random,
      {.event = audit::Event::scope_deleted, .subject_id = scope.text(), .detail = found->name});
}

}  // namespace gatehouse::applications
