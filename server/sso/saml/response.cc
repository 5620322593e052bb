#include "server/sso/saml/response.h"

#include "server/sso/saml/identity.h"
#include "server/sso/saml/message.h"
#include "server/sso/saml/names.h"
#include "server/sso/saml/validate.h"

namespace gatehouse::sso::saml {
namespace {

Result<xml::Document, Failure> read_document(std::string_view saml_response, CheckLog& log) {
  const std::string bytes = TRY(decode_post(saml_response));
  xml::Document document = TRY(parse_message(bytes));
  const xml::Element root = document.root();
  if (!root.is(protocol_ns, "Response")) {
    return Failure(Diagnosis::message_unexpected, "a SAML 2.0 Response",
                   std::string(root.local_name()) + " of " + std::string(root.namespace_uri()));
  }
  log.passed("The message is a SAML response.");
  return document;
}

Result<Answer, Failure> read(std::string_view saml_response, const SamlParties& parties,
                             const ResponseExpectations& expected, CheckLog& log) {
  const xml::Document document = TRY(read_document(saml_response, log));
  const HeadExpectations head{.to = parties.acs_urls,
                              .idp_entity_id = parties.idp_entity_id,
                              .now = expected.now,
                              .destination = xml::has_signature(document.root())
                                                 ? HeadExpectations::Destination::required
                                                 : HeadExpectations::Destination::optional};
  TRY(check_status(document.root()));
  log.passed("The identity provider reports success.");
  TRY(check_head(document.root(), head, log));

  const ProvenAssertion assertion = TRY(prove_assertion(document, parties, expected.keys, log));
  const std::optional<xml::Element> proven_response = assertion.response();
  if (proven_response.has_value()) {
    CheckLog already_noted;
    TRY(check_status(*proven_response));
    TRY(check_head(*proven_response, head, already_noted));
  }
  const xml::Element response = proven_response.value_or(document.root());
  const OuterResponse outer{
      .in_response_to = response.attribute("InResponseTo"),
      .proof = proven_response.has_value() ? OuterProof::signed_too : OuterProof::unsigned_text};
  AssertionFacts facts = TRY(validate_assertion(assertion, outer, parties, expected.now, log));
  login::OutsideIdentity identity = TRY(read_identity(assertion, parties, expected.keys, log));
  identity.session_index = facts.session_index;
  return Answer{.identity = std::move(identity),
                .in_response_to = std::move(facts.in_response_to),
                .assertion_id = std::move(facts.id),
                .assertion_expires_at = facts.expires_at,
                .session_not_on_or_after = facts.session_not_on_or_after,
                .authenticated_at = facts.authenticated_at};
}

}  // namespace

Result<Answer, Failure> read_response(std::string_view saml_response, const SamlParties& parties,
                                      const ResponseExpectations& expected, CheckLog& log) {
  Result<Answer, Failure> answer = read(saml_response, parties, expected, log);
  if (!answer.ok()) log.failed(answer.error());
  return answer;
}

}  // namespace gatehouse::sso::saml
