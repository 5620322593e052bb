#include "server/oidc/authorize_response.h"

#include "server/core/story.h"
#include "server/encoding/redirect_uri.h"
#include "server/encoding/shell_word.h"
#include "server/http/redirect.h"
#include "server/login/brand.h"
#include "server/pages/screens.h"

namespace gatehouse::oidc {
namespace {

using Fields = std::vector<pages::HiddenField>;

http::Response answer(const pages::Pages& pages, const environments::Environment& environment,
                      const ReturnAddress& back, Fields fields) {
  if (!back.state.empty()) fields.push_back({"state", back.state});
  fields.push_back({"iss", environment.base_url});
  if (back.mode == ResponseMode::form_post) {
    return pages.page(200, pages::screen(pages::FormPost{back.redirect_uri, std::move(fields)}),
                      login::brand_of(environment));
  }
  std::vector<http::QueryParameter> parameters;
  for (auto& field : fields) {
    parameters.push_back({std::move(field.name), std::move(field.value)});
  }
  return http::see_other(http::with_query(back.redirect_uri, parameters));
}

struct Words {
  std::string_view heading, sentence, advice;
};

Words words_of(PageRefusal::Kind kind) {
  switch (kind) {
    case PageRefusal::Kind::malformed:
      return {"This link is broken", "The application sent a request that cannot be read.",
              "Go back to the application and try again. If it happens again, tell its team."};
    case PageRefusal::Kind::unknown_client:
      return {"We do not know this application",
              "The application that sent you here is not registered.",
              "Go back and try again. If it happens again, tell the application's team."};
    case PageRefusal::Kind::bad_redirect_uri:
      return {"This application is not set up correctly",
              "It asked us to send you to an address that is not registered for it.",
              "For your safety we stopped here. Tell the application's team."};
    case PageRefusal::Kind::wrong_client_type:
      return {"This application cannot sign people in",
              "It is registered for machines, not for people.", "Tell the application's team."};
  }
  ensure_failed("words_of: not a PageRefusal::Kind");
}

// Only what registration would take is worth suggesting.
bool may_be_registered(const RefusalPage& page) {
  const auto rules =
      applications::redirect_rules(page.environment.kind, applications::Type::web_app);
  return RedirectUri::parse(page.refusal.sent_redirect_uri, rules).ok();
}

std::string fixing_command(const RefusalPage& page) {
  const std::string start =
      page.admin_command + " --environment " + shell_word(page.environment.name) + " applications ";
  switch (page.refusal.kind) {
    case PageRefusal::Kind::unknown_client: return start + "list";
    case PageRefusal::Kind::bad_redirect_uri:
      if (!may_be_registered(page)) return start + "show " + page.refusal.client_id;
      return start + "add-redirect " + page.refusal.client_id + " " +
             shell_word(page.refusal.sent_redirect_uri);
    case PageRefusal::Kind::wrong_client_type:
      return start + "create --type WEB_APP --name 'My application'";
    case PageRefusal::Kind::malformed: return {};
  }
  ensure_failed("fixing_command: not a PageRefusal::Kind");
}

}  // namespace

http::Response authorize_success(const pages::Pages& pages,
                                 const environments::Environment& environment,
                                 const ReturnAddress& back, const Secret& code) {
  return answer(pages, environment, back, {{"code", std::string(code.reveal())}});
}

http::Response authorize_failure(const pages::Pages& pages,
                                 const environments::Environment& environment,
                                 const ReturnAddress& back, const OAuthError& error) {
  return answer(pages, environment, back,
                {{"error", std::string(oauth_code_name(error.code))},
                 {"error_description", error.description}});
}

http::Response authorize_refusal_page(const pages::Pages& pages, const RefusalPage& page) {
  const Words words = words_of(page.refusal.kind);
  pages::Failure failure{.heading = std::string(words.heading),
                         .sentence = std::string(words.sentence),
                         .advice = std::string(words.advice),
                         .code = std::string(oauth_code_name(page.refusal.code)),
                         .reference = page.context.request.text(),
                         .at = page.context.now,
                         .back_url = {},
                         .retry_url = {},
                         .developer = std::nullopt};
  if (page.environment.is_development()) {
    failure.developer = pages::Failure::Developer{.cause = page.refusal.cause,
                                                  .comparison = std::nullopt,
                                                  .command = fixing_command(page),
                                                  .story = story_of(page.context)};
    if (page.refusal.kind == PageRefusal::Kind::bad_redirect_uri) {
      failure.developer->comparison = pages::Failure::Comparison{
          "redirect_uri", page.refusal.sent_redirect_uri, page.refusal.registered};
    }
  }
  return pages.page(400, pages::screen(failure), login::brand_of(page.environment));
}

http::Response authorize_error_page(const pages::Pages& pages, const Context& context,
                                    const environments::Environment& environment,
                                    const OAuthError& error) {
  pages::Failure failure{.heading = "Something went wrong on our side",
                         .sentence = error.description,
                         .advice = "Wait a moment, then try again.",
                         .code = std::string(oauth_code_name(error.code)),
                         .reference = context.request.text(),
                         .at = context.now,
                         .back_url = {},
                         .retry_url = {},
                         .developer = std::nullopt};
  if (environment.is_development() && !error.detail.empty()) {
    failure.developer =
        pages::Failure::Developer{error.detail, std::nullopt, {}, story_of(context)};
  }
  http::Response response =
      pages.page(oauth_status(error.code), pages::screen(failure), login::brand_of(environment));
  if (response.status == 503) response.headers.add("Retry-After", "1");
  return response;
}

}  // namespace gatehouse::oidc
