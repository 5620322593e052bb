#include "server/oidc/client_request.h"

#include "server/http/form_body.h"

namespace gatehouse::oidc {

void note_client_refusal(const Deps& deps, const Context& context, audit::Event event,
                         const std::string& client_id, const OAuthError& error) {
  std::string detail(oauth_code_name(error.code));
  if (!error.detail.empty()) detail.append(": ").append(error.detail);
  deps.refusals.note(context, {.event = event,
                               .outcome = audit::Outcome::refused,
                               .subject_type = "application",
                               .subject_id = client_id,
                               .client_id = client_id,
                               .detail = std::move(detail)});
}

Result<ClientRequest, http::Response> open_client_request(const Deps& deps, const Context& context,
                                                          const http::Request& request) {
  auto form = http::read_form_body(request);
  if (!form.ok()) {
    const OAuthError error(OAuthCode::invalid_request, "The body must be a valid form.",
                           form.error().detail);
    note_client_refusal(deps, context, audit::Event::token_refused, {}, error);
    return oauth_error_response(error);
  }
  if (form.value().first_duplicate().has_value()) {
    const OAuthError error(OAuthCode::invalid_request, "A parameter was sent more than once.");
    note_client_refusal(deps, context, audit::Event::token_refused, {}, error);
    return oauth_error_response(error);
  }
  auto entry = deps.catalog.current()->by_id(context.environment);
  auto client = authenticate_client(deps, context, request, form.value(), std::move(entry));
  if (!client.ok()) {
    const ClientRefusal& refusal = client.error();
    note_client_refusal(deps, context, audit::Event::token_refused, refusal.client_id,
                        refusal.error);
    return oauth_error_response(refusal.error, refusal.challenge);
  }
  return ClientRequest{std::move(form).value(), std::move(client).value()};
}

}  // namespace gatehouse::oidc
