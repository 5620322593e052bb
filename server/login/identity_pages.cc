#include "server/login/identity_pages.h"

#include "server/login/pages.h"

namespace gatehouse::login {

IdentityRefusalWords words_of(IdentityRefusal refusal) {
  switch (refusal) {
    case IdentityRefusal::connection_disabled:
      return {"This way to sign in is switched off",
              "An administrator has switched off single sign-on while you were signing in.",
              "Ask the administrator of your organization.", "connection_not_active"};
    case IdentityRefusal::email_missing:
      return {"Your identity provider did not say who you are",
              "It sent no e-mail address, and we know you by yours.",
              "Ask the administrator of your identity provider to send it.",
              "mandatory_attribute_missing"};
    case IdentityRefusal::email_unverified:
      return {"Your address is not confirmed",
              "The account you used has an e-mail address that was never confirmed there.",
              "Confirm it there, or sign in with your e-mail address here.", "access_denied"};
    case IdentityRefusal::provisioning_off:
      return {"You have no account here yet",
              "Your organization adds its people itself, and you are not among them yet.",
              "Ask the administrator of your organization to add you.", "access_denied"};
    case IdentityRefusal::user_disabled:
      return {"Your account is switched off",
              "An administrator has switched it off, so you cannot sign in.",
              "Ask the administrator of your organization.", "user_not_active"};
    case IdentityRefusal::not_a_member:
      return {"You are not in this organization",
              "Your membership in the organization has ended or is not open.",
              "Ask the administrator of your organization to add you again.", "access_denied"};
  }
  ensure_failed("words_of: not an IdentityRefusal");
}

http::Response identity_refused_page(const Visit& visit, IdentityRefusal refusal) {
  const IdentityRefusalWords words = words_of(refusal);
  const pages::Failure failure{.heading = std::string(words.heading),
                               .sentence = std::string(words.sentence),
                               .advice = std::string(words.advice),
                               .code = std::string(words.code),
                               .reference = visit.context.request.text(),
                               .at = visit.context.now,
                               .back_url = restart_url(visit),
                               .retry_url = {},
                               .developer = std::nullopt};
  return visit.deps.pages.page(403, pages::screen(failure), brand_of(visit.environment()));
}

}  // namespace gatehouse::login
