#include "server/sso/saml/validate.h"

#include <algorithm>

#include "server/sso/saml/message.h"
#include "server/sso/saml/names.h"

namespace gatehouse::sso::saml {
namespace {

constexpr std::size_t id_bytes_max = 256;

struct Validation {
  const xml::Element root;
  const OuterResponse& outer;
  const SamlParties& parties;
  Instant now;
  CheckLog& log;
  AssertionFacts facts;

  Result<Unit, Failure> head();
  Result<Unit, Failure> subject_confirmation();
  Result<std::optional<std::string>, Failure> confirm(const xml::Element& data) const;
  Result<Unit, Failure> settle_request(const std::optional<std::string>& confirmed);
  Result<Unit, Failure> conditions();
  Result<Unit, Failure> audiences(const xml::Element& conditions);
  Result<Unit, Failure> session();
  Result<Unit, Failure> not_before(const xml::Element& element, std::string_view what) const;
  Result<Unit, Failure> not_on_or_after(const xml::Element& element, std::string_view what) const;
  // Whatever else the element says: until then it may be shown again.
  Result<Unit, Failure> remember_expiry(const xml::Element& element);
};

Result<Unit, Failure> Validation::head() {
  const std::optional<std::string> version = root.attribute("Version");
  if (version != "2.0") {
    return Failure(Diagnosis::message_unexpected, "an assertion of version 2.0", shown(version));
  }
  const std::optional<std::string> id = root.attribute("ID");
  if (!id.has_value() || id->empty() || id->size() > id_bytes_max) {
    return Failure(Diagnosis::message_unexpected, "an ID of the assertion", shown(id));
  }
  facts.id = *id;
  const std::optional<xml::Element> issuer = root.only_child(assertion_ns, "Issuer");
  if (!issuer.has_value() || issuer->trimmed_text() != parties.idp_entity_id) {
    return Failure(Diagnosis::issuer_mismatch, parties.idp_entity_id,
                   issuer.has_value() ? issuer->trimmed_text() : "nothing");
  }
  log.passed("The assertion names the identity provider as its issuer.", parties.idp_entity_id);
  return Unit{};
}

Result<Unit, Failure> Validation::not_before(const xml::Element& element,
                                             std::string_view what) const {
  const std::optional<Instant> from = TRY(time_attribute(element, "NotBefore"));
  if (from.has_value() && *from > now + clock_skew_max) {
    return Failure(Diagnosis::assertion_not_yet_valid,
                   std::string(what) + " valid at " + time_text(now),
                   "not before " + time_text(*from));
  }
  return Unit{};
}

Result<Unit, Failure> Validation::not_on_or_after(const xml::Element& element,
                                                  std::string_view what) const {
  const std::optional<Instant> until = TRY(time_attribute(element, "NotOnOrAfter"));
  if (until.has_value() && *until + clock_skew_max <= now) {
    return Failure(Diagnosis::assertion_expired, std::string(what) + " valid at " + time_text(now),
                   "not on or after " + time_text(*until));
  }
  return Unit{};
}

Result<Unit, Failure> Validation::remember_expiry(const xml::Element& element) {
  const std::optional<Instant> until = TRY(time_attribute(element, "NotOnOrAfter"));
  if (!until.has_value()) return Unit{};
  if (*until > now + assertion_validity_max + clock_skew_max) {
    return Failure(Diagnosis::assertion_too_long_lived, "valid for a day at most",
                   "valid until " + time_text(*until));
  }
  facts.expires_at = std::max(facts.expires_at, *until + clock_skew_max);
  return Unit{};
}

// One bearer confirmation suffices; where none does, the first one's trouble is told.
Result<Unit, Failure> Validation::subject_confirmation() {
  const std::optional<xml::Element> subject = root.only_child(assertion_ns, "Subject");
  if (!subject.has_value()) {
    return Failure(Diagnosis::subject_confirmation_missing, "one Subject", "none, or several");
  }
  std::vector<xml::Element> bearers;
  for (const xml::Element& confirmation : subject->children(assertion_ns, "SubjectConfirmation")) {
    if (confirmation.attribute("Method") != bearer_method) continue;
    const auto data = confirmation.only_child(assertion_ns, "SubjectConfirmationData");
    if (!data.has_value()) continue;
    TRY(remember_expiry(*data));
    bearers.push_back(*data);
  }
  std::optional<Failure> first;
  for (const xml::Element& data : bearers) {
    auto confirmed = confirm(data);
    if (confirmed.ok()) {
      TRY(settle_request(confirmed.value()));
      log.passed("The subject is confirmed for this address and time.", parties.acs_urls.front());
      return Unit{};
    }
    if (!first.has_value()) first = std::move(confirmed).error();
  }
  if (first.has_value()) return *std::move(first);
  return Failure(Diagnosis::subject_confirmation_missing, "a bearer SubjectConfirmation with data",
                 "none");
}

// The request that this confirmation is bound to.
Result<std::optional<std::string>, Failure> Validation::confirm(const xml::Element& data) const {
  const std::optional<std::string> recipient = data.attribute("Recipient");
  const auto& ours = parties.acs_urls;
  if (!recipient.has_value() || std::find(ours.begin(), ours.end(), *recipient) == ours.end()) {
    return Failure(Diagnosis::recipient_mismatch, shown(ours), shown(recipient));
  }
  if (!data.attribute("NotOnOrAfter").has_value()) {
    return Failure(Diagnosis::assertion_expired, "a NotOnOrAfter of the confirmation", "nothing");
  }
  TRY(not_on_or_after(data, "a confirmation"));
  TRY(not_before(data, "a confirmation"));
  return data.attribute("InResponseTo");
}

Result<Unit, Failure> Validation::settle_request(const std::optional<std::string>& confirmed) {
  if (confirmed.has_value() && outer.in_response_to.has_value() &&
      *confirmed != *outer.in_response_to) {
    return Failure(Diagnosis::in_response_to_mismatch, *confirmed, *outer.in_response_to);
  }
  if (!confirmed.has_value() && outer.in_response_to.has_value() &&
      outer.proof == OuterProof::unsigned_text) {
    // Somebody may have wrapped an assertion that nobody asked for into an answer to a request.
    return Failure(Diagnosis::in_response_to_mismatch,
                   "InResponseTo in the signed part, as in the response", "nothing");
  }
  facts.in_response_to = confirmed.has_value() ? confirmed : outer.in_response_to;
  const std::size_t bytes = facts.in_response_to.value_or("_").size();
  if (bytes == 0 || bytes > id_bytes_max) {
    return Failure(Diagnosis::in_response_to_mismatch, "the id of a request",
                   std::to_string(bytes) + " bytes");
  }
  return Unit{};
}

Result<Unit, Failure> Validation::conditions() {
  const std::vector<xml::Element> found = root.children(assertion_ns, "Conditions");
  if (found.size() != 1) {
    return Failure(Diagnosis::audience_missing, "Conditions with an audience",
                   found.empty() ? "none" : "several Conditions");
  }
  const xml::Element& conditions = found.front();
  TRY(not_before(conditions, "an assertion"));
  TRY(not_on_or_after(conditions, "an assertion"));
  TRY(remember_expiry(conditions));
  log.passed("The assertion is valid now.", time_text(now));
  for (const xml::Element& condition : conditions.children()) {
    const std::string_view name = condition.local_name();
    if (condition.namespace_uri() != assertion_ns ||
        (name != "AudienceRestriction" && name != "OneTimeUse" && name != "ProxyRestriction")) {
      return Failure(Diagnosis::condition_unknown, "AudienceRestriction, OneTimeUse",
                     std::string(name));
    }
  }
  return audiences(conditions);
}

// Every restriction has to name us [SAML Core §2.5.1.4].
Result<Unit, Failure> Validation::audiences(const xml::Element& conditions) {
  const auto restrictions = conditions.children(assertion_ns, "AudienceRestriction");
  if (restrictions.empty()) {
    return Failure(Diagnosis::audience_missing, parties.entity_id, "no AudienceRestriction");
  }
  for (const xml::Element& restriction : restrictions) {
    std::vector<std::string> named;
    for (const xml::Element& audience : restriction.children(assertion_ns, "Audience")) {
      named.push_back(audience.trimmed_text());
    }
    if (std::find(named.begin(), named.end(), parties.entity_id) == named.end()) {
      return Failure(Diagnosis::audience_mismatch, parties.entity_id, shown(named));
    }
  }
  log.passed("The assertion is meant for this connection.", parties.entity_id);
  return Unit{};
}

Result<Unit, Failure> Validation::session() {
  for (const xml::Element& statement : root.children(assertion_ns, "AuthnStatement")) {
    const std::optional<Instant> until = TRY(time_attribute(statement, "SessionNotOnOrAfter"));
    if (until.has_value() && *until + clock_skew_max <= now) {
      return Failure(Diagnosis::session_expired, "a session at " + time_text(now),
                     "one that ended at " + time_text(*until));
    }
    if (until.has_value() &&
        (!facts.session_not_on_or_after.has_value() || *until < *facts.session_not_on_or_after)) {
      facts.session_not_on_or_after = until;
    }
    const std::optional<Instant> at = TRY(time_attribute(statement, "AuthnInstant"));
    if (at.has_value() && !facts.authenticated_at.has_value()) facts.authenticated_at = at;
    if (facts.session_index.empty()) {
      facts.session_index = statement.attribute("SessionIndex").value_or("");
    }
  }
  if (facts.session_index.size() > 1024) facts.session_index.clear();
  log.passed("The session at the identity provider is going on.");
  return Unit{};
}

}  // namespace

Result<AssertionFacts, Failure> validate_assertion(const ProvenAssertion& assertion,
                                                   const OuterResponse& outer,
                                                   const SamlParties& parties, Instant now,
                                                   CheckLog& log) {
  Validation validation{.root = assertion.root(),
                        .outer = outer,
                        .parties = parties,
                        .now = now,
                        .log = log,
                        .facts = {.id = {}, .in_response_to = {}, .expires_at = now}};
  TRY(validation.head());
  TRY(validation.subject_confirmation());
  TRY(validation.conditions());
  TRY(validation.session());
  return std::move(validation.facts);
}

}  // namespace gatehouse::sso::saml
