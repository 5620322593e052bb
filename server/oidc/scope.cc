#include "server/oidc/scope.h"

#include <algorithm>

namespace gatehouse::oidc {
namespace {

constexpr std::size_t scopes_max = 50;

bool is_scope_character(char c) {
  return c == 0x21 || (c >= 0x23 && c <= 0x5B) || (c >= 0x5D && c <= 0x7E);
}

}  // namespace

std::optional<ScopeSet> ScopeSet::parse(std::string_view text) {
  ScopeSet set;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view scope = text.substr(0, space);
    text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
    if (scope.empty()) continue;
    if (!std::ranges::all_of(scope, is_scope_character)) return std::nullopt;
    if (set.has(scope)) continue;
    if (set.scopes_.size() == scopes_max) return std::nullopt;
    set.scopes_.emplace_back(scope);
  }
  return set;
}

ScopeSet ScopeSet::of(std::vector<std::string> scopes) {
  ScopeSet set;
  set.scopes_ = std::move(scopes);
  return set;
}

bool ScopeSet::has(std::string_view scope) const {
  return std::ranges::find(scopes_, scope) != scopes_.end();
}

bool ScopeSet::is_subset_of(const ScopeSet& other) const {
  return std::ranges::all_of(scopes_, [&](const std::string& scope) { return other.has(scope); });
}

std::string ScopeSet::text() const {
  std::string text;
  for (const std::string& scope : scopes_) {
    if (!text.empty()) text.push_back(' ');
    text.append(scope);
  }
  return text;
}

ScopeSet ScopeSet::intersected_with(const std::vector<std::string>& allowed) const {
  ScopeSet set;
  for (const std::string& scope : scopes_) {
    if (std::ranges::find(allowed, scope) != allowed.end()) set.scopes_.push_back(scope);
  }
  return set;
}

ScopeSet grantable_to_person(const ScopeSet& asked) {
  std::vector<std::string> granted;
  for (const std::string& scope : asked.list()) {
    if (std::ranges::find(person_scopes, scope) != std::end(person_scopes)) {
      granted.push_back(scope);
    }
  }
  return ScopeSet::of(std::move(granted));
}

}  // namespace gatehouse::oidc
