// What to change in the consoles of the providers that are known by name, in the words that stand
// there. Only diagnosis.cc reads them.

#pragma once

#include <span>

#include "server/sso/diagnosis.h"

namespace gatehouse::sso {

struct Remedy {
  Diagnosis diagnosis;
  connections::Provider provider;
  std::string_view text;
};
[[nodiscard]] std::span<const Remedy> request_remedies();
[[nodiscard]] std::span<const Remedy> saml_signature_remedies();
[[nodiscard]] std::span<const Remedy> saml_assertion_remedies();
[[nodiscard]] std::span<const Remedy> oidc_remedies();
[[nodiscard]] std::span<const Remedy> person_remedies();

}  // namespace gatehouse::sso
