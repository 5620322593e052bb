#include "server/sso/saml/message.h"

#include <algorithm>
#include <charconv>

#include "server/core/limits.h"
#include "server/encoding/base64.h"
#include "server/encoding/gzip.h"
#include "server/encoding/uri.h"
#include "server/sso/saml/names.h"

namespace gatehouse::sso::saml {
namespace {

// Some senders break their base64 into lines.
constexpr std::size_t base64_bytes_max = limits::saml_message_bytes_max / 2 * 3;

Failure too_long(std::size_t bytes) {
  return Failure(Diagnosis::message_too_long,
                 "at most " + std::to_string(limits::saml_message_bytes_max) + " bytes",
                 std::to_string(bytes) + " bytes");
}

Result<std::string, Failure> decode_base64(std::string_view text) {
  if (text.size() > base64_bytes_max) return too_long(text.size());
  std::string dense(text);
  std::erase_if(dense, [](char c) { return c == '\r' || c == '\n' || c == ' ' || c == '\t'; });
  if (dense.empty()) return Failure(Diagnosis::answer_missing, "a message", "nothing");
  std::optional<std::string> bytes = base64_decode(dense);
  if (!bytes.has_value()) {
    return Failure(Diagnosis::message_not_base64, "base64", std::string(text.substr(0, 60)));
  }
  if (bytes->size() > limits::saml_message_bytes_max) return too_long(bytes->size());
  return *std::move(bytes);
}

Failure to_failure(xml::ParseProblem problem) {
  using xml::ParseProblem;
  const auto because = [problem](Diagnosis diagnosis) {
    return Failure(diagnosis, "XML", std::string(xml::parse_problem_name(problem)));
  };
  switch (problem) {
    case ParseProblem::too_long: return because(Diagnosis::message_too_long);
    case ParseProblem::doctype:
    case ParseProblem::comment:
    case ParseProblem::processing:
    case ParseProblem::entity: return because(Diagnosis::xml_forbidden);
    case ParseProblem::too_deep:
    case ParseProblem::too_large: return because(Diagnosis::xml_too_complex);
    case ParseProblem::duplicate_id: return because(Diagnosis::xml_duplicate_id);
    case ParseProblem::not_utf8:
    case ParseProblem::malformed:
    case ParseProblem::relative_namespace: break;
  }
  return because(Diagnosis::xml_malformed);
}

// Reads digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  const char* end = text.data() + digits;
  const auto [stop, status] = std::from_chars(text.data(), end, number);
  if (status != std::errc{} || stop != end || text.front() == '-') return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

// ".5", ".1234567": milliseconds.
std::optional<milliseconds> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return milliseconds(0);
  int value = 0;
  std::size_t digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; ++digits) {
    if (digits < 3) value = value * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) value *= 10;
  return milliseconds(value);
}

// "Z", "+01:00".
std::optional<minutes> take_zone(std::string_view& text) {
  if (take(text, 'Z')) return minutes(0);
  const bool is_west = !text.empty() && text.front() == '-';
  if (!is_west && (text.empty() || text.front() != '+')) return std::nullopt;
  text.remove_prefix(1);
  const std::optional<int> hour = take_number(text, 2);
  if (!hour.has_value() || !take(text, ':')) return std::nullopt;
  const std::optional<int> minute = take_number(text, 2);
  if (!minute.has_value() || *hour > 14 || *minute > 59) return std::nullopt;
  const minutes offset{*hour * 60 + *minute};
  return is_west ? -offset : offset;
}

Result<Unit, Failure> check_issue_instant(const xml::Element& message, Instant now) {
  const std::optional<Instant> issued = TRY(time_attribute(message, "IssueInstant"));
  if (!issued.has_value()) {
    return Failure(Diagnosis::message_unexpected, "an IssueInstant", "nothing");
  }
  if (*issued > now + clock_skew_max || *issued + message_age_max + clock_skew_max < now) {
    return Failure(Diagnosis::response_expired, "issued within 15 minutes before " + time_text(now),
                   "issued at " + time_text(*issued));
  }
  return Unit{};
}

Diagnosis diagnosis_of_status(std::string_view top, std::string_view second,
                              std::string_view message) {
  // Entra ID names its reasons in the message: nobody has assigned the person to the application.
  if (message.find("AADSTS50105") != message.npos) return Diagnosis::provider_refused;
  if (second == "NoPassive") return Diagnosis::provider_needs_user;
  for (const std::string_view refusal : {"AuthnFailed", "RequestDenied", "UnknownPrincipal"}) {
    if (second == refusal) return Diagnosis::provider_refused;
  }
  for (const std::string_view ours :
       {"InvalidNameIDPolicy", "NoAuthnContext", "RequestUnsupported", "UnsupportedBinding",
        "InvalidAttrNameOrValue", "RequestVersionDeprecated", "RequestVersionTooHigh"}) {
    if (second == ours) return Diagnosis::provider_request_refused;
  }
  if (top == "Requester" || top == "VersionMismatch") return Diagnosis::provider_request_refused;
  return Diagnosis::provider_error;
}

std::string status_word(const std::optional<xml::Element>& code) {
  if (!code.has_value()) return {};
  const std::string value = code->attribute("Value").value_or("");
  return value.starts_with(status_prefix) ? value.substr(status_prefix.size()) : value;
}

}  // namespace

Result<std::string, Failure> decode_post(std::string_view base64) { return decode_base64(base64); }

Result<std::string, Failure> decode_redirect(std::string_view encoded) {
  if (encoded.size() > limits::request_target_bytes_max) return too_long(encoded.size());
  const std::optional<std::string> base64 = percent_decode(encoded);
  if (!base64.has_value()) {
    return Failure(Diagnosis::message_not_base64, "percent-encoded base64",
                   std::string(encoded.substr(0, 60)));
  }
  const std::string packed = TRY(decode_base64(*base64));
  std::optional<std::string> xml =
      inflate_raw(packed, limits::saml_message_bytes_max, limits::saml_unpack_ratio_max);
  if (!xml.has_value()) {
    return Failure(
        Diagnosis::message_not_base64,
        "deflated text of at most " + std::to_string(limits::saml_message_bytes_max) + " bytes",
        std::to_string(packed.size()) + " bytes that are not");
  }
  return *std::move(xml);
}

Result<xml::Document, Failure> parse_message(std::string_view xml) {
  return parse_message(xml, {.bytes_max = limits::saml_message_bytes_max});
}

Result<xml::Document, Failure> parse_message(std::string_view xml, const xml::ParseLimits& limits) {
  auto document = xml::Document::parse(xml, limits);
  if (!document.ok()) return to_failure(document.error());
  return std::move(document).value();
}

std::optional<Instant> parse_time(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  const std::optional<int> year = take_number(text, 4);
  if (!year.has_value() || !take(text, '-')) return std::nullopt;
  const std::optional<int> month = take_number(text, 2);
  if (!month.has_value() || !take(text, '-')) return std::nullopt;
  const std::optional<int> day = take_number(text, 2);
  if (!day.has_value() || !take(text, 'T')) return std::nullopt;
  const std::optional<int> hour = take_number(text, 2);
  if (!hour.has_value() || !take(text, ':')) return std::nullopt;
  const std::optional<int> minute = take_number(text, 2);
  if (!minute.has_value() || !take(text, ':')) return std::nullopt;
  const std::optional<int> second = take_number(text, 2);
  if (!second.has_value()) return std::nullopt;
  const std::optional<milliseconds> fraction = take_fraction(text);
  if (!fraction.has_value()) return std::nullopt;
  const std::optional<minutes> zone = take_zone(text);
  if (!zone.has_value() || !text.empty()) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return Instant{std::chrono::sys_days(date).time_since_epoch() + hours(*hour) + minutes(*minute) -
                 *zone + seconds(*second) + *fraction};
}

std::string time_text(Instant instant) {
  return to_rfc3339(instant).substr(0, sizeof("2026-11-21T20:15:00") - 1) + "Z";
}

Result<std::optional<Instant>, Failure> time_attribute(const xml::Element& element,
                                                       std::string_view name) {
  const std::optional<std::string> text = element.attribute(name);
  if (!text.has_value()) return std::optional<Instant>();
  const std::optional<Instant> instant = parse_time(*text);
  if (!instant.has_value()) {
    return Failure(Diagnosis::message_unexpected,
                   std::string(name) + " as a time with its zone, like 2026-11-21T20:15:00Z",
                   *text);
  }
  return instant;
}

Result<Unit, Failure> check_head(const xml::Element& message, const HeadExpectations& expected,
                                 CheckLog& log) {
  const std::optional<std::string> version = message.attribute("Version");
  if (version != "2.0") {
    return Failure(Diagnosis::message_unexpected, "SAML version 2.0", shown(version));
  }
  const std::vector<xml::Element> issuers = message.children(assertion_ns, "Issuer");
  if (issuers.size() > 1 ||
      (issuers.size() == 1 && issuers.front().trimmed_text() != expected.idp_entity_id)) {
    return Failure(Diagnosis::issuer_mismatch, expected.idp_entity_id,
                   issuers.front().trimmed_text());
  }
  if (!issuers.empty()) {
    log.passed("The message names the identity provider as its issuer.", expected.idp_entity_id);
  }
  const std::optional<std::string> destination = message.attribute("Destination");
  // Some write it empty instead of leaving it out.
  const bool is_addressed = destination.has_value() && !destination->empty();
  const bool is_ours = is_addressed && std::find(expected.to.begin(), expected.to.end(),
                                                 *destination) != expected.to.end();
  if (is_addressed ? !is_ours : expected.destination == HeadExpectations::Destination::required) {
    return Failure(Diagnosis::destination_mismatch, shown(expected.to),
                   is_addressed ? *destination : "nothing, although it is signed");
  }
  if (is_addressed) log.passed("The message is addressed to this connection.", *destination);
  TRY(check_issue_instant(message, expected.now));
  log.passed("The message was issued a moment ago.");
  return Unit{};
}

Result<Unit, Failure> check_status(const xml::Element& message) {
  const std::optional<xml::Element> status = message.only_child(protocol_ns, "Status");
  const std::optional<xml::Element> code =
      status.has_value() ? status->only_child(protocol_ns, "StatusCode") : std::nullopt;
  if (!code.has_value()) {
    return Failure(Diagnosis::message_unexpected, "one Status with a StatusCode", "another form");
  }
  const std::string top = status_word(code);
  if (code->attribute("Value") == std::string(status_prefix) + "Success") return Unit{};

  const std::string second = status_word(code->only_child(protocol_ns, "StatusCode"));
  const std::optional<xml::Element> told = status->only_child(protocol_ns, "StatusMessage");
  const std::string message_text = told.has_value() ? told->trimmed_text() : "";
  std::string received = top;
  if (!second.empty()) received += " / " + second;
  if (!message_text.empty()) received += ": " + message_text;
  return Failure(diagnosis_of_status(top, second, message_text), "Success", received);
}

Failure to_failure(xml::SignatureProblem problem) {
  using xml::SignatureProblem;
  const auto because = [problem](Diagnosis diagnosis) {
    return Failure(diagnosis, "a signature by a certificate of this connection",
                   std::string(xml::signature_problem_name(problem)));
  };
  switch (problem) {
    case SignatureProblem::absent: return because(Diagnosis::signature_missing);
    case SignatureProblem::no_key: return because(Diagnosis::certificate_missing);
    case SignatureProblem::reference_missing:
    case SignatureProblem::reference_foreign:
      return because(Diagnosis::signature_reference_foreign);
    case SignatureProblem::transform_refused:
    case SignatureProblem::algorithm_refused:
      return because(Diagnosis::signature_algorithm_refused);
    case SignatureProblem::algorithm_weak: return because(Diagnosis::signature_algorithm_weak);
    case SignatureProblem::key_mismatch: return because(Diagnosis::signature_key_unknown);
    case SignatureProblem::digest_mismatch:
    case SignatureProblem::signature_mismatch: return because(Diagnosis::signature_invalid);
    case SignatureProblem::several:
    case SignatureProblem::malformed:
    case SignatureProblem::canonicalisation: break;
  }
  return because(Diagnosis::signature_malformed);
}

Failure to_failure(xml::EncryptionProblem problem) {
  using xml::EncryptionProblem;
  const std::string name(xml::encryption_problem_name(problem));
  switch (problem) {
    case EncryptionProblem::algorithm_refused:
    case EncryptionProblem::cbc_without_signature:
      return Failure(Diagnosis::encryption_algorithm_refused,
                     "RSA-OAEP with AES-GCM, or AES-CBC in a signed response", name);
    case EncryptionProblem::malformed:
    case EncryptionProblem::failed: break;
  }
  return Failure(Diagnosis::decryption_failed, "encrypted for our certificate", name);
}

std::string shown(const std::optional<std::string>& value) { return value.value_or("nothing"); }

std::string shown(std::span<const std::string> values) {
  std::string out;
  for (const std::string& value : values) {
    if (!out.empty()) out += " or ";
    out += value;
  }
  return out.empty() ? "nothing" : out;
}

}  // namespace gatehouse::sso::saml
