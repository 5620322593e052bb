// ScopeSet: the scopes of a request or grant [RFC 6749 §3.3]: a small set of tokens in their first
// order, each of the characters the grammar allows.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::oidc {

class ScopeSet {
 public:
  // Space-separated. nullopt for characters outside the grammar or more than 50 scopes. Repeated
  // scopes count once; surplus spaces are forgiven.
  [[nodiscard]] static std::optional<ScopeSet> parse(std::string_view text);

  [[nodiscard]] bool has(std::string_view scope) const;
  [[nodiscard]] bool empty() const { return scopes_.empty(); }
  [[nodiscard]] bool is_subset_of(const ScopeSet& other) const;
  [[nodiscard]] const std::vector<std::string>& list() const { return scopes_; }
  [[nodiscard]] std::string text() const;
  // Only those that are also in `allowed`.
  [[nodiscard]] ScopeSet intersected_with(const std::vector<std::string>& allowed) const;
  [[nodiscard]] static ScopeSet of(std::vector<std::string> scopes);

 private:
  std::vector<std::string> scopes_;
};

// What a person's sign-in may grant.
inline constexpr std::string_view person_scopes[] = {"openid", "profile", "email",
                                                     "offline_access"};
// The person scopes of `asked`; others are left out, as the specification allows [RFC 6749 §3.3].
[[nodiscard]] ScopeSet grantable_to_person(const ScopeSet& asked);

}  // namespace gatehouse::oidc
