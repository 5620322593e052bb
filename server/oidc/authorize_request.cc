#include "server/oidc/authorize_request.h"

#include <charconv>

#include "server/core/limits.h"
#include "server/encoding/json.h"
#include "server/oidc/pkce.h"

namespace gatehouse::oidc {
namespace {

using applications::Application;
using Refusal = std::optional<OAuthError>;

// One row of the table: fills in its part of the request, or says why not.
struct Check {
  const char* name;
  Refusal (*run)(const Form& form, const Application& application, AuthorizeRequest& request);
};

std::string_view given(const Form& form, std::string_view name) {
  return form.get_given(name).value_or(std::string_view());
}

Refusal no_duplicates(const Form& form, const Application&, AuthorizeRequest&) {
  if (!form.first_duplicate().has_value()) return std::nullopt;
  return OAuthError(OAuthCode::invalid_request, "A parameter was sent more than once.");
}

Refusal no_request_objects(const Form& form, const Application&, AuthorizeRequest&) {
  if (form.get_given("request").has_value()) {
    return OAuthError(OAuthCode::request_not_supported, "Request objects are not supported.");
  }
  if (form.get_given("request_uri").has_value()) {
    return OAuthError(OAuthCode::request_uri_not_supported, "request_uri is not supported.");
  }
  if (form.get_given("registration").has_value()) {
    return OAuthError(OAuthCode::registration_not_supported, "registration is not supported.");
  }
  return std::nullopt;
}

Refusal response_type(const Form& form, const Application&, AuthorizeRequest&) {
  const auto type = form.get_given("response_type");
  if (!type.has_value()) {
    return OAuthError(OAuthCode::invalid_request, "response_type is missing.");
  }
  if (*type != "code") {
    return OAuthError(OAuthCode::unsupported_response_type,
                      "Only response_type=code is supported.");
  }
  return std::nullopt;
}

Refusal response_mode(const Form& form, const Application&, AuthorizeRequest&) {
  const auto mode = form.get_given("response_mode");
  if (!mode.has_value() || *mode == "query" || *mode == "form_post") return std::nullopt;
  return OAuthError(OAuthCode::invalid_request, "response_mode must be query or form_post.");
}

Refusal scope(const Form& form, const Application&, AuthorizeRequest& request) {
  const std::string_view text = given(form, "scope");
  if (text.size() > limits::scope_bytes_max) {
    return OAuthError(OAuthCode::invalid_scope, "scope is too long.");
  }
  const auto asked = ScopeSet::parse(text);
  if (!asked.has_value()) {
    return OAuthError(OAuthCode::invalid_scope, "scope has a character that scopes cannot have.");
  }
  request.scope = grantable_to_person(*asked);
  if (request.scope.empty() && !asked->empty()) {
    return OAuthError(OAuthCode::invalid_scope, "None of the scopes can be granted.");
  }
  return std::nullopt;
}

// PKCE [RFC 7636 §4.3]: S256 alone; public clients always, others where the application says so.
Refusal code_challenge(const Form& form, const Application& application,
                       AuthorizeRequest& request) {
  const std::string_view challenge = given(form, "code_challenge");
  const std::string_view method = given(form, "code_challenge_method");
  if (challenge.empty()) {
    if (!method.empty()) {
      return OAuthError(OAuthCode::invalid_request, "code_challenge is missing.");
    }
    if (application.enforce_pkce || !application.is_confidential()) {
      return OAuthError(OAuthCode::invalid_request, "This application must use PKCE (S256).");
    }
    return std::nullopt;
  }
  if (method != "S256") {
    return OAuthError(OAuthCode::invalid_request, "code_challenge_method must be S256.");
  }
  if (!is_code_challenge(challenge)) {
    return OAuthError(OAuthCode::invalid_request, "code_challenge is malformed.");
  }
  request.code_challenge = challenge;
  return std::nullopt;
}

Refusal nonce(const Form& form, const Application&, AuthorizeRequest& request) {
  request.nonce = given(form, "nonce");
  if (request.nonce.size() <= limits::nonce_bytes_max) return std::nullopt;
  return OAuthError(OAuthCode::invalid_request, "nonce is too long.");
}

Refusal prompt(const Form& form, const Application&, AuthorizeRequest& request) {
  const auto values = ScopeSet::parse(given(form, "prompt"));
  if (!values.has_value()) {
    return OAuthError(OAuthCode::invalid_request, "prompt is malformed.");
  }
  for (const std::string& value : values->list()) {
    if (value == "none") {
      request.prompt.none = true;
    } else if (value == "login") {
      request.prompt.login = true;
    } else if (value == "create") {
      request.prompt.create = true;
    } else if (value == "select_account") {
      request.prompt.select_account = true;
    } else if (value != "consent") {  // nothing to ask consent for: applications are the operator's
      return OAuthError(OAuthCode::invalid_request, "prompt has an unknown value.");
    }
  }
  if (request.prompt.none && values->list().size() > 1) {
    return OAuthError(OAuthCode::invalid_request, "prompt=none cannot be combined.");
  }
  return std::nullopt;
}

Refusal max_age(const Form& form, const Application&, AuthorizeRequest& request) {
  const auto text = form.get_given("max_age");
  if (!text.has_value()) return std::nullopt;
  std::uint32_t value = 0;
  const auto [stop, status] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (status != std::errc{} || stop != text->data() + text->size()) {
    return OAuthError(OAuthCode::invalid_request, "max_age must be a number of seconds.");
  }
  request.max_age = seconds(value);
  return std::nullopt;
}

Refusal hints(const Form& form, const Application&, AuthorizeRequest& request) {
  request.login_hint = given(form, "login_hint");
  if (request.login_hint.size() > limits::login_hint_bytes_max) {
    return OAuthError(OAuthCode::invalid_request, "login_hint is too long.");
  }
  request.id_token_hint = given(form, "id_token_hint");
  if (request.id_token_hint.size() > limits::token_bytes_max) {
    return OAuthError(OAuthCode::invalid_request, "id_token_hint is too long.");
  }
  return std::nullopt;
}

// `domain` and `domain_hint` are the same thing; some clients send both.
Refusal domain(const Form& form, const Application&, AuthorizeRequest& request) {
  const auto sent = form.get_given("domain");
  const auto hint = form.get_given("domain_hint");
  if (sent.has_value() && hint.has_value() && *sent != *hint) {
    return OAuthError(OAuthCode::invalid_request, "domain and domain_hint differ.");
  }
  request.domain = sent.has_value() ? *sent : hint.value_or(std::string_view());
  if (request.domain.size() <= limits::login_hint_bytes_max) return std::nullopt;
  return OAuthError(OAuthCode::invalid_request, "domain is too long.");
}

// Who shall do the signing in. Whether there is such a one is found out later: see login::route.
Refusal selectors(const Form& form, const Application&, AuthorizeRequest& request) {
  request.provider = given(form, "provider");
  if (request.provider.size() > limits::selector_bytes_max) {
    return OAuthError(OAuthCode::invalid_request, "provider is too long.");
  }
  request.connection = given(form, "connection_id");
  if (request.connection.size() > limits::selector_bytes_max) {
    return OAuthError(OAuthCode::invalid_connection_id, "There is no such connection.");
  }
  const auto organization = form.get_given("organization_id");
  if (!organization.has_value()) return std::nullopt;
  request.organization = OrgId::parse(*organization);
  if (request.organization.has_value()) return std::nullopt;
  return OAuthError(OAuthCode::invalid_organization_id, "There is no such organization.");
}

constexpr Check checks[] = {
    {"no duplicated parameter [RFC 6749 §3.1]", no_duplicates},
    {"no request object [OIDC Core §6]", no_request_objects},
    {"response_type [RFC 6749 §3.1.1]", response_type},
    {"response_mode [OAuth Form Post §2]", response_mode},
    {"scope [RFC 6749 §3.3]", scope},
    {"PKCE [RFC 7636 §4.3]", code_challenge},
    {"nonce [OIDC Core §3.1.2.1]", nonce},
    {"prompt [OIDC Core §3.1.2.1]", prompt},
    {"max_age [OIDC Core §3.1.2.1]", max_age},
    {"hints [OIDC Core §3.1.2.1]", hints},
    {"domain", domain},
    {"selectors", selectors},
};

PageRefusal malformed(std::string cause) {
  return {PageRefusal::Kind::malformed, OAuthCode::invalid_request, std::move(cause), {}, {}, {}};
}

}  // namespace

Result<ReturnAddress, PageRefusal> decode_return_address(const Form& form,
                                                         const applications::CatalogEntry& entry) {
  const auto client_id = form.get_given("client_id");
  const auto redirect_uri = form.get_given("redirect_uri");
  if (form.has_duplicates("client_id") || form.has_duplicates("redirect_uri")) {
    return malformed("client_id or redirect_uri was sent more than once.");
  }
  if (!client_id.has_value()) return malformed("client_id is missing.");
  const Application* application = entry.find(*client_id);
  if (application == nullptr) {
    return PageRefusal{PageRefusal::Kind::unknown_client,
                       OAuthCode::invalid_client,
                       "No application of this environment has this client_id.",
                       std::string(client_id->substr(0, 100)),
                       {},
                       {}};
  }
  if (application->type == applications::Type::m2m) {
    return PageRefusal{PageRefusal::Kind::wrong_client_type,
                       OAuthCode::unauthorized_client,
                       "This application is for machines: it cannot sign people in.",
                       application->client_id,
                       {},
                       {}};
  }
  if (!redirect_uri.has_value() ||
      !applications::is_registered(entry.environment, *application,
                                   applications::RedirectKind::callback, *redirect_uri)) {
    return PageRefusal{PageRefusal::Kind::bad_redirect_uri,
                       OAuthCode::invalid_redirect_uri,
                       redirect_uri.has_value()
                           ? "The redirect_uri is not one of the application's callback URIs."
                           : "redirect_uri is missing.",
                       application->client_id,
                       std::string(redirect_uri.value_or(std::string_view()).substr(0, 1000)),
                       application->callback_uris};
  }
  ReturnAddress back{.client_id = application->client_id,
                     .redirect_uri = std::string(*redirect_uri)};
  if (given(form, "response_mode") == "form_post") back.mode = ResponseMode::form_post;
  if (const std::string_view state = given(form, "state"); !form.has_duplicates("state")) {
    if (state.size() > limits::state_bytes_max) return malformed("state is too long.");
    back.state = state;
  }
  return back;
}

Result<AuthorizeRequest, RedirectRefusal> decode_authorize_request(const Form& form,
                                                                   const ReturnAddress& back,
                                                                   const Application& application) {
  AuthorizeRequest request;
  request.back = back;
  for (const Check& check : checks) {
    if (Refusal refusal = check.run(form, application, request); refusal.has_value()) {
      refusal->detail = check.name;
      return RedirectRefusal{back, std::move(*refusal)};
    }
  }
  return request;
}

login::RouteHints route_hints(const AuthorizeRequest& request) {
  return {.provider = request.provider,
          .connection = request.connection,
          .organization = request.organization.has_value() ? request.organization->text() : "",
          .domain = request.domain,
          .address = request.login_hint};
}

std::string authorize_request_to_json(const AuthorizeRequest& request) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.field("client_id", request.back.client_id);
  writer.field("redirect_uri", request.back.redirect_uri);
  writer.field("mode", request.back.mode == ResponseMode::form_post ? "form_post" : "query");
  writer.field("state", request.back.state);
  writer.field("scope", request.scope.text());
  writer.field("nonce", request.nonce);
  writer.field("code_challenge", request.code_challenge);
  if (request.required_connection.has_value()) {
    writer.field("connection", request.required_connection->text());
  }
  writer.end_object();
  return out;
}

Result<AuthorizeRequest, Error> authorize_request_from_json(std::string_view text) {
  const Json root = TRY(Json::parse(text));
  const auto member = [&](std::string_view name) {
    return std::string(root.string(name).value_or(std::string_view()));
  };
  AuthorizeRequest request;
  request.back = {
      .client_id = member("client_id"),
      .redirect_uri = member("redirect_uri"),
      .mode = root.string("mode") == "form_post" ? ResponseMode::form_post : ResponseMode::query,
      .state = member("state")};
  auto scope = ScopeSet::parse(member("scope"));
  if (request.back.client_id.empty() || !scope.has_value()) {
    return Error(ErrorCode::internal, "a flow holds no authorization request");
  }
  request.scope = std::move(*scope);
  request.nonce = member("nonce");
  request.code_challenge = member("code_challenge");
  request.required_connection = ConnectionId::parse(member("connection"));
  return request;
}

}  // namespace gatehouse::oidc
