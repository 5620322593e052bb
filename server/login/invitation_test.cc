// Inviting and inviting again: what is stored, mailed and told; and what a link leads to.

#include "server/login/invitation.h"

#include <doctest/doctest.h>

#include "server/events/event.h"
#include "server/login/invitation_link.h"
#include "server/mail/letter_content.h"
#include "server/orgs/membership.h"
#include "server/storage/one_time.h"
#include "tests/world/rows.h"

namespace gatehouse::login {
namespace {

using orgs::MembershipStatus;
using storage::Transaction;
using Standing = InvitationStanding;

// Letters in the clear: what is sealed, and how, is the outbox's own test.
class OpenSealer final : public mail::Sealer {
 public:
  std::string seal(const Secret& plaintext, std::string_view) override {
    return std::string(plaintext.reveal());
  }
  Result<Secret, Error> open(std::string_view sealed, std::string_view) override {
    return Secret(std::string(sealed));
  }
};

class Fixture : public world::DomainFixture {
 public:
  Fixture() {
    must([&](Transaction& transaction) -> Result<Unit, Error> {
      acme = TRY(orgs::create(transaction, here, context, random, {.display_name = "Acme"})).id;
      ada = TRY(users::create(transaction, here, context, random,
                              {.email = *users::Email::parse("ada@acme.test")}))
                .id;
      return Unit{};
    });
    add(MembershipStatus::pending_invite);
  }
  void add(MembershipStatus status) {
    must([&](Transaction& transaction) {
      return orgs::add_member(
          transaction, here, acme, context, random,
          orgs::NewMember{
              .user = ada, .provisioning = orgs::Provisioning::invitation, .status = status});
    });
  }
  void remove() {
    must([&](Transaction& transaction) {
      return orgs::remove_member(transaction, here, acme, context, random, ada);
    });
  }
  environments::Environment environment() {
    return *must([&](Transaction& transaction) {
      return environments::find_environment(transaction, here);
    });
  }
  Result<InvitationState, Error> try_invite(const Invite& wanted = {}) {
    return act([&](Transaction& transaction) {
      return invite({random, outbox, letters}, transaction, environment_, acme, context, ada,
                    wanted);
    });
  }
  Result<InvitationState, Error> try_resend() {
    return act([&](Transaction& transaction) {
      return resend_invitation({random, outbox, letters}, transaction, environment_, acme, context,
                               ada);
    });
  }
  // The letters that wait, oldest first.
  std::vector<mail::Letter> mailed() {
    static constexpr storage::Sql sql{
        "test.letters",
        "SELECT id, recipient, purpose, useful_until_ms, sealed_content "
        "FROM mail_outbox WHERE purpose = 'invitation' ORDER BY id"};
    std::vector<mail::Letter> all;
    must([&](Transaction& transaction) {
      all.clear();
      return transaction.query(sql, {}, [&](const storage::Row& row) {
        all.push_back(
            *mail::unpacked(Secret(std::string(row.blob(4))), {.recipient = row.string(1),
                                                               .purpose = row.string(2),
                                                               .useful_until = row.instant(3)}));
      });
    });
    return all;
  }
  static std::string token_of(const mail::Letter& letter) {
    return letter.link.substr(letter.link.find('=') + 1);
  }
  InvitationSight look(std::string_view token, EnvironmentId where = here) {
    return must([&](Transaction& transaction) {
      return look_at_invitation(transaction, where, token, context.now);
    });
  }
  std::vector<std::string> told() {
    std::vector<std::string> types;
    for (const auto& event : must([&](Transaction& transaction) {
                               return events::list(transaction, here, {}, {.limit = 50});
                             }).items) {
      types.push_back(event.type);
    }
    return types;
  }

  OpenSealer sealer;
  mail::Outbox outbox{{sealer, random}};
  mail::Letters letters = mail::Letters::load().value();
  environments::Environment environment_ = environment();
  OrgId acme{1};
  UserId ada{1};
};

TEST_CASE_FIXTURE(Fixture, "an invitation is stored, mailed and told") {
  const InvitationState state = try_invite({.inviter_email = "boss@acme.test"}).take();
  CHECK(state.status == MembershipStatus::pending_invite);
  CHECK(state.invitation.expires_at == context.now + days(15));
  CHECK(state.invitation.resent_count == 0);
  CHECK(std::ranges::count(told(), "user.organization_invitation") == 1);
  CHECK(audited("invitation.sent") == 1);

  REQUIRE(mailed().size() == 1);
  const mail::Letter letter = mailed()[0];
  CHECK(letter.to.text() == "ada@acme.test");
  CHECK(letter.subject.text() == "You are invited to join Acme");
  CHECK(letter.text.find("boss@acme.test invites you to join Acme") != std::string::npos);
  CHECK(letter.useful_until == state.invitation.expires_at);
  const InvitationSight sight = look(token_of(letter));
  CHECK(sight.standing == Standing::open);
  CHECK(sight.organization_name == "Acme");
  CHECK(sight.user->email.text() == "ada@acme.test");
}

TEST_CASE_FIXTURE(Fixture, "nobody is invited twice, nor who is no pending member") {
  CHECK(try_invite({.inviter_email = "no address"}).error().field == "inviter_email");
  REQUIRE(try_invite().ok());
  const Error twice = try_invite().error();
  CHECK(twice.code == ErrorCode::failed_precondition);
  CHECK(twice.message == "the invitation was sent already: resend it");
  remove();
  CHECK(try_invite().error().code == ErrorCode::not_found);
  CHECK(try_resend().error().code == ErrorCode::not_found);
  add(MembershipStatus::active);
  CHECK(try_invite().error().code == ErrorCode::failed_precondition);
  CHECK(try_resend().error().message == "the user is an active member already");
  CHECK(mailed().size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "before the end, sending again reminds and both links work") {
  const Instant end = try_invite().take().invitation.expires_at;
  context.now += days(10);
  const InvitationState state = try_resend().take();
  CHECK(state.status == MembershipStatus::pending_invite);
  CHECK(state.invitation.resent_count == 1);
  CHECK(state.invitation.expires_at == end);
  REQUIRE(mailed().size() == 2);
  CHECK(mailed()[1].subject.text() == "Reminder: you are invited to join Acme");
  CHECK(mailed()[1].useful_until == end);
  CHECK(token_of(mailed()[0]) != token_of(mailed()[1]));
  for (const mail::Letter& letter : mailed()) {
    CHECK(look(token_of(letter)).standing == Standing::open);
  }
  context.now = end;
  for (const mail::Letter& letter : mailed()) {
    CHECK(look(token_of(letter)).standing == Standing::expired);
  }
}

TEST_CASE_FIXTURE(Fixture, "after the end, sending again makes a new link with a new end") {
  const Instant end = try_invite().take().invitation.expires_at;
  context.now = end;
  const InvitationState state = try_resend().take();
  CHECK(state.invitation.resent_count == 1);
  CHECK(state.invitation.expires_at == end + days(15));
  CHECK(mailed()[1].subject.text() == "You are invited to join Acme");
  CHECK(look(token_of(mailed()[0])).standing == Standing::replaced);
  CHECK(look(token_of(mailed()[1])).standing == Standing::open);
}

TEST_CASE_FIXTURE(Fixture, "the lifetime is a setting of the environment") {
  environment_.settings.invitation_lifetime = hours(1);
  CHECK(try_invite().take().invitation.expires_at == context.now + hours(1));
}

TEST_CASE_FIXTURE(Fixture, "a link that is not ours, or another environment's, leads nowhere") {
  const InvitationState state = try_invite().take();
  const std::string token = token_of(mailed()[0]);
  const std::string number = std::to_string(state.invitation.id.number());
  CHECK(look(token, elsewhere).standing == Standing::unknown);
  for (const std::string& made_up :
       {std::string(), std::string("x"), number, number + ".", number + "." + std::string(43, 'A'),
        token + "A", token.substr(0, token.size() - 1), "7" + token.substr(token.find('.')),
        std::string(5000, '1') + token, "inv_" + token}) {
    CAPTURE(made_up);
    const InvitationSight sight = look(made_up);
    CHECK(sight.standing == Standing::unknown);
    CHECK(sight.organization_name.empty());
    CHECK_FALSE(sight.user.has_value());
  }
}

TEST_CASE_FIXTURE(Fixture, "a link knows whether it was taken back or its organization deleted") {
  REQUIRE(try_invite().ok());
  const std::string token = token_of(mailed()[0]);
  remove();
  InvitationSight sight = look(token);
  CHECK(sight.standing == Standing::withdrawn);
  CHECK(sight.organization_name == "Acme");
  // Invited anew, the old link stays what it was.
  add(MembershipStatus::pending_invite);
  REQUIRE(try_invite().ok());
  CHECK(look(token).standing == Standing::withdrawn);
  CHECK(look(token_of(mailed()[1])).standing == Standing::open);

  must([&](Transaction& transaction) {
    return orgs::delete_organization(transaction, here, context, random, acme);
  });
  CHECK(look(token).standing == Standing::organization_gone);
  CHECK(look(token_of(mailed()[1])).standing == Standing::organization_gone);
}

TEST_CASE_FIXTURE(Fixture, "an expired link is known after the one-time things were swept") {
  REQUIRE(try_invite().ok());
  const std::string token = token_of(mailed()[0]);
  context.now += days(40);
  must([&](Transaction& transaction) {
    return storage::reclaim_one_time(transaction, context.now, 100);
  });
  CHECK(look(token).standing == Standing::expired);
}

TEST_CASE_FIXTURE(Fixture, "who may not sign in may not join") {
  REQUIRE(try_invite().ok());
  must([&](Transaction& transaction) {
    return users::set_state(transaction, here, context, random, ada, users::State::disabled);
  });
  CHECK(look(token_of(mailed()[0])).standing == Standing::disabled);
}

}  // namespace
}  // namespace gatehouse::login
