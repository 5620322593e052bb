// SAML messages as they travel [SAML Bindings §3.4, §3.5]: from the octets of a binding to a
// document, and what every message says of itself. What is wrong is told as a Failure.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/sso/saml/parties.h"

namespace gatehouse::sso::saml {

// HTTP-POST: the base64 of the XML; line breaks and blanks within are passed over.
Result<std::string, Failure> decode_post(std::string_view base64);
// HTTP-Redirect: percent-encoded base64 of the deflated XML, as it stands in the query.
Result<std::string, Failure> decode_redirect(std::string_view encoded);

Result<xml::Document, Failure> parse_message(std::string_view xml);
Result<xml::Document, Failure> parse_message(std::string_view xml, const xml::ParseLimits& limits);

// xs:dateTime with a time zone; nullopt for anything else. Fractions below milliseconds are cut.
[[nodiscard]] std::optional<Instant> parse_time(std::string_view text);
// Whole seconds, "2026-11-21T20:15:00Z".
[[nodiscard]] std::string time_text(Instant instant);

// The attribute as an Instant; nullopt if it is absent. Failure: message_unexpected.
Result<std::optional<Instant>, Failure> time_attribute(const xml::Element& element,
                                                       std::string_view name);

// What a message says about itself is of use to refuse it, signed or not: version, issuer,
// destination and age. `to` are the addresses that it may be for.
struct HeadExpectations {
  std::span<const std::string> to;
  std::string idp_entity_id;
  Instant now;
  enum class Destination { required, optional } destination = Destination::optional;
};
Result<Unit, Failure> check_head(const xml::Element& message, const HeadExpectations& expected,
                                 CheckLog& log);

// Status [SAML Core §3.2.2]: nothing if it is Success.
Result<Unit, Failure> check_status(const xml::Element& message);

[[nodiscard]] Failure to_failure(xml::SignatureProblem problem);
[[nodiscard]] Failure to_failure(xml::EncryptionProblem problem);

// The value if it is there, else "nothing": for Failure::received.
[[nodiscard]] std::string shown(const std::optional<std::string>& value);
// "a or b".
[[nodiscard]] std::string shown(std::span<const std::string> values);

}  // namespace gatehouse::sso::saml
