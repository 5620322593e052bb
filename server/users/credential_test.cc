#include "server/users/credential.h"

#include <doctest/doctest.h>

#include "server/users/invariants.h"
#include "server/users/user.h"
#include "tests/world/rows.h"

namespace gatehouse::users {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

class Fixture : public world::DomainFixture {
 public:
  UserId user(std::string_view email, EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
             return create(transaction, environment, context, random,
                           {.email = Email::parse(email).value()});
           })
        .id;
  }
  Result<Credential, Error> add(const NewCredential& wanted, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return insert_credential(transaction, environment, context, random, wanted);
    });
  }
  Result<std::vector<Credential>, Error> all(UserId person, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return list_credentials(transaction, environment, person);
    });
  }
  Result<Credential, Error> rename(CredentialId credential, std::string_view name,
                                   EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return rename_credential(transaction, environment, context, random, credential, name);
    });
  }
  Result<Credential, Error> remove(CredentialId credential, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return delete_credential(transaction, environment, context, random, credential);
    });
  }
};

NewCredential passkey(UserId user, std::string id = "key-1") {
  return {.user = user,
          .credential_id = std::move(id),
          .public_key = std::string("\xa5\x01\x02\0", 4),
          .sign_count = 4'294'967'295U,
          .authenticator = {.aaguid = std::string("\xfb\xfc\x30\x07\x15\x4e\x4e\xcc\x8c\x0b\x6e"
                                                  "\x02\x05\x57\xd7\xbd",
                                                  16),
                            .attachment = Attachment::platform,
                            .attestation_type = "none",
                            .transports = {"internal", "hybrid"},
                            .user_verified = true,
                            .backup_eligible = true,
                            .backup_state = false}};
}

}  // namespace

TEST_CASE("credentials: what was registered is listed with all its parts, and recorded") {
  Fixture fixture;
  fixture.context.client_address = "192.0.2.7";
  fixture.context.user_agent = "Browser\x01";
  const UserId ada = fixture.user("ada@acme.test");
  CHECK(fixture.all(ada).take().empty());
  const Credential made = fixture.add(passkey(ada)).take();
  fixture.context.now += seconds(1);
  const Credential second = fixture.add(passkey(ada, "key-2")).take();
  const auto found = fixture.all(ada).take();
  REQUIRE(found.size() == 2);
  CHECK(found[0].id == second.id);
  const Credential& first = found[1];
  CHECK(first.id == made.id);
  CHECK(first.user == ada);
  CHECK(first.credential_id == "key-1");
  CHECK(first.public_key == std::string("\xa5\x01\x02\0", 4));
  CHECK(first.sign_count == 4'294'967'295U);
  CHECK(first.authenticator.attachment == Attachment::platform);
  CHECK(first.authenticator.transports == std::vector<std::string>{"internal", "hybrid"});
  CHECK(first.authenticator.user_verified);
  CHECK(first.authenticator.backup_eligible);
  CHECK_FALSE(first.authenticator.backup_state);
  CHECK(first.client_address == "192.0.2.7");
  CHECK(first.user_agent == "Browser?");
  CHECK(first.created_at == world::test_start);
  CHECK(first.display_name.empty());
  CHECK(fixture.audited("credential.created") == 2);
}

TEST_CASE("credentials: one key belongs to one person of an environment") {
  Fixture fixture;
  const UserId ada = fixture.user("ada@acme.test");
  const UserId bob = fixture.user("bob@acme.test");
  const UserId far = fixture.user("ada@acme.test", elsewhere);
  REQUIRE(fixture.add(passkey(ada)).ok());
  CHECK(fixture.add(passkey(ada)).error().code == ErrorCode::already_exists);
  CHECK(fixture.add(passkey(bob)).error().code == ErrorCode::already_exists);
  CHECK(fixture.add(passkey(far), elsewhere).ok());
  CHECK(fixture.all(bob).take().empty());
}

TEST_CASE("credentials: impossible parts, unknown people and too many are refused") {
  Fixture fixture;
  const UserId ada = fixture.user("ada@acme.test");
  CHECK(fixture.add(passkey(UserId(7))).error().message == "user not found");
  CHECK(fixture.add(passkey(ada), elsewhere).error().message == "user not found");
  const auto refused = [&](auto change) {
    NewCredential wanted = passkey(ada);
    change(wanted);
    return fixture.add(wanted).error().code == ErrorCode::invalid_argument;
  };
  CHECK(refused([](NewCredential& wanted) { wanted.credential_id.clear(); }));
  CHECK(refused([](NewCredential& wanted) { wanted.credential_id.assign(1024, 'x'); }));
  CHECK(refused([](NewCredential& wanted) { wanted.public_key.clear(); }));
  CHECK(refused([](NewCredential& wanted) { wanted.public_key.assign(4097, 'x'); }));
  CHECK(refused([](NewCredential& wanted) { wanted.authenticator.aaguid = "short"; }));
  CHECK(refused([](NewCredential& wanted) {
    wanted.authenticator.backup_eligible = false;
    wanted.authenticator.backup_state = true;
  }));
  CHECK(refused([](NewCredential& wanted) { wanted.authenticator.transports = {"pigeon"}; }));
  for (std::size_t i = 0; i < credentials_per_user_max; ++i) {
    REQUIRE(fixture.add(passkey(ada, "many-" + std::to_string(i))).ok());
  }
  CHECK(fixture.add(passkey(ada, "one more")).error().code == ErrorCode::resource_exhausted);
  CHECK(fixture.all(ada).take().size() == credentials_per_user_max);
}

TEST_CASE("credentials: one is renamed and deleted, here only") {
  Fixture fixture;
  const UserId ada = fixture.user("ada@acme.test");
  const CredentialId id = fixture.add(passkey(ada)).take().id;
  fixture.context.now += seconds(1);
  CHECK(fixture.rename(id, "x", elsewhere).error().message == "credential not found");
  CHECK(fixture.remove(id, elsewhere).error().message == "credential not found");
  for (const std::string& name :
       {std::string(), std::string("  "), std::string("\xff"), std::string(121, 'n')}) {
    CHECK(fixture.rename(id, name).error().code == ErrorCode::invalid_argument);
  }
  const Credential renamed = fixture.rename(id, " Work  laptop ").take();
  CHECK(renamed.display_name == "Work laptop");
  CHECK(renamed.updated_at == world::test_start + seconds(1));
  CHECK(fixture.rename(id, std::string(120, 'n')).ok());
  CHECK(fixture.remove(id).take().credential_id == "key-1");
  CHECK(fixture.remove(id).error().code == ErrorCode::not_found);
  CHECK(fixture.rename(id, "gone").error().code == ErrorCode::not_found);
  CHECK(fixture.all(ada).take().empty());
  CHECK(fixture.audited("credential.updated") == 2);
  CHECK(fixture.audited("credential.deleted") == 1);
}

TEST_CASE("credentials: they go with their person, and are nobody else's to see") {
  Fixture fixture;
  const UserId ada = fixture.user("ada@acme.test");
  REQUIRE(fixture.add(passkey(ada)).ok());
  CHECK(fixture.all(ada, elsewhere).error().message == "user not found");
  fixture.must([&](Transaction& transaction) {
    return delete_user(transaction, here, fixture.context, fixture.random, ada);
  });
  CHECK(fixture.all(ada).error().message == "user not found");
  const UserId bob = fixture.user("bob@acme.test");
  CHECK(fixture.add(passkey(bob)).ok());
}

TEST_CASE("credentials: fsck finds one that cannot be") {
  Fixture fixture;
  const UserId ada = fixture.user("ada@acme.test");
  REQUIRE(fixture.add(passkey(ada)).ok());
  const auto problems = [&] {
    return fixture.must([](Transaction& transaction) { return check_invariants(transaction); });
  };
  CHECK(problems().empty());
  static constexpr storage::Sql damage{
      "test.damage", "UPDATE credentials SET backup_eligible = 0, backup_state = 1"};
  fixture.must([&](Transaction& transaction) { return transaction.execute(damage, {}); });
  CHECK(problems().size() == 1);
}

TEST_CASE("credentials: a model has a printed form and, if it is a common one, a name") {
  const std::string keychain = passkey(UserId(1)).authenticator.aaguid;
  CHECK(aaguid_text(keychain) == "fbfc3007-154e-4ecc-8c0b-6e020557d7bd");
  CHECK(authenticator_name(keychain) == "iCloud Keychain");
  CHECK(authenticator_name(std::string(16, '\0')) == "");
  CHECK(user_handle(UserId(7)) == "usr_7");
}

}  // namespace gatehouse::users
