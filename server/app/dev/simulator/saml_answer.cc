#include "server/app/dev/simulator/saml_answer.h"

#include "server/app/dev/simulator/saml_attributes.h"
#include "server/encoding/hex.h"
#include "server/xml/encryption.h"
#include "server/xml/writer.h"

namespace gatehouse::app::dev {
namespace {

using xml::Writer;

constexpr std::string_view protocol_namespace = "urn:oasis:names:tc:SAML:2.0:protocol";
constexpr std::string_view assertion_namespace = "urn:oasis:names:tc:SAML:2.0:assertion";
constexpr std::string_view xsi_namespace = "http://www.w3.org/2001/XMLSchema-instance";
constexpr std::string_view xs_namespace = "http://www.w3.org/2001/XMLSchema";
constexpr std::string_view status_prefix = "urn:oasis:names:tc:SAML:2.0:status:";

std::string later(Instant instant, Duration by) { return to_rfc3339(instant + by); }

// Writes one Response. Its parts are written from the inside, since each may be signed.
class ResponseWriter {
 public:
  ResponseWriter(const SamlOrder& order, Random& random)
      : order_(order),
        profile_(order.profile),
        person_(order.outcome == Outcome::missing_mail ? without_mail(order.person) : order.person),
        issued_at_(order.outcome == Outcome::skewed_clock ? order.now + skew : order.now),
        response_id_(new_saml_id(random)),
        assertion_id_(new_saml_id(random)),
        session_index_(new_saml_id(random)),
        transient_(new_saml_id(random)) {}

  [[nodiscard]] const std::string& response_id() const { return response_id_; }
  [[nodiscard]] const std::string& assertion_id() const { return assertion_id_; }
  [[nodiscard]] SamlSession session() const {
    const Name name = name_id();
    return {name.value, std::string(name.format), session_index_};
  }

  [[nodiscard]] std::string assertion() const {
    std::string out;
    Writer writer(out);
    writer.begin(a("Assertion"), {{namespace_of(profile_.assertion_prefix), assertion_namespace}});
    if (!profile_.value_type.empty()) {
      writer.attribute("xmlns:xs", xs_namespace).attribute("xmlns:xsi", xsi_namespace);
    }
    writer.attribute("ID", assertion_id_).attribute("IssueInstant", to_rfc3339(issued_at_));
    writer.attribute("Version", "2.0");
    writer.element(a("Issuer"), padded(order_.entity_id));
    write_subject(writer);
    write_conditions(writer);
    writer.begin(a("AuthnStatement"),
                 {{"AuthnInstant", to_rfc3339(issued_at_)}, {"SessionIndex", session_index_}});
    writer.begin(a("AuthnContext"));
    writer.element(a("AuthnContextClassRef"), padded(profile_.context)).end().end();
    write_attributes(writer);
    writer.end();
    return out;
  }

  // Around `inside`, an assertion as it is sent; empty: there is none.
  struct Status {
    std::string_view first, second = {}, message = {};
  };
  [[nodiscard]] std::string response(const Status& status, std::string_view inside) const {
    std::string out;
    Writer writer(out);
    writer.begin(p("Response"), {{namespace_of(profile_.protocol_prefix), protocol_namespace},
                                 {"ID", response_id_},
                                 {"Version", "2.0"},
                                 {"IssueInstant", to_rfc3339(issued_at_)},
                                 {"Destination", order_.audience.acs_url}});
    if (is_asked()) writer.attribute("InResponseTo", order_.audience.in_response_to);
    writer.element(a("Issuer"), padded(order_.entity_id),
                   {{namespace_of(profile_.assertion_prefix), assertion_namespace}});
    write_status(writer, status);
    writer.raw(inside).end();
    return out;
  }

  // An EncryptedAssertion around what encrypt_element has made.
  [[nodiscard]] std::string encrypted(std::string_view data) const {
    std::string out;
    Writer(out)
        .begin(a("EncryptedAssertion"),
               {{namespace_of(profile_.assertion_prefix), assertion_namespace}})
        .raw(data)
        .end();
    return out;
  }

 private:
  static std::string prefixed(std::string_view prefix, std::string_view name) {
    return prefix.empty() ? std::string(name) : std::string(prefix).append(":").append(name);
  }
  static std::string namespace_of(std::string_view prefix) {
    return prefix.empty() ? "xmlns" : "xmlns:" + std::string(prefix);
  }
  [[nodiscard]] std::string a(std::string_view name) const {
    return prefixed(profile_.assertion_prefix, name);
  }
  [[nodiscard]] std::string p(std::string_view name) const {
    return prefixed(profile_.protocol_prefix, name);
  }
  [[nodiscard]] std::string padded(std::string_view text) const {
    return (profile_.padding == Profile::Padding::leading_blank ? " " : "") + std::string(text);
  }
  [[nodiscard]] bool is_asked() const {
    return !order_.audience.in_response_to.empty() && order_.outcome != Outcome::idp_initiated;
  }
  [[nodiscard]] Instant until(Duration lifetime) const {
    if (order_.outcome == Outcome::expired) return order_.now - expired_ago;
    return issued_at_ + lifetime;
  }

  struct Name {
    std::string value;
    std::string_view format;
  };
  [[nodiscard]] Name name_id() const {
    constexpr std::string_view unspecified =
        "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
    switch (profile_.name_id) {
      case NameId::address:
        if (person_.email.empty()) return {person_.login, unspecified};
        return {person_.login, "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"};
      case NameId::unspecified: return {person_.login, unspecified};
      case NameId::absent: return {};
      case NameId::transient:
        return {transient_, "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"};
      case NameId::persistent:
        return {object_id_of(order_.tenant, person_),
                "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"};
    }
    ensure_failed("name_id: not a NameId");
  }

  void write_subject(Writer& writer) const {
    const Name name = name_id();
    writer.begin(a("Subject"));
    if (!name.value.empty()) writer.element(a("NameID"), name.value, {{"Format", name.format}});
    writer.begin(a("SubjectConfirmation"), {{"Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer"}});
    writer.begin(a("SubjectConfirmationData"));
    if (is_asked()) writer.attribute("InResponseTo", order_.audience.in_response_to);
    writer.attribute("NotOnOrAfter", to_rfc3339(until(profile_.confirmed_for)));
    writer.attribute("Recipient", order_.audience.acs_url).end().end().end();
  }

  void write_conditions(Writer& writer) const {
    writer.begin(a("Conditions"), {{"NotBefore", not_before()},
                                   {"NotOnOrAfter", to_rfc3339(until(profile_.valid_for))}});
    writer.begin(a("AudienceRestriction"));
    writer.element(a("Audience"), order_.outcome == Outcome::wrong_audience
                                      ? other_audience
                                      : std::string_view(order_.audience.entity_id));
    writer.end().end();
  }

  // What has ended had begun before that; a clock that is ahead is ahead of every allowance.
  [[nodiscard]] std::string not_before() const {
    if (order_.outcome == Outcome::expired) {
      return later(order_.now, -(expired_ago + profile_.valid_for));
    }
    if (order_.outcome == Outcome::skewed_clock) return to_rfc3339(issued_at_);
    return later(issued_at_, -profile_.valid_before);
  }

  void write_attributes(Writer& writer) const {
    const auto attributes = attributes_of({profile_, person_, order_.tenant});
    if (attributes.empty()) return;
    writer.begin(a("AttributeStatement"));
    for (const SamlAttribute& attribute : attributes) {
      writer.begin(a("Attribute"));
      if (!attribute.friendly.empty()) writer.attribute("FriendlyName", attribute.friendly);
      writer.attribute("Name", attribute.name);
      if (!profile_.attribute_format.empty()) {
        writer.attribute("NameFormat", profile_.attribute_format);
      }
      for (const std::string& value : attribute.values) write_value(writer, attribute, value);
      writer.end();
    }
    writer.end();
  }

  void write_value(Writer& writer, const SamlAttribute& attribute, const std::string& value) const {
    writer.begin(a("AttributeValue"));
    if (attribute.form == SamlAttribute::Form::name_id) {
      writer.element(a("NameID"), value,
                     {{"Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"},
                      {"NameQualifier", order_.entity_id},
                      {"SPNameQualifier", order_.audience.entity_id}});
    } else {
      if (!profile_.value_type.empty()) writer.attribute("xsi:type", profile_.value_type);
      writer.text(value);
    }
    writer.end();
  }

  void write_status(Writer& writer, const Status& status) const {
    const std::string prefix(status_prefix);
    writer.begin(p("Status"));
    writer.begin(p("StatusCode"), {{"Value", prefix + std::string(status.first)}});
    if (!status.second.empty()) {
      writer.begin(p("StatusCode"), {{"Value", prefix + std::string(status.second)}}).end();
    }
    writer.end();
    if (!status.message.empty()) writer.element(p("StatusMessage"), status.message);
    writer.end();
  }

  const SamlOrder& order_;
  const Profile& profile_;
  const Person person_;
  const Instant issued_at_;
  const std::string response_id_;
  const std::string assertion_id_;
  const std::string session_index_;
  const std::string transient_;
};

constexpr ResponseWriter::Status success{"Success"};

ResponseWriter::Status refusal_of(const Profile& profile) {
  if (profile.name == ProfileName::entra) {
    return {"Requester", "RequestUnsupported",
            "AADSTS50105: The signed in user is not assigned to a role for the application. "
            "Trace ID: 5f0c4a1e-simulated"};
  }
  if (profile.name == ProfileName::google) {
    return {"Requester", "RequestDenied", "app_not_configured_for_user"};
  }
  return {"Responder", "AuthnFailed", "The simulated provider refused to sign this person in."};
}

// Another signature than that which was made, though one that can be read.
std::string with_damaged_signature(std::string xml) {
  constexpr std::string_view name = "SignatureValue";
  const std::size_t at = xml.find(name);
  ENSURE(at != std::string::npos);
  const std::size_t begin = xml.find_first_not_of(" \t\r\n", xml.find('>', at) + 1);
  xml[begin] = xml[begin] == 'A' ? 'B' : 'A';
  return xml;
}

struct Signing {
  const SamlOrder& order;
  const ProviderKeys& keys;
};

Result<std::string, Error> signed_element(const Signing& signing, const std::string& xml,
                                          std::string_view id) {
  const Outcome outcome = signing.order.outcome;
  const xml::KeyPair& key =
      outcome == Outcome::rotated_certificate ? signing.keys.next : signing.keys.current;
  std::string text = TRY(xml::sign_element(xml, id, key, xml::EmbedCertificate::yes));
  if (outcome == Outcome::bad_signature) return with_damaged_signature(std::move(text));
  return text;
}

Result<std::string, Error> finished_assertion(const Signing& signing,
                                              const ResponseWriter& writer) {
  const SamlOrder& order = signing.order;
  std::string assertion = writer.assertion();
  if (order.outcome != Outcome::unsigned_ && order.profile.signs != Signs::response) {
    assertion = TRY(signed_element(signing, assertion, writer.assertion_id()));
  }
  const auto& certificate = order.audience.encryption_certificate;
  if (order.profile.encryption == Profile::Encryption::none || !certificate.has_value()) {
    return assertion;
  }
  const std::string data =
      TRY(xml::encrypt_element(assertion, *certificate, xml::ContentCipher::aes128_gcm));
  return writer.encrypted(data);
}

Result<std::string, Error> without_assertion(const Signing& signing, const ResponseWriter& writer,
                                             const ResponseWriter::Status& status) {
  const std::string xml = writer.response(status, "");
  if (signing.order.profile.refusal == Profile::Refusal::unsigned_) return xml;
  return signed_element(signing, xml, writer.response_id());
}

}  // namespace

std::string new_saml_id(Random& random) { return "_" + hex_encode(random_bytes(random, 20)); }

Result<FinishedResponse, Error> saml_response(const SamlOrder& order, const ProviderKeys& keys,
                                              Random& random) {
  const Signing signing{order, keys};
  const ResponseWriter writer(order, random);
  if (order.outcome == Outcome::refused) {
    std::string refusal = TRY(without_assertion(signing, writer, refusal_of(order.profile)));
    return FinishedResponse{std::move(refusal), {}};
  }
  const std::string assertion = TRY(finished_assertion(signing, writer));
  std::string xml = writer.response(success, assertion);
  const bool is_signed = order.profile.signs != Signs::assertion;
  if (is_signed && order.outcome != Outcome::unsigned_) {
    xml = TRY(signed_element(signing, xml, writer.response_id()));
  }
  return FinishedResponse{std::move(xml), writer.session()};
}

std::string bare_saml_response(const SamlOrder& order, Random& random) {
  const ResponseWriter writer(order, random);
  if (order.outcome == Outcome::refused) return writer.response(refusal_of(order.profile), "");
  return writer.response(success, writer.assertion());
}

Result<std::string, Error> no_passive_response(const SamlOrder& order, const ProviderKeys& keys,
                                               Random& random) {
  const ResponseWriter writer(order, random);
  return without_assertion({order, keys}, writer,
                           {"Responder", "NoPassive", "Nobody is signed in at this provider."});
}

}  // namespace gatehouse::app::dev
