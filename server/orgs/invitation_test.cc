// The rows of invitations: each statement demands the state it starts from.

#include "server/orgs/invitation.h"

#include <doctest/doctest.h>

#include "server/orgs/invariants.h"
#include "server/orgs/membership.h"
#include "tests/world/rows.h"

namespace gatehouse::orgs {
namespace {

using storage::Transaction;

class Fixture : public world::DomainFixture {
 public:
  Fixture() {
    must([&](Transaction& transaction) -> Result<Unit, Error> {
      acme = TRY(create(transaction, here, context, random, {.display_name = "Acme"})).id;
      ada = TRY(users::create(transaction, here, context, random,
                              {.email = *users::Email::parse("ada@acme.test")}))
                .id;
      return add_member(transaction, here, acme, context, random,
                        NewMember{.user = ada,
                                  .provisioning = Provisioning::invitation,
                                  .status = MembershipStatus::pending_invite});
    });
  }
  Invitation invitation(std::int64_t number = 5) const {
    return {.id = InvitationId(number),
            .organization = acme,
            .user = ada,
            .inviter_email = "boss@acme.test",
            .created_at = context.now,
            .expires_at = context.now + days(15),
            .accepted_at = std::nullopt,
            .resent_at = std::nullopt,
            .resent_count = 0,
            .token_hash = std::string(32, 'a')};
  }
  bool insert(const Invitation& wanted, EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
      return insert_invitation(transaction, environment, wanted);
    });
  }
  std::optional<Invitation> find(EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
      return find_invitation(transaction, environment, acme, ada);
    });
  }
  std::optional<Invitation> resend(EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
      return note_resent(transaction, environment,
                         {.organization = acme,
                          .user = ada,
                          .token_hash = std::string(32, 'b'),
                          .expires_at_if_over = context.now + days(15),
                          .now = context.now});
    });
  }
  bool accept(const Invitation& which, EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
      return note_accepted(transaction, environment, which, context.now);
    });
  }
  MembershipStatus status() {
    return must([&](Transaction& transaction) {
             return find_membership(transaction, here, acme, ada);
           })
        ->status;
  }
  std::vector<std::string> problems() { return must(check_invariants); }

  OrgId acme{1};
  UserId ada{1};
};

TEST_CASE_FIXTURE(Fixture, "an invitation stands beside a pending membership, once, and is found") {
  CHECK_FALSE(insert(invitation(), elsewhere));
  CHECK(insert(invitation()));
  CHECK_FALSE(insert(invitation(6)));
  const auto found = find();
  REQUIRE(found.has_value());
  CHECK(found->id == InvitationId(5));
  CHECK(found->inviter_email == "boss@acme.test");
  CHECK(found->expires_at == context.now + days(15));
  CHECK(found->token_hash == std::string(32, 'a'));
  CHECK_FALSE(find(elsewhere).has_value());
  CHECK(problems().empty());
}

TEST_CASE_FIXTURE(Fixture, "who is a member already is not invited") {
  REQUIRE(insert(invitation()));
  REQUIRE(accept(invitation()));
  must([&](Transaction& transaction) -> Result<Unit, Error> {
    TRY(remove_member(transaction, here, acme, context, random, ada));
    return add_member(transaction, here, acme, context, random, ada,
                      Provisioning::direct_provision);
  });
  CHECK_FALSE(find().has_value());
  CHECK_FALSE(insert(invitation(6)));
}

TEST_CASE_FIXTURE(Fixture, "sending again counts, and moves the end only once it is over") {
  REQUIRE(insert(invitation()));
  const Instant end = context.now + days(15);
  context.now += days(14);
  auto resent = resend();
  REQUIRE(resent.has_value());
  CHECK(resent->resent_count == 1);
  CHECK(resent->resent_at == context.now);
  CHECK(resent->expires_at == end);
  CHECK(resent->token_hash == std::string(32, 'b'));

  context.now = end;
  CHECK(find()->is_expired(context.now));
  resent = resend();
  REQUIRE(resent.has_value());
  CHECK(resent->resent_count == 2);
  CHECK(resent->expires_at == end + days(15));
  CHECK_FALSE(resend(elsewhere).has_value());

  REQUIRE(accept(*resent));
  CHECK_FALSE(resend().has_value());
}

TEST_CASE_FIXTURE(Fixture, "accepting works once, before the end, and makes the member active") {
  REQUIRE(insert(invitation()));
  CHECK(status() == MembershipStatus::pending_invite);
  CHECK_FALSE(accept(invitation(), elsewhere));
  const Instant start = context.now;
  context.now = start + days(15);
  CHECK_FALSE(accept(invitation()));
  context.now -= milliseconds(1);
  CHECK(accept(invitation()));
  CHECK(status() == MembershipStatus::active);
  CHECK(find()->accepted_at == context.now);
  CHECK_FALSE(accept(invitation()));
  CHECK(problems().empty());
}

TEST_CASE_FIXTURE(Fixture, "the shown status follows the time, the stored one does not") {
  using Status = MembershipStatus;
  const Instant end = context.now;
  CHECK(shown_status(Status::pending_invite, end, end - milliseconds(1)) == Status::pending_invite);
  CHECK(shown_status(Status::pending_invite, end, end) == Status::invite_expired);
  CHECK(shown_status(Status::pending_invite, std::nullopt, end) == Status::pending_invite);
  CHECK(shown_status(Status::active, end, end + days(1)) == Status::active);
  CHECK(shown_status(Status::inactive, end, end + days(1)) == Status::inactive);
}

TEST_CASE_FIXTURE(Fixture, "fsck finds an invitation that disagrees with its membership") {
  REQUIRE(insert(invitation()));
  static constexpr storage::Sql damage{"test.accept_alone",
                                       "UPDATE invitations SET accepted_at_ms = $1"};
  must([&](Transaction& transaction) { return transaction.execute(damage, {context.now}); });
  REQUIRE(problems().size() == 1);
  CHECK(problems()[0].starts_with("a membership is pending after its invitation was accepted"));
}

}  // namespace
}  // namespace gatehouse::orgs
