#include "server/environments/invariants.h"

#include "server/environments/environment_store.h"

namespace gatehouse::environments {
namespace {

std::optional<std::string> base_url_problem(const EnvironmentRow& row) {
  const auto kind = parse_kind(row.kind);
  if (!kind.has_value()) return "its kind is unknown";
  const auto normal = normalize_base_url(*kind, row.base_url);
  if (!normal.ok()) return normal.error().detail;
  if (normal.value() != row.base_url) return "base URL: it should read " + normal.value();
  return std::nullopt;
}

std::optional<std::string> settings_problem(const EnvironmentRow& row) {
  const auto settings = settings_from_json(row.settings);
  return settings.ok() ? settings.value().problem() : settings.error().detail;
}

}  // namespace

Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction) {
  std::vector<std::string> findings;
  const auto rows = TRY(list_environment_rows(transaction));
  for (const EnvironmentRow& row : rows) {
    for (const auto& problem : {base_url_problem(row), settings_problem(row)}) {
      if (problem.has_value()) findings.push_back(row.id.text() + ": " + *problem);
    }
  }
  if (!TRY(find_configuration_version(transaction)).has_value()) {
    findings.push_back("the configuration version is gone");
  }
  return findings;
}

}  // namespace gatehouse::environments
