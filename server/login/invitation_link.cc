#include "server/login/invitation_link.h"

#include "server/crypto/hash.h"
#include "server/encoding/base64.h"
#include "server/login/finish.h"
#include "server/orgs/membership.h"
#include "server/storage/one_time.h"

namespace gatehouse::login {
namespace {

using storage::OneTimePurpose;
using storage::OneTimeSight;
using storage::Transaction;
using Standing = InvitationStanding;

constexpr std::size_t token_random_bytes = 32;
constexpr std::size_t token_characters_max = 100;

Error not_open() { return {ErrorCode::failed_precondition, "the invitation is not open"}; }

// The invitation that a token names, without judging the token.
std::optional<InvitationId> invitation_of(std::string_view token) {
  const std::size_t dot = token.find('.');
  if (dot == std::string_view::npos || token.size() > token_characters_max) return std::nullopt;
  return InvitationId::parse(std::string(InvitationId::prefix) + std::string(token.substr(0, dot)));
}

// Of a link whose invitation is gone: with its membership, or with the whole organization.
Result<InvitationSight, Error> look_at_remains(Transaction& transaction, EnvironmentId environment,
                                               const OneTimeSight& link) {
  InvitationSight sight{.standing = Standing::organization_gone};
  const auto organization_id = OrgId::parse(link.payload);
  ENSURE(organization_id.has_value());  // we wrote it
  const auto organization =
      TRY(orgs::find_organization(transaction, environment, *organization_id));
  if (!organization.has_value()) return sight;
  sight.standing = Standing::withdrawn;
  sight.organization_name = organization->display_name;
  return sight;
}

struct Standings {
  const orgs::Invitation& invitation;
  const orgs::Membership& membership;
  const users::User& user;
  const std::optional<OneTimeSight>& link;
};

Standing standing_of(const Standings& of, Instant now) {
  using orgs::MembershipStatus;
  if (of.membership.status == MembershipStatus::active) return Standing::accepted;
  if (of.membership.status == MembershipStatus::inactive) return Standing::withdrawn;
  if (of.invitation.is_expired(now)) return Standing::expired;
  const bool works = of.link.has_value() && of.link->state == OneTimeSight::State::live &&
                     now < of.link->expires_at;
  if (!works) return Standing::replaced;
  return of.user.may_sign_in() ? Standing::open : Standing::disabled;
}

}  // namespace

InvitationToken make_invitation_token(Random& random, InvitationId invitation) {
  std::string plain = std::to_string(invitation.number()) + "." +
                      base64url_encode(random_bytes(random, token_random_bytes));
  std::string hash = crypto::sha256(plain);
  return {.plain = Secret(std::move(plain)), .hash = std::move(hash)};
}

Result<Unit, Error> store_invitation_token(Transaction& transaction, EnvironmentId environment,
                                           const orgs::Invitation& invitation, Instant now) {
  return storage::put_one_time(transaction, environment,
                               {.purpose = OneTimePurpose::invitation,
                                .key_hash = invitation.token_hash,
                                .subject = invitation.id.number(),
                                .payload = invitation.organization.text(),
                                .expires_at = invitation.expires_at},
                               now);
}

Result<InvitationSight, Error> look_at_invitation(Transaction& transaction,
                                                  EnvironmentId environment, std::string_view token,
                                                  Instant now) {
  const auto id = invitation_of(token);
  if (!id.has_value()) return InvitationSight{};
  const std::string hash = crypto::sha256(token);
  const auto link =
      TRY(storage::look_at_one_time(transaction, environment, OneTimePurpose::invitation, hash));
  auto invitation = TRY(orgs::find_invitation(transaction, environment, *id));
  // Links that are long over leave the table of one-time things; the newest is known for longer.
  const bool is_ours = link.has_value() || (invitation.has_value() &&
                                            equal_in_constant_time(invitation->token_hash, hash));
  if (!is_ours) return InvitationSight{};
  if (!invitation.has_value()) return look_at_remains(transaction, environment, *link);

  const auto membership = TRY(
      orgs::find_membership(transaction, environment, invitation->organization, invitation->user));
  auto user = TRY(users::find_user(transaction, environment, invitation->user));
  ENSURE(membership.has_value() && user.has_value());  // foreign keys hold them
  InvitationSight sight;
  sight.standing = standing_of(
      {.invitation = *invitation, .membership = *membership, .user = *user, .link = link}, now);
  sight.invitation = std::move(invitation);
  sight.user = std::move(user);
  sight.organization_name = membership->organization_name;
  return sight;
}

Result<bool, Error> take_up_invitation(Transaction& transaction, EnvironmentId environment,
                                       const Context& context, Random& random,
                                       const orgs::Invitation& invitation) {
  if (!TRY(orgs::note_accepted(transaction, environment, invitation, context.now))) return false;
  TRY(storage::void_subject(transaction, environment, OneTimePurpose::invitation,
                            invitation.id.number()));
  TRY(audit::record(transaction, environment, context, random,
                    {.event = audit::Event::invitation_accepted,
                     .subject_type = "user",
                     .subject_id = invitation.user.text(),
                     .organization = invitation.organization}));
  TRY(orgs::tell_of_membership(transaction, environment, context, random,
                               {.type = "user.organization_membership_updated",
                                .organization = invitation.organization,
                                .user = invitation.user}));
  return true;
}

Result<sessions::CreatedSession, Error> accept_invitation(Transaction& transaction,
                                                          const Acceptance& acceptance,
                                                          std::string_view token) {
  const EnvironmentId environment = acceptance.environment.id;
  const auto id = invitation_of(token);
  if (!id.has_value()) return not_open();
  const auto used =
      TRY(storage::consume_one_time(transaction, environment, OneTimePurpose::invitation,
                                    crypto::sha256(token), acceptance.context.now));
  if (!used.has_value() || used->subject != id->number()) return not_open();
  const auto invitation = TRY(orgs::find_invitation(transaction, environment, *id));
  if (!invitation.has_value()) return not_open();
  Context context = acceptance.context;
  context.actor = {ActorType::user, invitation->user.text()};
  Random& random = acceptance.deps.random;
  const bool has_joined =
      TRY(take_up_invitation(transaction, environment, context, random, *invitation));
  if (!has_joined) return not_open();
  return sign_in(transaction, {.random = random,
                               .context = context,
                               .request = acceptance.request,
                               .environment = acceptance.environment,
                               .user = invitation->user,
                               .organization = invitation->organization,
                               .method = sessions::Method::email_link});
}

}  // namespace gatehouse::login
