#include "server/login/accept_identity.h"

#include "server/login/invitation_link.h"
#include "server/login/route.h"
#include "server/members/member.h"
#include "server/orgs/invitation.h"
#include "server/users/identity.h"

namespace gatehouse::login {
namespace {

using connections::Connection;
using storage::Transaction;
using Outcome = AcceptedIdentity::Outcome;

AcceptedIdentity refuse(IdentityRefusal refusal) { return {Outcome::refused, refusal}; }

// Settings that an organization's connection has, whatever its type.
struct Provisioning {
  enum class Jit { on, off } jit = Jit::on;
  enum class Sync { on, off } sync = Sync::off;
};

Provisioning provisioning_of(const Connection& connection) {
  Provisioning result;
  const auto read = [&](const auto& settings) {
    if constexpr (requires { settings.jit_provisioning_with_sso_enabled; }) {
      if (!settings.jit_provisioning_with_sso_enabled.value_or(true)) {
        result.jit = Provisioning::Jit::off;
      }
    }
    if constexpr (requires { settings.sync_user_profile_on_login; }) {
      if (settings.sync_user_profile_on_login.value_or(false)) {
        result.sync = Provisioning::Sync::on;
      }
    }
  };
  std::visit(read, connection.configuration);
  return result;
}

// One identity on its way to a user.
struct Act {
  Transaction& transaction;
  Visit& visit;
  const Connection& connection;
  const OutsideIdentity& identity;
  enum class Address { believed, unproven } address;

  [[nodiscard]] EnvironmentId environment() const { return visit.context.environment; }
  [[nodiscard]] Random& random() const { return visit.deps.random; }
  [[nodiscard]] Context by(UserId user) const {
    Context context = visit.context;
    context.actor = {ActorType::user, user.text()};
    return context;
  }
};

sessions::Method method_of(const Connection& connection) {
  return connection.organization.has_value() ? sessions::Method::single_sign_on
                                             : sessions::Method::social;
}

// Whether the connection may speak for the address that it asserts.
Result<Act::Address, Error> judge_address(Transaction& transaction, const Visit& visit,
                                          const Connection& connection,
                                          const OutsideIdentity& identity) {
  if (!identity.email.has_value()) return Act::Address::unproven;
  if (!connection.organization.has_value()) {
    const bool is_verified = identity.email_claim == OutsideIdentity::EmailClaim::verified;
    return is_verified ? Act::Address::believed : Act::Address::unproven;
  }
  const auto domains =
      TRY(connections::list_domains(transaction, visit.context.environment, connection));
  const bool is_theirs = std::ranges::any_of(domains, [&](const orgs::Domain& domain) {
    return domain.is_verified() && domain.type == orgs::DomainType::organization &&
           domain.name == identity.email->domain();
  });
  return is_theirs ? Act::Address::believed : Act::Address::unproven;
}

users::NewUser new_user(const OutsideIdentity& identity) {
  users::NewUser user{.email = *identity.email,
                      .email_verified = users::NewUser::Verified::yes,
                      .given_name = identity.given_name,
                      .family_name = identity.family_name,
                      .name = identity.name};
  if (!identity.picture.empty()) user.picture = identity.picture;
  if (!identity.locale.empty()) user.locale = identity.locale;
  return user;
}

// A profile that the product does not take (an odd picture, a name of controls only) is no reason
// to keep somebody out: then the address alone makes the user.
Result<users::User, Error> create_user(const Act& act) {
  auto wanted = new_user(act.identity);
  const auto checked =
      users::check_new_user(wanted, act.environment(), UserId(1), act.visit.context.now);
  if (!checked.ok()) {
    wanted = {.email = *act.identity.email, .email_verified = users::NewUser::Verified::yes};
  }
  return users::create(act.transaction, act.environment(), act.visit.context, act.random(), wanted);
}

Result<Unit, Error> synchronize(const Act& act, const users::User& user) {
  if (provisioning_of(act.connection).sync == Provisioning::Sync::off) return Unit{};
  const OutsideIdentity& identity = act.identity;
  users::UserChange change;
  const auto take = [](const std::string& said, const std::string& known,
                       std::optional<std::string>& changed) {
    if (!said.empty() && said != known) changed = said;
  };
  take(identity.given_name, user.given_name, change.given_name);
  take(identity.family_name, user.family_name, change.family_name);
  take(identity.name, user.name, change.name);
  take(identity.picture, user.picture.value_or(""), change.picture);
  take(identity.locale, user.locale.value_or(""), change.locale);
  const bool is_same = !change.given_name && !change.family_name && !change.name &&
                       !change.picture && !change.locale;
  if (is_same) return Unit{};
  const auto changed = users::update(act.transaction, act.environment(), act.by(user.id),
                                     act.random(), user.id, change);
  // What the provider says may be nothing that we take; the sign-in does not depend on it.
  if (!changed.ok() && changed.error().code != ErrorCode::invalid_argument) return changed.error();
  return Unit{};
}

// Whether the user may go on into the connection's organization; joins them where that is due.
Result<std::optional<IdentityRefusal>, Error> see_to_membership(const Act& act, UserId user) {
  using None = std::optional<IdentityRefusal>;
  const OrgId organization = *act.connection.organization;
  const auto membership =
      TRY(orgs::find_membership(act.transaction, act.environment(), organization, user));
  if (membership.has_value()) {
    if (membership->is_active()) return None();
    if (membership->status == orgs::MembershipStatus::inactive) {
      return None(IdentityRefusal::not_a_member);
    }
    const auto invitation =
        TRY(orgs::find_invitation(act.transaction, act.environment(), organization, user));
    if (!invitation.has_value()) return None(IdentityRefusal::not_a_member);
    const bool has_joined = TRY(take_up_invitation(act.transaction, act.environment(), act.by(user),
                                                   act.random(), *invitation));
    return has_joined ? None() : None(IdentityRefusal::not_a_member);
  }
  const bool may_join = provisioning_of(act.connection).jit == Provisioning::Jit::on &&
                        act.address == Act::Address::believed;
  if (!may_join) return None(IdentityRefusal::provisioning_off);
  TRY(members::join(act.transaction, act.environment(), organization, act.by(user), act.random(),
                    user, {.provisioning = orgs::Provisioning::jit_using_sso}));
  return None();
}

// An organization's own connection may make somebody new.
Result<std::optional<users::User>, Error> find_or_make(const Act& act) {
  using Found = std::optional<users::User>;
  auto user =
      TRY(users::find_user_by_email(act.transaction, act.environment(), *act.identity.email));
  if (user.has_value()) return user;
  if (!act.connection.organization.has_value()) return Found();
  const bool may_make = provisioning_of(act.connection).jit == Provisioning::Jit::on &&
                        act.address == Act::Address::believed;
  if (!may_make) return Found();
  auto made = TRY(create_user(act));
  return Found(std::move(made));
}

Result<AcceptedIdentity, Error> note_proof(const Act& act, const std::optional<users::User>& user) {
  const Proof proof{.email = user.has_value() ? user->email : *act.identity.email,
                    .user = user.has_value() ? std::optional(user->id) : std::nullopt,
                    .method = method_of(act.connection)};
  const bool is_noted = TRY(note_proven(act.transaction, act.environment(), act.visit.flow, proof,
                                        act.visit.context.now));
  if (!is_noted) return Error(ErrorCode::aborted, "the flow moved on meanwhile");
  TRY(look_again(act.transaction, act.visit));
  return AcceptedIdentity{Outcome::proven};
}

// The user is known, or may be found by an address that is proven one way or the other.
Result<AcceptedIdentity, Error> settle(const Act& act, std::optional<users::User> user) {
  if (!user.has_value()) user = TRY(find_or_make(act));
  if (!user.has_value()) {
    if (act.connection.organization.has_value()) return refuse(IdentityRefusal::provisioning_off);
    return note_proof(act, std::nullopt);  // somebody new, who names an organization first
  }
  if (!user->may_sign_in()) return refuse(IdentityRefusal::user_disabled);
  if (act.connection.organization.has_value()) {
    const auto refusal = TRY(see_to_membership(act, user->id));
    if (refusal.has_value()) return refuse(*refusal);
  }
  TRY(link_flow_identity(act.transaction, act.visit, user->id));
  TRY(synchronize(act, *user));
  return note_proof(act, user);
}

Result<std::optional<Connection>, Error> load_enabled(Transaction& transaction, const Visit& visit,
                                                      const OutsideIdentity& identity) {
  auto connection = connections::get(transaction, visit.context.environment, identity.organization,
                                     identity.connection);
  if (!connection.ok() && connection.error().code != ErrorCode::not_found) {
    return connection.error();
  }
  if (!connection.ok() || !connection.value().is_enabled) return std::optional<Connection>();
  return std::optional(std::move(connection).value());
}

// Of a social identity: the connection of the organization that the address belongs to, if there
// is one. It has to be used instead.
Result<std::optional<ConnectionId>, Error> demanded_connection(Transaction& transaction,
                                                               const Visit& visit,
                                                               const OutsideIdentity& identity) {
  const RouteHints hints{.address = identity.email->text()};
  const RouteFacts facts = TRY(load_route_facts(transaction, visit.context.environment, hints));
  const RouteChoice choice = route(hints, facts);
  const auto* use = std::get_if<UseConnection>(&choice);
  if (use == nullptr || use->connection == identity.connection) {
    return std::optional<ConnectionId>();
  }
  return std::optional(use->connection);
}

}  // namespace

Result<AcceptedIdentity, Error> accept_identity(Transaction& transaction, Visit& visit,
                                                const OutsideIdentity& identity) {
  const EnvironmentId environment = visit.context.environment;
  const auto connection = TRY(load_enabled(transaction, visit, identity));
  if (!connection.has_value()) return refuse(IdentityRefusal::connection_disabled);
  const auto address = TRY(judge_address(transaction, visit, *connection, identity));
  const bool is_social = !connection->organization.has_value();
  if (is_social && address == Act::Address::believed) {
    const auto demanded = TRY(demanded_connection(transaction, visit, identity));
    if (demanded.has_value()) {
      const bool is_noted = TRY(note_connection(transaction, environment, visit.flow, demanded,
                                                identity.email, visit.context.now));
      if (!is_noted) return Error(ErrorCode::aborted, "the flow moved on meanwhile");
      return AcceptedIdentity{Outcome::other_connection, std::nullopt, demanded};
    }
  }
  const bool is_noted =
      TRY(note_identity(transaction, environment, visit.flow, identity, visit.context.now));
  if (!is_noted) return Error(ErrorCode::aborted, "the flow moved on meanwhile");
  TRY(look_again(transaction, visit));

  const Act act{transaction, visit, *connection, identity, address};
  const auto owner = TRY(users::find_by_identity(
      transaction, environment, {identity.connection, identity.issuer, identity.subject}));
  if (owner.has_value()) {
    auto user = TRY(users::find_user(transaction, environment, *owner));
    if (user.has_value()) return settle(act, std::move(user));
  }
  if (!identity.email.has_value()) return refuse(IdentityRefusal::email_missing);
  if (address == Act::Address::unproven) return AcceptedIdentity{Outcome::prove_email};
  return settle(act, std::nullopt);
}

Result<AcceptedIdentity, Error> accept_proven_identity(Transaction& transaction, Visit& visit) {
  ENSURE(visit.flow.identity.has_value() && visit.flow.identity->email.has_value());
  const OutsideIdentity identity = *visit.flow.identity;
  const auto connection = TRY(load_enabled(transaction, visit, identity));
  if (!connection.has_value()) return refuse(IdentityRefusal::connection_disabled);
  // The person has the mailbox; that makes the address theirs, not the organization's.
  const Act act{transaction, visit, *connection, identity, Act::Address::unproven};
  return settle(act, std::nullopt);
}

Result<Unit, Error> link_flow_identity(Transaction& transaction, const Visit& visit, UserId user) {
  const OutsideIdentity& identity = *visit.flow.identity;
  Context context = visit.context;
  context.actor = {ActorType::user, user.text()};
  return users::link_identity(
      transaction, context.environment, context, visit.deps.random,
      {.key = {identity.connection, identity.issuer, identity.subject},
       .user = user,
       .email = identity.email.has_value() ? identity.email->text() : std::string(),
       .attributes = identity.raw_attributes,
       .created_at = context.now,
       .last_used_at = context.now});
}

}  // namespace gatehouse::login
