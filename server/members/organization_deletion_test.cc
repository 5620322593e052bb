#include "server/members/organization_deletion.h"

#include <doctest/doctest.h>

#include "server/orgs/organization.h"
#include "server/sessions/session.h"
#include "tests/world/rows.h"

namespace gatehouse::members {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;

class Fixture : public world::DomainFixture {
 public:
  OrgId organization(std::string name) {
    return must([&](Transaction& transaction) {
             return orgs::create(transaction, here, context, random, {.display_name = name});
           })
        .id;
  }
  UserId member(std::string_view email, std::initializer_list<OrgId> organizations) {
    const UserId user = must([&](Transaction& transaction) {
                          return users::create(transaction, here, context, random,
                                               {.email = users::Email::parse(email).value()});
                        }).id;
    for (const OrgId organization : organizations) {
      must([&](Transaction& transaction) {
        return orgs::add_member(transaction, here, organization, context, random, user,
                                orgs::Provisioning::direct_provision);
      });
    }
    return user;
  }
  SessionId sign_in(UserId user, OrgId organization) {
    return must([&](Transaction& transaction) {
             return sessions::create(transaction, here, context, random,
                                     {.user = user,
                                      .organization = organization,
                                      .method = sessions::Method::email_code,
                                      .absolute_lifetime = days(30),
                                      .idle_lifetime = days(7)});
           })
        .session.id;
  }
  bool is_live(SessionId session) {
    return must([&](Transaction& transaction) {
             return sessions::check_id(transaction, here, session, context.now);
           })
        .has_value();
  }
  bool exists(UserId user) {
    return must([&](Transaction& transaction) { return users::find_user(transaction, here, user); })
        .has_value();
  }
  Result<Unit, Error> remove(OrgId organization) {
    return act([&](Transaction& transaction) {
      return delete_organization(transaction, here, organization, context, random);
    });
  }
};

}  // namespace

TEST_CASE("members: with an organization go the people who have no other one") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const OrgId globex = fixture.organization("Globex");
  const UserId ada = fixture.member("ada@acme.test", {acme});
  const UserId bob = fixture.member("bob@acme.test", {acme, globex});
  const UserId eve = fixture.member("eve@globex.test", {globex});
  const UserId nobody = fixture.member("nobody@acme.test", {});
  const SessionId bob_in_acme = fixture.sign_in(bob, acme);
  const SessionId bob_in_globex = fixture.sign_in(bob, globex);
  const SessionId eve_in_globex = fixture.sign_in(eve, globex);
  const SessionId ada_in_acme = fixture.sign_in(ada, acme);

  REQUIRE(fixture.remove(acme).ok());
  CHECK_FALSE(fixture.exists(ada));
  CHECK(fixture.exists(bob));
  CHECK(fixture.exists(eve));
  CHECK(fixture.exists(nobody));
  CHECK_FALSE(fixture.is_live(ada_in_acme));
  CHECK_FALSE(fixture.is_live(bob_in_acme));
  CHECK(fixture.is_live(bob_in_globex));
  CHECK(fixture.is_live(eve_in_globex));
  CHECK(fixture.audited("user.deleted") == 1);
  CHECK(fixture.audited("session.ended") == 2);
  CHECK(fixture.audited("membership.deleted") == 2);
  CHECK(fixture.audited("organization.deleted") == 1);
}

TEST_CASE("members: deleting what is not there changes nothing") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const UserId ada = fixture.member("ada@acme.test", {acme});
  CHECK(fixture.remove(OrgId(99)).error().code == ErrorCode::not_found);
  const auto foreign = fixture.act([&](Transaction& transaction) {
    return delete_organization(transaction, world::DomainFixture::elsewhere, acme, fixture.context,
                               fixture.random);
  });
  CHECK(foreign.error().code == ErrorCode::not_found);
  CHECK(fixture.exists(ada));
  CHECK(fixture.remove(acme).ok());
  CHECK(fixture.remove(acme).error().code == ErrorCode::not_found);
}

}  // namespace gatehouse::members
