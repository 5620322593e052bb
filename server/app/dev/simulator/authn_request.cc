#include "server/app/dev/simulator/authn_request.h"

#include "server/encoding/uri.h"
#include "server/http/form_body.h"
#include "server/sso/saml/names.h"
#include "server/xml/signature.h"

namespace gatehouse::app::dev {
namespace {

using sso::Failure;

Error wrong(std::string_view what) { return Error(ErrorCode::invalid_argument, std::string(what)); }

Error to_error(const Failure& failure) {
  return wrong(std::string(sso::text_of(failure.diagnosis).title) +
               " Expected: " + failure.expected + ". Received: " + failure.received + ".");
}

struct Message {
  std::string xml;
  Form parameters;
};

Result<Message, Error> read_message(const http::Request& request) {
  const bool is_post = request.method == http::Method::post;
  Form parameters = is_post ? TRY(http::read_form_body(request)) : TRY(http::read_query(request));
  const auto text = parameters.get_given("SAMLRequest");
  if (!text.has_value()) return wrong("There is no SAMLRequest.");
  auto xml =
      is_post ? sso::saml::decode_post(*text) : sso::saml::decode_redirect(percent_encode(*text));
  if (!xml.ok()) return to_error(xml.error());
  return Message{std::move(xml).value(), std::move(parameters)};
}

std::string child_text(const xml::Element& element, std::string_view name) {
  const auto child = element.only_child(sso::saml::assertion_ns, name);
  return child.has_value() ? child->trimmed_text() : std::string();
}

// Some ask for somebody by name [SAML Core §3.4.1.1].
std::string subject_of(const xml::Element& root) {
  const auto subject = root.only_child(sso::saml::assertion_ns, "Subject");
  return subject.has_value() ? child_text(*subject, "NameID") : std::string();
}

bool is_true(const xml::Element& element, std::string_view name) {
  const std::string value = element.attribute(name).value_or("false");
  return value == "true" || value == "1";
}

std::string parameter(const Form& form, std::string_view name) {
  return std::string(form.get(name).value_or(std::string_view()));
}

}  // namespace

Result<AuthnRequest, Error> read_authn_request(const http::Request& request) {
  const Message message = TRY(read_message(request));
  const auto document = sso::saml::parse_message(message.xml);
  if (!document.ok()) return to_error(document.error());
  const xml::Element root = document.value().root();
  if (!root.is(sso::saml::protocol_ns, "AuthnRequest")) {
    return wrong("The message is no AuthnRequest but " + std::string(root.local_name()) + ".");
  }
  AuthnRequest asked{.id = root.attribute("ID").value_or(""),
                     .issuer = child_text(root, "Issuer"),
                     .acs_url = root.attribute("AssertionConsumerServiceURL").value_or("")};
  if (asked.id.empty()) return wrong("The AuthnRequest has no ID.");
  const auto policy = root.only_child(sso::saml::protocol_ns, "NameIDPolicy");
  if (policy.has_value()) asked.name_id_format = policy->attribute("Format").value_or("");
  if (is_true(root, "IsPassive")) asked.page = AuthnRequest::Page::refused;
  if (is_true(root, "ForceAuthn")) asked.authentication = AuthnRequest::Authentication::fresh;
  if (xml::has_signature(root) || message.parameters.get_given("Signature").has_value()) {
    asked.signature = AuthnRequest::Signature::present;
  }
  asked.relay_state = parameter(message.parameters, "RelayState");
  asked.login_hint = parameter(message.parameters, "login_hint");
  if (asked.login_hint.empty()) asked.login_hint = subject_of(root);
  return asked;
}

Result<std::string, Error> read_logout_request_id(const http::Request& request) {
  const Message message = TRY(read_message(request));
  const auto document = sso::saml::parse_message(message.xml);
  if (!document.ok()) return to_error(document.error());
  const xml::Element root = document.value().root();
  if (!root.is(sso::saml::protocol_ns, "LogoutRequest")) {
    return wrong("The message is no LogoutRequest but " + std::string(root.local_name()) + ".");
  }
  return root.attribute("ID").value_or("");
}

}  // namespace gatehouse::app::dev
