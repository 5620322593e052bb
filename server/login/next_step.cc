#include "server/login/next_step.h"

#include <algorithm>

#include "server/connections/connection_store.h"
#include "server/core/limits.h"
#include "server/orgs/invitation.h"
#include "server/rbac/role.h"

namespace gatehouse::login {
namespace {

constexpr std::size_t invitations_shown_max = 20;

bool is_among(const std::vector<orgs::Membership>& memberships, OrgId organization) {
  return std::ranges::any_of(memberships, [&](const orgs::Membership& membership) {
    return membership.organization == organization;
  });
}

// Those whose invitation may be accepted at `now`.
Result<std::vector<orgs::Membership>, Error> open_invitations(
    storage::Transaction& transaction, EnvironmentId environment,
    const std::vector<orgs::Membership>& memberships, Instant now) {
  std::vector<orgs::Membership> open;
  for (const orgs::Membership& membership : memberships) {
    if (membership.status != orgs::MembershipStatus::pending_invite) continue;
    if (open.size() == invitations_shown_max) break;
    const auto invitation = TRY(
        orgs::find_invitation(transaction, environment, membership.organization, membership.user));
    if (invitation.has_value() && !invitation->is_expired(now)) open.push_back(membership);
  }
  return open;
}

// Who comes by an organization's own connection comes for that organization.
std::optional<OrgId> demanded_organization(const Flow& flow) {
  if (flow.options.organization.has_value()) return flow.options.organization;
  return flow.identity.has_value() ? flow.identity->organization : std::nullopt;
}

// The application asked for one organization, and another one's connection answered.
bool is_contradicted(const Flow& flow) {
  return flow.options.organization.has_value() && flow.identity.has_value() &&
         flow.identity->organization.has_value() &&
         flow.identity->organization != flow.options.organization;
}

Decision after_proof(const Flow& flow, const Facts& facts, const environments::Settings& settings) {
  if (facts.user.has_value() && !facts.user->may_sign_in()) return {Step::refused_disabled};
  if (const auto wanted = demanded_organization(flow)) {
    const OrgId demanded = *wanted;
    if (is_contradicted(flow)) return {Step::refused_not_member};
    if (is_among(facts.memberships, demanded)) return {Step::finish, demanded};
    return {is_among(facts.invitations, demanded) ? Step::choose_organization
                                                  : Step::refused_not_member};
  }
  const bool is_open = settings.sign_up == environments::Settings::SignUp::open;
  if (facts.memberships.empty()) {
    if (!facts.invitations.empty()) return {Step::choose_organization, std::nullopt, is_open};
    return {is_open ? Step::name_organization : Step::refused_no_access};
  }
  if (facts.memberships.size() == 1 &&
      flow.options.choose_organization == Options::Choose::when_needed) {
    return {Step::finish, facts.memberships.front().organization};
  }
  return {Step::choose_organization};
}

}  // namespace

std::string_view step_name(Step step) {
  switch (step) {
    case Step::identify: return "identify";
    case Step::single_sign_on: return "single_sign_on";
    case Step::prove_email: return "prove_email";
    case Step::name_organization: return "name_organization";
    case Step::choose_organization: return "choose_organization";
    case Step::finish: return "finish";
    case Step::done: return "done";
    case Step::expired: return "expired";
    case Step::too_many_tries: return "too_many_tries";
    case Step::refused_disabled: return "refused_disabled";
    case Step::refused_no_access: return "refused_no_access";
    case Step::refused_not_member: return "refused_not_member";
  }
  ensure_failed("step_name: not a Step");
}

Decision next_step(const Flow& flow, const Facts& facts, const environments::Settings& settings,
                   Instant now) {
  if (flow.completed_at.has_value()) return {Step::done};
  if (now >= flow.expires_at) return {Step::expired};
  if (flow.proven_at.has_value()) return after_proof(flow, facts, settings);
  if (flow.code_tries >= limits::code_tries_max) return {Step::too_many_tries};
  const bool is_mailed = flow.email.has_value() && flow.challenge_sent_at.has_value();
  if (flow.connection.has_value() && !(flow.identity.has_value() && is_mailed)) {
    return {Step::single_sign_on};
  }
  if (!is_mailed) return {Step::identify};
  return {Step::prove_email};
}

Result<Facts, Error> load_facts(storage::Transaction& transaction, EnvironmentId environment,
                                const Flow& flow, Instant now) {
  Facts facts;
  if (!flow.proven_at.has_value() || !flow.email.has_value()) return facts;
  // By id if the proof knew the person; by address otherwise: they may have been created meanwhile.
  facts.user = flow.user.has_value()
                   ? TRY(users::find_user(transaction, environment, *flow.user))
                   : TRY(users::find_user_by_email(transaction, environment, *flow.email));
  if (!facts.user.has_value()) return facts;
  auto memberships = TRY(orgs::list_memberships_of_user(transaction, environment, facts.user->id));
  facts.invitations = TRY(open_invitations(transaction, environment, memberships, now));
  std::erase_if(memberships,
                [](const orgs::Membership& membership) { return !membership.is_active(); });
  facts.memberships = std::move(memberships);
  return facts;
}

Result<Unit, Error> load_for_page(storage::Transaction& transaction, EnvironmentId environment,
                                  const Flow& flow, Step step, Facts& facts) {
  if (step == Step::identify || step == Step::prove_email || step == Step::single_sign_on) {
    facts.social = TRY(social_connections(transaction, environment));
  }
  if (step != Step::single_sign_on) return Unit{};
  const auto connection = TRY(connections::find_by_id(transaction, environment, *flow.connection));
  if (!connection.has_value()) return Unit{};
  facts.provider.title = provider_title(connection->provider, connection->provider_key);
  if (!connection->organization.has_value()) return Unit{};
  const auto organization =
      TRY(orgs::find_organization(transaction, environment, *connection->organization));
  if (organization.has_value()) facts.provider.organization = organization->display_name;
  return Unit{};
}

Result<Unit, Error> load_roles(storage::Transaction& transaction, EnvironmentId environment,
                               Facts& facts) {
  for (const orgs::Membership& membership : facts.memberships) {
    auto grants =
        TRY(rbac::load_grants(transaction, environment, membership.organization, membership.user));
    facts.roles[membership.organization] = std::move(grants.roles);
  }
  return Unit{};
}

}  // namespace gatehouse::login
