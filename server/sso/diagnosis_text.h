// The texts of every Diagnosis, in the groups of diagnosis.h. Only diagnosis.cc reads them.

#pragma once

#include <span>

#include "server/sso/diagnosis.h"

namespace gatehouse::sso {

struct DiagnosisRow {
  Diagnosis diagnosis;
  DiagnosisText text;
};
// The connection, the request, the provider's refusals, reaching the provider.
[[nodiscard]] std::span<const DiagnosisRow> journey_texts();
// SAML: the bytes, signatures, encryption, and what the assertion says.
[[nodiscard]] std::span<const DiagnosisRow> saml_texts();
[[nodiscard]] std::span<const DiagnosisRow> oidc_texts();
// The person, and what the provider starts by itself.
[[nodiscard]] std::span<const DiagnosisRow> person_texts();

}  // namespace gatehouse::sso
