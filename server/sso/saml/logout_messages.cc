#include "server/sso/saml/logout_messages.h"

#include "server/sso/saml/departure.h"
#include "server/sso/saml/message.h"
#include "server/sso/saml/names.h"
#include "server/sso/saml/redirect_query.h"
#include "server/xml/writer.h"

namespace gatehouse::sso::saml {
namespace {

constexpr minutes request_lifetime{5};
constexpr std::size_t session_indexes_max = 50;

std::string_view element_name(LogoutKind kind) {
  return kind == LogoutKind::request ? "LogoutRequest" : "LogoutResponse";
}
std::string_view parameter_name(LogoutKind kind) {
  return kind == LogoutKind::request ? "SAMLRequest" : "SAMLResponse";
}

// The message as it may be read: under the provider's signature, or without any.
struct Read {
  std::optional<xml::Document> document;
  std::optional<xml::VerifiedElement> verified;
  bool is_signed = false;
  std::string relay_state;

  [[nodiscard]] xml::Element root() const {
    return verified.has_value() ? verified->root() : document->root();
  }
};

Result<Unit, Failure> open_redirect(Read& read, const LogoutArrival& arrival,
                                    const SamlParties& parties, LogoutKind kind) {
  RedirectQuery query = TRY(read_redirect_query(arrival.payload, parameter_name(kind)));
  if (query.signature.has_value()) {
    const auto& detached = *query.signature;
    auto verified = xml::verify_octets(detached.octets, detached.signature, detached.algorithm,
                                       parties.idp_certificates);
    if (!verified.ok()) return to_failure(verified.error());
    read.is_signed = true;
  }
  read.relay_state = std::move(query.relay_state);
  const std::string bytes = TRY(decode_redirect(query.message));
  read.document = TRY(parse_message(bytes));
  return Unit{};
}

Result<Unit, Failure> open_post(Read& read, const LogoutArrival& arrival,
                                const SamlParties& parties) {
  const std::string bytes = TRY(decode_post(arrival.payload));
  read.document = TRY(parse_message(bytes));
  if (!xml::has_signature(read.document->root())) return Unit{};
  auto verified =
      xml::verify_signature(*read.document, read.document->root(), parties.idp_certificates);
  if (!verified.ok()) return to_failure(verified.error());
  read.verified = std::move(verified).value();
  read.is_signed = true;
  return Unit{};
}

Result<Read, Failure> open(const LogoutArrival& arrival, const SamlParties& parties,
                           LogoutKind kind, CheckLog& log) {
  Read read;
  if (arrival.binding == LogoutArrival::Binding::redirect) {
    TRY(open_redirect(read, arrival, parties, kind));
  } else {
    TRY(open_post(read, arrival, parties));
  }
  const xml::Element root = read.root();
  if (!root.is(protocol_ns, element_name(kind))) {
    return Failure(Diagnosis::message_unexpected, std::string(element_name(kind)),
                   std::string(root.local_name()));
  }
  if (kind == LogoutKind::request && !read.is_signed) {
    return Failure(Diagnosis::signature_missing, "a signed LogoutRequest", "no signature");
  }
  if (read.is_signed) log.passed("The message is signed by the identity provider.");
  if (root.children(assertion_ns, "Issuer").empty()) {
    return Failure(Diagnosis::issuer_mismatch, parties.idp_entity_id, "nothing");
  }
  const HeadExpectations head{.to = std::span(&parties.logout_url, 1),
                              .idp_entity_id = parties.idp_entity_id,
                              .now = arrival.now,
                              .destination = read.is_signed
                                                 ? HeadExpectations::Destination::required
                                                 : HeadExpectations::Destination::optional};
  TRY(check_head(root, head, log));
  return read;
}

Result<LogoutRequest, Failure> read_request(const LogoutArrival& arrival,
                                            const SamlParties& parties, CheckLog& log) {
  Read read = TRY(open(arrival, parties, LogoutKind::request, log));
  const xml::Element root = read.root();
  const std::optional<Instant> until = TRY(time_attribute(root, "NotOnOrAfter"));
  if (until.has_value() && *until + clock_skew_max <= arrival.now) {
    return Failure(Diagnosis::assertion_expired, "a request valid at " + time_text(arrival.now),
                   "not on or after " + time_text(*until));
  }
  LogoutRequest out{.id = root.attribute("ID").value_or(""),
                    .name_id = {},
                    .session_indexes = {},
                    .relay_state = std::move(read.relay_state)};
  if (out.id.empty()) {
    return Failure(Diagnosis::message_unexpected, "an ID of the request", "nothing");
  }
  out.name_id = TRY(read_name_id(root, arrival.keys));
  if (out.name_id.text.empty()) {
    return Failure(Diagnosis::name_id_missing, "the NameID of the person", "nothing");
  }
  for (const xml::Element& index : root.children(protocol_ns, "SessionIndex")) {
    if (out.session_indexes.size() == session_indexes_max) break;
    out.session_indexes.push_back(index.trimmed_text());
  }
  return out;
}

Result<LogoutResponse, Failure> read_response(const LogoutArrival& arrival,
                                              const SamlParties& parties, CheckLog& log) {
  Read read = TRY(open(arrival, parties, LogoutKind::response, log));
  const xml::Element root = read.root();
  auto status = check_status(root);
  if (!status.ok() && status.error().received.find("PartialLogout") == std::string::npos) {
    return std::move(status).error();
  }
  const std::string in_response_to = root.attribute("InResponseTo").value_or("");
  if (in_response_to.empty()) {
    return Failure(Diagnosis::in_response_to_mismatch, "the id of a request", "nothing");
  }
  return LogoutResponse{.in_response_to = in_response_to,
                        .proof = read.is_signed ? LogoutResponse::Proof::signed_by_provider
                                                : LogoutResponse::Proof::unsigned_text,
                        .relay_state = std::move(read.relay_state)};
}

struct Outgoing {
  std::string id;
  Instant now;
  std::string relay_state;
};

xml::Writer& begin_message(xml::Writer& writer, std::string_view name, const SamlParties& parties,
                           const Outgoing& message) {
  return writer.begin(name, {{"xmlns:samlp", protocol_ns},
                             {"xmlns:saml", assertion_ns},
                             {"ID", message.id},
                             {"Version", "2.0"},
                             {"IssueInstant", time_text(message.now)},
                             {"Destination", parties.configuration.idp_slo_url.value_or("")}});
}

Departure send(MessageKind kind, std::string xml, const SamlParties& parties,
               const Outgoing& message, const xml::KeyPair* key) {
  ENSURE(parties.configuration.idp_slo_url.has_value());
  return depart({.kind = kind,
                 .xml = std::move(xml),
                 .id = message.id,
                 .binding = parties.configuration.idp_slo_request_binding.value_or(
                     connections::RequestBinding::http_redirect),
                 .destination = *parties.configuration.idp_slo_url,
                 .relay_state = message.relay_state},
                key);
}

}  // namespace

Departure make_logout_request(const SamlParties& parties, const LogoutAsk& ask,
                              const xml::KeyPair* key) {
  const Outgoing message{.id = ask.id, .now = ask.now, .relay_state = ask.relay_state};
  std::string out;
  xml::Writer writer(out);
  begin_message(writer, "samlp:LogoutRequest", parties, message);
  writer.attribute("NotOnOrAfter", time_text(ask.now + request_lifetime));
  writer.element("saml:Issuer", parties.entity_id);
  writer.begin("saml:NameID");
  if (!ask.subject.name_id_format.empty()) {
    writer.attribute("Format", ask.subject.name_id_format);
  }
  writer.text(ask.subject.name_id).end();
  if (!ask.subject.session_index.empty()) {
    writer.element("samlp:SessionIndex", ask.subject.session_index);
  }
  writer.end();
  return send(MessageKind::request, std::move(out), parties, message, key);
}

Departure make_logout_response(const SamlParties& parties, const LogoutReply& reply,
                               const xml::KeyPair* key) {
  const Outgoing message{.id = reply.id, .now = reply.now, .relay_state = reply.relay_state};
  const std::string success = std::string(status_prefix) + "Success";
  const std::string partial = std::string(status_prefix) + "PartialLogout";
  std::string out;
  xml::Writer writer(out);
  begin_message(writer, "samlp:LogoutResponse", parties, message);
  writer.attribute("InResponseTo", reply.in_response_to);
  writer.element("saml:Issuer", parties.entity_id);
  writer.begin("samlp:Status").begin("samlp:StatusCode", {{"Value", success}});
  if (reply.outcome == LogoutReply::Outcome::partial) {
    writer.begin("samlp:StatusCode", {{"Value", partial}}).end();
  }
  writer.end().end().end();
  return send(MessageKind::response, std::move(out), parties, message, key);
}

std::optional<LogoutKind> kind_of_query(std::string_view raw_query) {
  const auto request = read_redirect_query(raw_query, parameter_name(LogoutKind::request));
  const auto response = read_redirect_query(raw_query, parameter_name(LogoutKind::response));
  if (request.ok() == response.ok()) return std::nullopt;
  return request.ok() ? LogoutKind::request : LogoutKind::response;
}

Result<LogoutRequest, Failure> read_logout_request(const LogoutArrival& arrival,
                                                   const SamlParties& parties, CheckLog& log) {
  Result<LogoutRequest, Failure> request = read_request(arrival, parties, log);
  if (!request.ok()) log.failed(request.error());
  return request;
}

Result<LogoutResponse, Failure> read_logout_response(const LogoutArrival& arrival,
                                                     const SamlParties& parties, CheckLog& log) {
  Result<LogoutResponse, Failure> response = read_response(arrival, parties, log);
  if (!response.ok()) log.failed(response.error());
  return response;
}

}  // namespace gatehouse::sso::saml
