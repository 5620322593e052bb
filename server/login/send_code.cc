#include "server/login/send_code.h"

#include "server/core/limits.h"
#include "server/http/redirect.h"
#include "server/login/auth_log.h"
#include "server/login/challenge.h"
#include "server/login/pages.h"
#include "server/login/start.h"

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

}  // namespace

http::Response send_code(const Visit& visit, const users::Email& email, Intent intent) {
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

}  // namespace gatehouse::login
