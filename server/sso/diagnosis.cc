#include "server/sso/diagnosis.h"

#include <array>

#include "server/encoding/json.h"
#include "server/sso/diagnosis_text.h"
#include "server/sso/diagnosis_value.h"
#include "server/sso/remedies.h"

namespace gatehouse::sso {
namespace {

std::array<std::span<const DiagnosisRow>, 4> all_texts() {
  return {journey_texts(), saml_texts(), oidc_texts(), person_texts()};
}

std::string_view first_sentence(std::string_view text) {
  const std::size_t end = text.find(". ");
  return end == std::string_view::npos ? text : text.substr(0, end + 1);
}

}  // namespace

const DiagnosisText& text_of(Diagnosis diagnosis) {
  for (const auto& group : all_texts()) {
    for (const DiagnosisRow& row : group) {
      if (row.diagnosis == diagnosis) return row.text;
    }
  }
  ensure_failed("text_of: a Diagnosis without a text");
}

std::optional<Diagnosis> parse_diagnosis(std::string_view name) {
  for (const auto& group : all_texts()) {
    for (const DiagnosisRow& row : group) {
      if (row.text.name == name) return row.diagnosis;
    }
  }
  return std::nullopt;
}

std::string_view remedy_for(Diagnosis diagnosis, connections::Provider provider) {
  for (const auto& group : {request_remedies(), saml_signature_remedies(),
                            saml_assertion_remedies(), oidc_remedies(), person_remedies()}) {
    for (const Remedy& remedy : group) {
      if (remedy.diagnosis == diagnosis && remedy.provider == provider) return remedy.text;
    }
  }
  return text_of(diagnosis).remedy;
}

Failure::Failure(Diagnosis what, std::string wanted, std::string got)
    : diagnosis(what), expected(clean_value(wanted)), received(clean_value(got)) {}

void CheckLog::passed(std::string_view check, std::string_view detail) {
  entries_.push_back({std::string(check), clean_value(detail), Entry::Outcome::passed});
}

void CheckLog::failed(const Failure& failure) {
  std::string detail;
  if (!failure.expected.empty()) detail = "expected " + failure.expected;
  if (!failure.received.empty()) {
    detail += (detail.empty() ? "" : "; ") + ("received " + failure.received);
  }
  entries_.push_back({std::string(first_sentence(text_of(failure.diagnosis).explanation)),
                      std::move(detail), Entry::Outcome::failed});
}

std::string CheckLog::json() const {
  std::string out;
  JsonWriter writer(out);
  writer.begin_array();
  for (const Entry& entry : entries_) {
    writer.begin_object();
    writer.field("check", entry.check).field("detail", entry.detail);
    writer.field("passed", entry.outcome == Entry::Outcome::passed);
    writer.end_object();
  }
  writer.end_array();
  return out;
}

}  // namespace gatehouse::sso
