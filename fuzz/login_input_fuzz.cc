// What people type or click in a sign-in: codes, link tokens, scopes, verifiers.

// fuzz-modules: login oidc

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "server/login/challenge.h"
#include "server/oidc/pkce.h"
#include "server/oidc/scope.h"

namespace gatehouse {
namespace {

void try_input(std::string_view text) {
  if (const auto code = login::code_from_input(text)) {
    ENSURE(code->size() == 6);
    ENSURE(std::ranges::all_of(*code, [](char c) { return c >= '0' && c <= '9'; }));
    ENSURE(login::code_from_input(*code) == code);
  }
  if (const auto flow = login::flow_of_link(text)) {
    ENSURE(text.starts_with(std::to_string(flow->number()) + "."));
  }
  if (const auto scopes = oidc::ScopeSet::parse(text)) {
    const auto again = oidc::ScopeSet::parse(scopes->text());
    ENSURE(again.has_value() && again->list() == scopes->list());
    ENSURE(oidc::grantable_to_person(*scopes).is_subset_of(*scopes));
  }
  if (oidc::is_code_verifier(text)) {
    ENSURE(!oidc::verifier_matches(text, text.substr(0, 43)));
  }
}

}  // namespace
}  // namespace gatehouse

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gatehouse::try_input({reinterpret_cast<const char*>(data), size});
  return 0;
}
