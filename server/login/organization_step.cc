// After the proof: somebody new names their organization, somebody with several chooses one.

#include "server/login/accept_identity.h"
#include "server/login/finish.h"
#include "server/login/invitation_link.h"
#include "server/login/pages.h"
#include "server/login/start.h"
#include "server/login/steps.h"
#include "server/login/visit.h"
#include "server/orgs/membership.h"

namespace gatehouse::login {
namespace {

using storage::Transaction;

bool may_name_organization(const Visit& visit) {
  return visit.decision.step == Step::name_organization || visit.decision.may_create_organization;
}

bool is_among(const std::vector<orgs::Membership>& memberships, OrgId organization) {
  return std::ranges::any_of(memberships, [&](const orgs::Membership& membership) {
    return membership.organization == organization;
  });
}

// Chosen by somebody who is only invited: the proof of their address is as good as the mail's link.
Result<Unit, Error> join(Transaction& transaction, const Visit& visit, OrgId organization) {
  const EnvironmentId environment = visit.context.environment;
  const UserId user = visit.facts.user->id;
  const auto invitation = TRY(orgs::find_invitation(transaction, environment, organization, user));
  ENSURE(invitation.has_value());  // the visit found it in this transaction
  Context context = visit.context;
  context.actor = {ActorType::user, user.text()};
  const bool has_joined =
      TRY(take_up_invitation(transaction, environment, context, visit.deps.random, *invitation));
  if (!has_joined) return Error(ErrorCode::aborted, "the invitation is not open any more");
  return Unit{};
}

struct Names {
  std::string organization, given, family;
};

// The names, cleaned; or the remarks that go beside the fields.
Result<Names, Remark> read_names(const Visit& visit) {
  Remark remark{.organization_name = visit.field("organization_name"),
                .given_name = visit.field("given_name"),
                .family_name = visit.field("family_name")};
  const auto clean = [](const std::string& typed, std::string_view what, std::string& problem) {
    auto cleaned = users::clean_name(typed);
    if (cleaned.ok()) return std::move(cleaned).value();
    problem = std::string(what) + " cannot be read. Use plain letters, at most 200 bytes.";
    return std::string();
  };
  Names names{
      clean(remark.organization_name, "This name", remark.organization_problem),
      clean(remark.given_name, "Your first name", remark.given_name_problem),
      clean(remark.family_name, "Your last name", remark.family_name_problem),
  };
  if (names.organization.empty() && remark.organization_problem.empty()) {
    remark.organization_problem = "Enter the name of your organization.";
  }
  if (remark.organization_problem.empty() && remark.given_name_problem.empty() &&
      remark.family_name_problem.empty()) {
    return names;
  }
  return remark;
}

// The person (unless they exist), their organization, their part in it as its first admin, and the
// session: all of it or nothing.
Result<Finished, Error> create_all(Transaction& transaction, Visit& visit, const Names& names) {
  const EnvironmentId environment = visit.context.environment;
  const Context& context = visit.context;
  Random& random = visit.deps.random;
  TRY(look_again(transaction, visit));
  if (!may_name_organization(visit)) {
    return Error(ErrorCode::aborted, "the flow moved on meanwhile");
  }
  std::optional<users::User> user = visit.facts.user;
  if (!user.has_value()) {
    user = TRY(users::create(transaction, environment, context, random,
                             {.email = *visit.flow.email,
                              .email_verified = users::NewUser::Verified::yes,
                              .given_name = names.given,
                              .family_name = names.family}));
  } else if (user->name.empty()) {
    TRY(users::change_profile(transaction, environment, context, random, user->id,
                              {.given_name = names.given, .family_name = names.family}));
  }
  if (visit.flow.identity.has_value()) {
    TRY(link_flow_identity(transaction, visit, user->id));
  }
  const orgs::Organization organization = TRY(orgs::create(
      transaction, environment, context, random, {.display_name = names.organization}));
  TRY(orgs::add_member(transaction, environment, organization.id, context, random, user->id,
                       orgs::Provisioning::org_creator));
  TRY(rbac::assign_default_role(transaction, environment, organization.id, context, random,
                                user->id, rbac::DefaultRole::creator));
  if (!visit.facts.user.has_value()) {
    TRY(orgs::tell_of_membership(
        transaction, environment, context, random,
        {.type = "user.signup", .organization = organization.id, .user = user->id}));
  }
  return finish(transaction, visit, user->id, organization.id);
}

http::Response answer(const Visit& visit, const Result<Finished, Error>& finished) {
  if (finished.ok()) return go_on(visit, finished.value());
  if (visit.decision.step == Step::done) return step_page(visit);  // sent twice, or another tab's
  return trouble_page(visit.deps.pages, visit.context, visit.environment(), finished.error());
}

}  // namespace

http::Response Steps::sign_up(const Context& context, const http::Request& request) const {
  auto opened = open_visit(deps_, context, request);
  if (!opened.ok()) return std::move(opened).error();
  Visit visit = std::move(opened).value();
  if (!may_name_organization(visit)) return step_page(visit);
  const auto names = read_names(visit);
  if (!names.ok()) {
    visit.decision.step = Step::name_organization;
    return step_page(visit, names.error());
  }
  const auto finished = storage::write(deps_.database, context, [&](Transaction& transaction) {
    return create_all(transaction, visit, names.value());
  });
  return answer(visit, finished);
}

http::Response Steps::organization(const Context& context, const http::Request& request) const {
  auto opened = open_visit(deps_, context, request);
  if (!opened.ok()) return std::move(opened).error();
  Visit visit = std::move(opened).value();
  const auto is_due = [&] {
    return visit.decision.step == Step::choose_organization || visit.decision.step == Step::finish;
  };
  const auto chosen = OrgId::parse(visit.field("organization"));
  if (!is_due() || !chosen.has_value()) return step_page(visit);

  const auto finished = storage::write(
      deps_.database, context, [&](Transaction& transaction) -> Result<Finished, Error> {
        TRY(look_again(transaction, visit));
        const bool belongs = is_among(visit.facts.memberships, *chosen);
        const bool is_invited = is_among(visit.facts.invitations, *chosen);
        const bool is_demanded = !visit.flow.options.organization.has_value() ||
                                 visit.flow.options.organization == *chosen;
        if (!is_due() || !(belongs || is_invited) || !is_demanded) {
          return Error(ErrorCode::permission_denied, "this organization is not on offer");
        }
        if (is_invited) TRY(join(transaction, visit, *chosen));
        return finish(transaction, visit, visit.facts.user->id, *chosen);
      });
  return answer(visit, finished);
}

}  // namespace gatehouse::login
