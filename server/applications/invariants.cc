#include "server/applications/invariants.h"

#include <iterator>

#include "server/applications/application_store.h"
#include "server/applications/consent_store.h"
#include "server/applications/machine_client_store.h"
#include "server/applications/redirects.h"
#include "server/applications/scope_store.h"

namespace gatehouse::applications {
namespace {

std::optional<RedirectKind> parse_redirect_kind(std::string_view name) {
  for (const RedirectKind kind :
       {RedirectKind::callback, RedirectKind::post_logout, RedirectKind::back_channel_logout}) {
    if (redirect_kind_name(kind) == name) return kind;
  }
  return std::nullopt;
}

std::optional<std::string> problem_of(const StoredRedirect& row) {
  const auto environment = environments::parse_kind(row.environment_kind);
  const auto type = parse_type(row.application_type);
  const auto kind = parse_redirect_kind(row.kind);
  const bool is_initiate_login = row.kind == "initiate_login";
  if (!environment.has_value() || !type.has_value() || (!kind.has_value() && !is_initiate_login)) {
    return row.client_id + ": a redirect URI of an unknown kind";
  }
  const RedirectPlace place{*environment, *type};
  const auto checked = is_initiate_login ? check_initiate_login(place, row.uri)
                                         : check_redirect(place, *kind, row.uri);
  if (checked.ok()) return std::nullopt;
  return row.client_id + ": " + checked.error().detail;
}

}  // namespace

Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction) {
  std::vector<std::string> findings;
  for (const auto& invariants : {stored_invariants(), machine_client_invariants(),
                                 scope_invariants(), consent_invariants()}) {
    auto found = TRY(storage::find_violations(transaction, invariants));
    std::move(found.begin(), found.end(), std::back_inserter(findings));
  }
  const auto redirects = TRY(list_stored_redirects(transaction));
  for (const StoredRedirect& row : redirects) {
    auto problem = problem_of(row);
    if (problem.has_value()) findings.push_back(std::move(*problem));
  }
  return findings;
}

}  // namespace gatehouse::applications
