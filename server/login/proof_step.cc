// The proof of an address: the code typed on the page, or the button behind the mailed link.

#include "server/http/redirect.h"
#include "server/login/auth_log.h"
#include "server/login/challenge.h"
#include "server/login/finish.h"
#include "server/login/identity_pages.h"
#include "server/login/pages.h"
#include "server/login/start.h"
#include "server/login/steps.h"
#include "server/login/visit.h"

namespace gatehouse::login {
namespace {

using storage::Transaction;

enum class Judgement { proven, wrong, throttled };

struct Outcome {
  Judgement judgement;
  std::optional<Finished> finished = std::nullopt;  // proven, and nothing else was missing
  // Proven, but what an identity provider said together with it does not lead in.
  std::optional<IdentityRefusal> refusal = std::nullopt;
};

// The address is what was missing of an identity.
Result<Outcome, Error> accept_with_identity(Transaction& transaction, Visit& visit) {
  const AcceptedIdentity accepted = TRY(accept_proven_identity(transaction, visit));
  return Outcome{.judgement = Judgement::proven, .refusal = accepted.refusal};
}

Result<Unit, Error> accept_address(Transaction& transaction, Visit& visit,
                                   sessions::Method method) {
  const EnvironmentId environment = visit.context.environment;
  const auto user = TRY(users::find_user_by_email(transaction, environment, *visit.flow.email));
  const Proof proof{.email = *visit.flow.email,
                    .user = user.has_value() ? std::optional(user->id) : std::nullopt,
                    .method = method};
  if (!TRY(note_proven(transaction, environment, visit.flow, proof, visit.context.now))) {
    return Error(ErrorCode::aborted, "the flow moved on meanwhile");
  }
  TRY(look_again(transaction, visit));
  return Unit{};
}

// The address is proven: remember it, and go as far as no further answer is needed.
Result<Outcome, Error> accept(Transaction& transaction, Visit& visit, sessions::Method method) {
  Outcome outcome{.judgement = Judgement::proven};
  if (visit.flow.identity.has_value()) {
    outcome = TRY(accept_with_identity(transaction, visit));
  } else {
    TRY(accept_address(transaction, visit, method));
  }
  if (visit.decision.step == Step::finish) {
    outcome.finished =
        TRY(finish(transaction, visit, visit.facts.user->id, *visit.decision.organization));
  }
  return outcome;
}

Result<Unit, Error> note_failure(Transaction& transaction, const Visit& visit, std::string why) {
  return note_attempt(transaction, visit.context.environment, visit.context, visit.deps.random,
                      {.status = AttemptStatus::failed,
                       .flow = visit.flow.id,
                       .email = visit.flow.email->text(),
                       .detail = std::move(why)});
}

Result<Outcome, Error> judge_code(Transaction& transaction, Visit& visit,
                                  const std::optional<std::string>& code) {
  const EnvironmentId environment = visit.context.environment;
  const users::Email email = *visit.flow.email;
  const Allowed allowed =
      TRY(may_try_code(transaction, environment, visit.context, visit.deps.throttle, email));
  if (allowed == Allowed::no) {
    TRY(note_failure(transaction, visit, "too many wrong codes"));
    return Outcome{Judgement::throttled};
  }
  const bool is_right =
      code.has_value() && TRY(use_code(transaction, environment, visit.deps.code_key, visit.flow.id,
                                       *code, visit.context.now));
  if (is_right) return accept(transaction, visit, sessions::Method::email_code);
  // The wrong try is committed together with its counters: the outcome is a value, not an error.
  TRY(count_wrong_code(transaction, environment, visit.flow, visit.context.now));
  TRY(count_wrong_try(transaction, environment, visit.context, email));
  TRY(note_failure(transaction, visit, "wrong code"));
  TRY(look_again(transaction, visit));
  return Outcome{Judgement::wrong};
}

http::Response answer(const Visit& visit, const Result<Outcome, Error>& outcome,
                      std::string_view refusal) {
  if (!outcome.ok()) {
    return trouble_page(visit.deps.pages, visit.context, visit.environment(), outcome.error());
  }
  if (outcome.value().refusal.has_value()) {
    return identity_refused_page(visit, *outcome.value().refusal);
  }
  if (outcome.value().judgement == Judgement::proven) {
    if (outcome.value().finished.has_value()) return go_on(visit, *outcome.value().finished);
    return http::see_other(flow_path(visit.flow.id));
  }
  visit.deps.refusals.note(visit.context, {.event = audit::Event::login_refused,
                                           .outcome = audit::Outcome::refused,
                                           .subject_type = "flow",
                                           .subject_id = visit.flow.id.text(),
                                           .detail = std::string(refusal)});
  if (outcome.value().judgement == Judgement::throttled) return too_many_page(visit, hours(1));
  return step_page(visit, {.code = pages::CodeProblem::wrong});
}

http::Response link_over(const Deps& deps, const environments::Environment& environment,
                         std::string restart) {
  return deps.pages.page(410, pages::screen(pages::LinkExpired{std::move(restart)}),
                         brand_of(environment));
}

}  // namespace

http::Response Steps::code(const Context& context, const http::Request& request) const {
  auto opened = open_visit(deps_, context, request);
  if (!opened.ok()) return std::move(opened).error();
  Visit visit = std::move(opened).value();
  if (visit.decision.step != Step::prove_email) return step_page(visit);
  const std::string typed = visit.field("code");
  if (typed.empty()) return step_page(visit, {.code = pages::CodeProblem::missing});

  const auto code = code_from_input(typed);
  const Flow before = visit.flow;
  const auto outcome = storage::write(deps_.database, context, [&](Transaction& transaction) {
    visit.flow = before;  // an earlier run looked again
    return judge_code(transaction, visit, code);
  });
  return answer(visit, outcome, "wrong code");
}

http::Response Steps::link(const Context& context, const http::Request& request) const {
  const auto entry = deps_.catalog.current()->by_id(context.environment);
  const environments::Environment& environment = entry->environment;
  const auto form = Form::parse(request.query);
  const std::string token(form.ok() ? form.value().get("token").value_or(std::string_view())
                                    : std::string_view());
  const auto flow_id = flow_of_link(token);
  if (!flow_id.has_value()) return link_over(deps_, environment, {});

  const auto flow = storage::read(deps_.database, context, [&](Transaction& transaction) {
    return find_flow_of_any_browser(transaction, context.environment, *flow_id);
  });
  if (!flow.ok()) return trouble_page(deps_.pages, context, environment, flow.error());
  const auto browser = known_browser(request, environment);
  const bool is_same_browser = flow.value().has_value() && browser.has_value() &&
                               equal_in_constant_time(flow.value()->browser_hash, browser->hash);
  // Elsewhere nothing of the flow is shown, not even whether it exists.
  if (!is_same_browser) {
    return deps_.pages.page(200, pages::screen(pages::LinkElsewhere{}), brand_of(environment));
  }
  const Decision decision = next_step(*flow.value(), Facts{}, environment.settings, context.now);
  if (decision.step != Step::prove_email) return http::see_other(flow_path(*flow_id));
  return deps_.pages.page(
      200,
      pages::screen(pages::LinkConfirm{
          .key = {flow_id->text(), form_token(deps_.form_key, *browser, flow_id->text())},
          .action = "/login/link",
          .token = token,
          .email = flow.value()->email->text()}),
      brand_of(environment));
}

http::Response Steps::use_link(const Context& context, const http::Request& request) const {
  auto opened = open_visit(deps_, context, request);
  if (!opened.ok()) return std::move(opened).error();
  Visit visit = std::move(opened).value();
  if (visit.decision.step != Step::prove_email) return step_page(visit);
  const std::string token = visit.field("token");
  if (flow_of_link(token) != visit.flow.id) return link_over(deps_, visit.environment(), {});

  const Flow before = visit.flow;
  const auto outcome = storage::write(
      deps_.database, context, [&](Transaction& transaction) -> Result<Outcome, Error> {
        visit.flow = before;  // an earlier run looked again
        const bool is_right =
            TRY(login::use_link(transaction, context.environment, token, context.now));
        if (!is_right) {
          TRY(note_failure(transaction, visit, "used or expired link"));
          return Outcome{Judgement::wrong};
        }
        return accept(transaction, visit, sessions::Method::email_link);
      });
  if (outcome.ok() && outcome.value().judgement == Judgement::wrong) {
    return link_over(deps_, visit.environment(), flow_path(visit.flow.id));
  }
  return answer(visit, outcome, "used or expired link");
}

}  // namespace gatehouse::login
