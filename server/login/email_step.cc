// The first page, and everything that sends a mail.

#include "server/core/limits.h"
#include "server/http/redirect.h"
#include "server/login/auth_log.h"
#include "server/login/challenge.h"
#include "server/login/pages.h"
#include "server/login/start.h"
#include "server/login/steps.h"
#include "server/login/visit.h"

namespace gatehouse::login {
namespace {

using storage::Transaction;

enum class Sending { sent, throttled, too_late };

mail::Letter letter_for(const Visit& visit, const users::Email& email, Intent intent,
                        const Challenge& challenge) {
  const auto address = net::MailAddress::parse(email.text());
  ENSURE(address.has_value());  // an Email is stricter than a mail address
  const environments::Environment& environment = visit.environment();
  const std::string authority = environment.authority();
  using Kind = mail::CodeLetter::Kind;
  return visit.deps.letters.compose(
      {.kind = intent == Intent::sign_up ? Kind::sign_up : Kind::sign_in,
       .to = *address,
       .product_name = environment.settings.product_name,
       .code = std::string(challenge.code.reveal()),
       .link =
           environment.base_url + "/login/link?token=" + std::string(challenge.link_token.reveal()),
       .host = authority.substr(0, authority.rfind(':')),
       .expires_in_minutes = static_cast<int>(minutes(limits::code_lifetime).count()),
       .asked_from = visit.context.client_address,
       .useful_until = visit.context.now + limits::code_lifetime});
}

// Known and unknown people go the same way here: the same rows are written and the same mail is
// queued. With sign-up closed, somebody unknown learns only from their own mailbox that there is
// nothing for them.
Result<Sending, Error> send_challenge(Transaction& transaction, const Visit& visit,
                                      const users::Email& email, Intent intent) {
  const Deps& deps = visit.deps;
  const Context& context = visit.context;
  const EnvironmentId environment = context.environment;
  const Allowed allowed = TRY(count_mail(transaction, environment, context, deps.throttle, email));
  AttemptStep step{.status = AttemptStatus::pending,
                   .flow = visit.flow.id,
                   .intent = intent,
                   .email = email.text()};
  if (allowed == Allowed::no) {
    step.status = AttemptStatus::failed;
    step.detail = "too many mails";
    TRY(note_attempt(transaction, environment, context, deps.random, step));
    return Sending::throttled;
  }
  if (!TRY(note_challenge(transaction, environment, visit.flow, email, intent, context.now))) {
    return Sending::too_late;
  }
  TRY(note_attempt(transaction, environment, context, deps.random, step));
  const Challenge challenge = TRY(make_challenge(transaction, environment, deps.random,
                                                 deps.code_key, visit.flow.id, context.now));
  TRY(deps.outbox.enqueue(transaction, environment, letter_for(visit, email, intent, challenge),
                          context.now));
  TRY(audit::record(transaction, environment, context, deps.random,
                    {.event = audit::Event::login_code_sent,
                     .subject_type = "flow",
                     .subject_id = visit.flow.id.text()}));
  return Sending::sent;
}

http::Response send(const Visit& visit, const users::Email& email, Intent intent) {
  const auto sent = storage::write(
      visit.deps.database, visit.context,
      [&](Transaction& transaction) { return send_challenge(transaction, visit, email, intent); });
  if (!sent.ok()) {
    return trouble_page(visit.deps.pages, visit.context, visit.environment(), sent.error());
  }
  if (sent.value() == Sending::throttled) {
    visit.deps.refusals.note(visit.context, {.event = audit::Event::login_refused,
                                             .outcome = audit::Outcome::refused,
                                             .subject_type = "flow",
                                             .subject_id = visit.flow.id.text(),
                                             .detail = "too many mails"});
    return too_many_page(visit, minutes(1));
  }
  visit.deps.mail_waits();
  return http::see_other(flow_path(visit.flow.id));
}

http::Response take_email(const Deps& deps, const Context& context, const http::Request& request,
                          Intent intent) {
  auto opened = open_visit(deps, context, request);
  if (!opened.ok()) return std::move(opened).error();
  Visit visit = std::move(opened).value();
  const Step step = visit.decision.step;
  // From the mail page one may still go back and type another address.
  if (step != Step::identify && step != Step::prove_email) return step_page(visit);

  visit.flow.intent = intent;
  const std::string typed = visit.field("email");
  const auto email = users::Email::parse(typed);
  if (!email.has_value()) {
    visit.decision.step = Step::identify;
    return step_page(visit, {.email = typed.empty() ? pages::EmailProblem::missing
                                                    : pages::EmailProblem::malformed,
                             .typed_email = typed});
  }
  return send(visit, *email, intent);
}

}  // namespace

http::Response Steps::email(const Context& context, const http::Request& request) const {
  return take_email(deps_, context, request, Intent::sign_in);
}

http::Response Steps::sign_up_email(const Context& context, const http::Request& request) const {
  return take_email(deps_, context, request, Intent::sign_up);
}

http::Response Steps::resend(const Context& context, const http::Request& request) const {
  const auto opened = open_visit(deps_, context, request);
  if (!opened.ok()) return opened.error();
  const Visit& visit = opened.value();
  if (visit.decision.step != Step::prove_email) return step_page(visit);
  return send(visit, *visit.flow.email, visit.flow.intent);
}

http::Response Steps::change(const Context& context, const http::Request& request) const {
  auto opened = open_visit(deps_, context, request);
  if (!opened.ok()) return std::move(opened).error();
  Visit visit = std::move(opened).value();
  if (visit.decision.step == Step::prove_email) visit.decision.step = Step::identify;
  return step_page(visit, {.typed_email = visit.flow.email.has_value() ? visit.flow.email->text()
                                                                       : std::string()});
}

}  // namespace gatehouse::login
