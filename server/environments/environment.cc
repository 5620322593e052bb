#include "server/environments/environment.h"

#include "server/audit/record.h"
#include "server/core/limits.h"
#include "server/encoding/utf8.h"
#include "server/environments/environment_store.h"
#include "server/environments/settings.h"

namespace gatehouse::environments {
namespace {

audit::Record about(audit::Event event, EnvironmentId environment, std::string detail) {
  return {.event = event,
          .subject_type = "environment",
          .subject_id = environment.text(),
          .detail = std::move(detail)};
}

Error unknown(EnvironmentId environment) {
  return Error(ErrorCode::not_found, "there is no environment " + environment.text());
}

Result<Environment, Error> environment_of(EnvironmentRow row) {
  const auto kind = parse_kind(row.kind);
  auto settings = settings_from_json(row.settings);
  if (!kind.has_value() || !settings.ok()) {
    const std::string why = kind.has_value() ? settings.error().detail : "unknown kind";
    return Error(ErrorCode::internal, "environment " + row.id.text() + " is damaged: " + why);
  }
  return Environment{.id = row.id,
                     .name = std::move(row.name),
                     .kind = *kind,
                     .base_url = std::move(row.base_url),
                     .settings = std::move(settings).value(),
                     .created_at = row.created_at,
                     .updated_at = row.updated_at};
}

Result<Unit, Error> check_settings(const Settings& settings) {
  auto problem = settings.problem();
  if (problem.has_value()) return Error(ErrorCode::invalid_argument, std::move(*problem));
  return Unit{};
}

Result<Environment, Error> load(storage::Transaction& transaction, EnvironmentId environment) {
  auto found = TRY(find_environment(transaction, environment));
  if (!found.has_value()) return unknown(environment);
  return std::move(*found);
}

// What every change ends with.
Result<Unit, Error> finish_change(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random,
                                  const audit::Record& entry) {
  TRY(audit::record(transaction, environment, context, random, entry));
  return bump_configuration_version(transaction);
}

}  // namespace

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::development: return "development";
    case Kind::production: return "production";
  }
  ensure_failed("kind_name: not a Kind");
}

std::optional<Kind> parse_kind(std::string_view name) {
  if (name == kind_name(Kind::development)) return Kind::development;
  if (name == kind_name(Kind::production)) return Kind::production;
  return std::nullopt;
}

std::string Environment::authority() const { return base_url.substr(base_url.find("://") + 3); }

Result<Environment, Error> create(storage::Transaction& transaction, const Context& context,
                                  Random& random, const NewEnvironment& wanted) {
  auto name = clean_display_name(wanted.name, limits::display_name_bytes_max);
  if (!name.has_value()) {
    return Error(ErrorCode::invalid_argument, "name must be 1 to 200 bytes of plain text");
  }
  TRY(check_settings(wanted.settings));
  std::string base_url = TRY(normalize_base_url(wanted.kind, wanted.base_url));
  Environment made{.id = EnvironmentId::make(random, context.now),
                   .name = std::move(*name),
                   .kind = wanted.kind,
                   .base_url = std::move(base_url),
                   .settings = wanted.settings,
                   .created_at = context.now,
                   .updated_at = context.now};
  const bool inserted = TRY(insert_environment(transaction, made.id,
                                               {.id = made.id,
                                                .name = made.name,
                                                .kind = std::string(kind_name(made.kind)),
                                                .base_url = made.base_url,
                                                .settings = settings_to_json(made.settings),
                                                .created_at = made.created_at,
                                                .updated_at = made.updated_at}));
  if (!inserted) {
    return Error(ErrorCode::already_exists,
                 "there is an environment with that name or base URL already");
  }
  TRY(finish_change(transaction, made.id, context, random,
                    about(audit::Event::environment_created, made.id,
                          std::string(kind_name(made.kind)) + " at " + made.base_url)));
  return made;
}

Result<Unit, Error> set_base_url(storage::Transaction& transaction, EnvironmentId environment,
                                 const Context& context, Random& random,
                                 std::string_view base_url) {
  const Environment current = TRY(load(transaction, environment));
  const std::string wanted = TRY(normalize_base_url(current.kind, base_url));
  if (wanted == current.base_url) return Unit{};
  if (!TRY(update_base_url(transaction, environment, wanted, context.now))) {
    return Error(ErrorCode::already_exists, "another environment has the base URL " + wanted);
  }
  return finish_change(transaction, environment, context, random,
                       about(audit::Event::environment_updated, environment,
                             "base URL " + wanted + ", before " + current.base_url));
}

Result<Unit, Error> set_settings(storage::Transaction& transaction, EnvironmentId environment,
                                 const Context& context, Random& random, const Settings& settings) {
  TRY(check_settings(settings));
  const Environment current = TRY(load(transaction, environment));
  const std::string changed = changed_settings(current.settings, settings);
  if (changed.empty()) return Unit{};
  if (!TRY(update_settings(transaction, environment, settings_to_json(settings), context.now))) {
    return unknown(environment);
  }
  return finish_change(transaction, environment, context, random,
                       about(audit::Event::environment_updated, environment, changed));
}

Result<std::vector<Environment>, Error> list_environments(storage::Transaction& transaction) {
  std::vector<Environment> all;
  auto rows = TRY(list_environment_rows(transaction));
  for (EnvironmentRow& row : rows) {
    all.push_back(TRY(environment_of(std::move(row))));
  }
  return all;
}

Result<std::optional<Environment>, Error> find_environment(storage::Transaction& transaction,
                                                           EnvironmentId environment) {
  auto row = TRY(find_environment_row(transaction, environment));
  if (!row.has_value()) return std::optional<Environment>();
  return std::optional(TRY(environment_of(std::move(*row))));
}

Result<std::int64_t, Error> configuration_version(storage::Transaction& transaction) {
  const auto version = TRY(find_configuration_version(transaction));
  if (!version.has_value()) return Error(ErrorCode::internal, "the configuration version is gone");
  return *version;
}

Result<Unit, Error> bump_configuration_version(storage::Transaction& transaction) {
  if (!TRY(increment_configuration_version(transaction))) {
    return Error(ErrorCode::internal, "the configuration version is gone");
  }
  return Unit{};
}

}  // namespace gatehouse::environments
