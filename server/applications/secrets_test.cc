#include <thread>

#include "server/applications/test_fixture.h"
#include "server/crypto/hash.h"

namespace gatehouse::applications {
namespace {

using storage::Transaction;

TEST_CASE_FIXTURE(Fixture,
                  "secrets: 256 random bits behind the environment's prefix, hash kept only") {
  const Application made = make(production, Type::web_app);
  const IssuedSecret issued = try_secret(production, made).value();
  const std::string plain(issued.plain.reveal());
  CHECK(plain.starts_with("prod_"));
  CHECK_EQ(plain.size(), 5 + 43);
  const Application found = load(made);
  REQUIRE(found.secrets.size() == 1);
  CHECK(found.secrets[0].id == issued.record.id);
  CHECK_EQ(found.secrets[0].hash, crypto::sha256(plain));
  CHECK_EQ(found.secrets[0].suffix, plain.substr(plain.size() - 4));
  CHECK(found.secrets[0].state == SecretRecord::State::active);
  CHECK_FALSE(found.secrets[0].expires_at.has_value());

  const auto record = last_record(production.id, "secret.created");
  CHECK_EQ(record.subject_id, issued.record.id.text());
  CHECK(record.client_id == made.client_id);
  CHECK(record.detail.find(plain.substr(5)) == std::string::npos);

  const Application other = make(development, Type::m2m);
  CHECK(try_secret(development, other).value().plain.reveal().starts_with("test_"));
}

TEST_CASE_FIXTURE(Fixture, "secrets: a right one matches, everything like it does not") {
  Application made = make(production, Type::web_app);
  const std::string plain(try_secret(production, made).value().plain.reveal());
  const std::string second(try_secret(production, made).value().plain.reveal());
  made = load(made);
  CHECK(plain != second);
  CHECK(secret_matches(made, plain, context.now));
  CHECK(secret_matches(made, second, context.now));
  for (const std::string& shown :
       {std::string(), plain.substr(1), plain + " ", plain + '\0', second + plain,
        crypto::sha256(plain), std::string("test_") + plain.substr(5)}) {
    CHECK_FALSE(secret_matches(made, shown, context.now));
  }
  const Application other = make(production, Type::web_app);
  CHECK_FALSE(secret_matches(other, plain, context.now));
  CHECK_FALSE(secret_matches(other, "", context.now));
}

TEST_CASE_FIXTURE(Fixture,
                  "secrets: an expired or inactive one does not match, nor a public client's") {
  Application made = make(production, Type::web_app);
  const std::string plain(try_secret(production, made).value().plain.reveal());
  made = load(made);
  made.secrets[0].expires_at = context.now + seconds(1);
  CHECK(secret_matches(made, plain, context.now));
  CHECK_FALSE(secret_matches(made, plain, context.now + seconds(1)));
  made.secrets[0].expires_at.reset();
  made.secrets[0].state = SecretRecord::State::inactive;
  CHECK_FALSE(secret_matches(made, plain, context.now));
  made.secrets[0].state = SecretRecord::State::active;
  made.type = Type::spa;
  CHECK_FALSE(secret_matches(made, plain, context.now));
}

TEST_CASE_FIXTURE(Fixture, "secrets: two are active at most; deactivating or deleting makes room") {
  const Application made = make(production, Type::web_app);
  const IssuedSecret first = try_secret(production, made).value();
  const IssuedSecret second = try_secret(production, made).value();
  const std::int64_t before = version();
  CHECK(try_secret(production, made).error().code == ErrorCode::resource_exhausted);
  CHECK_EQ(version(), before);

  const auto deactivate = [&](ClientSecretId secret) {
    return write([&](Transaction& transaction) {
      return deactivate_secret(transaction, production.id, context, random, made.id, secret);
    });
  };
  const auto remove = [&](ClientSecretId secret) {
    return write([&](Transaction& transaction) {
      return delete_secret(transaction, production.id, context, random, made.id, secret);
    });
  };
  CHECK(deactivate(first.record.id).ok());
  CHECK_EQ(version(), before + 1);
  CHECK_EQ(last_record(production.id, "secret.deactivated").subject_id, first.record.id.text());
  CHECK(deactivate(first.record.id).ok());
  CHECK_EQ(version(), before + 1);
  CHECK_FALSE(secret_matches(load(made), first.plain.reveal(), context.now));
  CHECK(secret_matches(load(made), second.plain.reveal(), context.now));
  const IssuedSecret third = try_secret(production, made).value();
  CHECK(try_secret(production, made).error().code == ErrorCode::resource_exhausted);
  CHECK(remove(second.record.id).ok());
  CHECK_EQ(last_record(production.id, "secret.deleted").subject_id, second.record.id.text());
  CHECK(try_secret(production, made).ok());
  CHECK_FALSE(secret_matches(load(made), second.plain.reveal(), context.now));
  CHECK(secret_matches(load(made), third.plain.reveal(), context.now));
  CHECK(remove(second.record.id).error().code == ErrorCode::not_found);
  CHECK(deactivate(second.record.id).error().code == ErrorCode::not_found);
}

TEST_CASE_FIXTURE(Fixture, "secrets: an inactive one works again, as far as there is room") {
  const Application made = make(production, Type::web_app);
  const IssuedSecret first = try_secret(production, made).value();
  const auto set = [&](auto act, ClientSecretId secret) {
    return write([&](Transaction& transaction) {
      return act(transaction, production.id, context, random, made.id, secret);
    });
  };
  REQUIRE(set(deactivate_secret, first.record.id).ok());
  CHECK_FALSE(secret_matches(load(made), first.plain.reveal(), context.now));
  context.now += seconds(1);
  REQUIRE(set(activate_secret, first.record.id).ok());
  CHECK(secret_matches(load(made), first.plain.reveal(), context.now));
  CHECK(load(made).secrets[0].updated_at == context.now);
  CHECK_EQ(last_record(production.id, "secret.activated").subject_id, first.record.id.text());
  const std::int64_t before = version();
  CHECK(set(activate_secret, first.record.id).ok());
  CHECK_EQ(version(), before);

  REQUIRE(set(deactivate_secret, first.record.id).ok());
  REQUIRE(try_secret(production, made).ok());
  REQUIRE(try_secret(production, made).ok());
  CHECK(set(activate_secret, first.record.id).error().code == ErrorCode::resource_exhausted);
  CHECK_FALSE(secret_matches(load(made), first.plain.reveal(), context.now));
  CHECK(set(activate_secret, ClientSecretId(1)).error().code == ErrorCode::not_found);
}

TEST_CASE_FIXTURE(Fixture, "secrets: one application cannot touch another's") {
  const Application mine = make(production, Type::web_app);
  const Application other = make(production, Type::web_app);
  const IssuedSecret secret = try_secret(production, other).value();
  CHECK(write([&](Transaction& transaction) {
          return deactivate_secret(transaction, production.id, context, random, mine.id,
                                   secret.record.id);
        })
            .error()
            .code == ErrorCode::not_found);
  CHECK(write([&](Transaction& transaction) {
          return delete_secret(transaction, production.id, context, random, mine.id,
                               secret.record.id);
        })
            .error()
            .code == ErrorCode::not_found);
  CHECK(secret_matches(load(other), secret.plain.reveal(), context.now));
}

TEST_CASE_FIXTURE(Fixture, "secrets: inactive ones do not pile up without end") {
  const Application made = make(production, Type::web_app);
  for (std::size_t i = 0; i < secrets_max; ++i) {
    const IssuedSecret issued = try_secret(production, made).value();
    REQUIRE(write([&](Transaction& transaction) {
              return deactivate_secret(transaction, production.id, context, random, made.id,
                                       issued.record.id);
            }).ok());
  }
  CHECK(try_secret(production, made).error().code == ErrorCode::resource_exhausted);
}

TEST_CASE_FIXTURE(Fixture, "secrets: public clients have none, unknown applications neither") {
  for (const Type type : {Type::spa, Type::native}) {
    CHECK(try_secret(production, make(production, type)).error().code ==
          ErrorCode::failed_precondition);
  }
  Application unknown = make(production, Type::web_app);
  unknown.id = ApplicationId(5);
  CHECK(try_secret(production, unknown).error().code == ErrorCode::not_found);
}

TEST_CASE_FIXTURE(Fixture, "secrets: one can be chosen in development, long and printable, only") {
  const Application made = make(development, Type::env);
  const Secret chosen(std::string("test_0123456789012345678901234567890123456789"));
  CHECK_EQ(try_secret(development, made, chosen).value().plain.reveal(), chosen.reveal());
  CHECK(secret_matches(load(made), chosen.reveal(), context.now));
  for (const std::string& bad : {std::string("short"), std::string(31, 'x'), std::string(201, 'x'),
                                 std::string(40, ' '), std::string(40, '\xe4')}) {
    CHECK(try_secret(development, made, Secret(bad)).error().code == ErrorCode::invalid_argument);
  }
  CHECK(try_secret(production, make(production, Type::env), chosen).error().code ==
        ErrorCode::invalid_argument);
}

TEST_CASE_FIXTURE(Fixture, "secrets: of many who add at once, two succeed") {
  const Application made = make(production, Type::web_app);
  std::atomic<int> succeeded{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (try_secret(production, made).ok()) ++succeeded;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_EQ(succeeded.load(), 2);
  CHECK_EQ(load(made).secrets.size(), 2);
}

}  // namespace
}  // namespace gatehouse::applications
