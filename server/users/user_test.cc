#include "server/users/user.h"

#include <doctest/doctest.h>

#include "server/users/invariants.h"
#include "tests/world/rows.h"

namespace gatehouse::users {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

class Fixture : public world::DomainFixture {
 public:
  Result<User, Error> create_user(const NewUser& wanted, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return create(transaction, environment, context, random, wanted);
    });
  }
  Result<User, Error> create_user(std::string_view email) {
    return create_user(NewUser{.email = Email::parse(email).value()});
  }
  std::optional<User> find(UserId user, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) { return find_user(transaction, environment, user); })
        .value();
  }
  Result<Unit, Error> change_state(UserId user, State state, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return set_state(transaction, environment, context, random, user, state);
    });
  }
  std::vector<std::string> problems() {
    return act([](Transaction& transaction) { return check_invariants(transaction); }).value();
  }
};

}  // namespace

TEST_CASE("users: who is created is found by id and by address, and is recorded") {
  Fixture fixture;
  const User created = fixture
                           .create_user({.email = Email::parse("Ada@acme.test").value(),
                                         .email_verified = NewUser::Verified::yes,
                                         .given_name = " Ada ",
                                         .family_name = "Love\tlace",
                                         .external_id = "crm-7"})
                           .value();
  CHECK(created.name == "Ada Love lace");
  const User found = fixture.find(created.id).value();
  CHECK(found.email.text() == "ada@acme.test");
  CHECK(found.email_verified);
  CHECK(found.given_name == "Ada");
  CHECK(found.family_name == "Love lace");
  CHECK(found.name == created.name);
  CHECK(found.external_id == "crm-7");
  CHECK(found.created_at == world::test_start);
  CHECK_FALSE(found.last_login_at.has_value());
  CHECK(found.may_sign_in());
  const auto by_email = fixture.act([](Transaction& transaction) {
    return find_user_by_email(transaction, here, Email::parse("ADA@acme.test").value());
  });
  CHECK(by_email.value().value().id == created.id);
  CHECK(fixture.audited("user.created") == 1);
  CHECK(fixture.problems().empty());
}

TEST_CASE("users: an address and an external id belong to one user of an environment") {
  Fixture fixture;
  const NewUser ada{.email = Email::parse("ada@acme.test").value(), .external_id = "7"};
  CHECK(fixture.create_user(ada).ok());
  CHECK(fixture.create_user("ada@acme.test").error().code == ErrorCode::already_exists);
  CHECK(fixture.create_user({.email = Email::parse("eve@acme.test").value(), .external_id = "7"})
            .error()
            .code == ErrorCode::already_exists);
  CHECK(fixture.create_user(ada, elsewhere).ok());
  CHECK(fixture.audited("user.created") == 2);  // a refused act leaves no record of success
}

TEST_CASE("users: nobody is found, changed or deleted from another environment") {
  Fixture fixture;
  const UserId ada = fixture.create_user("ada@acme.test").value().id;
  CHECK_FALSE(fixture.find(ada, elsewhere).has_value());
  const auto by_email = fixture.act([](Transaction& transaction) {
    return find_user_by_email(transaction, elsewhere, Email::parse("ada@acme.test").value());
  });
  CHECK_FALSE(by_email.value().has_value());
  CHECK(fixture.change_state(ada, State::disabled, elsewhere).error().code == ErrorCode::not_found);
  const auto change = fixture.act([&](Transaction& transaction) {
    return change_profile(transaction, elsewhere, fixture.context, fixture.random, ada,
                          {.given_name = "Eve"});
  });
  CHECK(change.error().code == ErrorCode::not_found);
  const auto deleted = fixture.act([&](Transaction& transaction) {
    return delete_user(transaction, elsewhere, fixture.context, fixture.random, ada);
  });
  CHECK(deleted.error().code == ErrorCode::not_found);
  const auto signed_in = fixture.act([&](Transaction& transaction) {
    return note_sign_in(transaction, elsewhere, ada, world::test_start);
  });
  CHECK(signed_in.error().code == ErrorCode::not_found);
  CHECK(fixture.find(ada)->may_sign_in());
}

TEST_CASE("users: a profile changes in the parts that are given, and the full name follows") {
  Fixture fixture;
  const UserId ada = fixture.create_user("ada@acme.test").value().id;
  const auto change = [&](const ProfileChange& wanted) {
    return fixture.act([&](Transaction& transaction) {
      return change_profile(transaction, here, fixture.context, fixture.random, ada, wanted);
    });
  };
  CHECK(change({.given_name = "Ada"}).ok());
  CHECK(fixture.find(ada)->name == "Ada");
  CHECK(change({.family_name = "Lovelace"}).ok());
  CHECK(fixture.find(ada)->name == "Ada Lovelace");
  CHECK(change({.given_name = ""}).ok());
  CHECK(fixture.find(ada)->name == "Lovelace");
  CHECK(change({.given_name = "\xff"}).error().code == ErrorCode::invalid_argument);
  CHECK(fixture.audited("user.updated") == 3);
}

TEST_CASE("users: everything the management API knows of a user is kept") {
  Fixture fixture;
  NewUser wanted{.email = Email::parse("ada@acme.test").value(),
                 .given_name = std::string(255, 'g'),
                 .family_name = "Lovelace",
                 .name = "Countess Lovelace",
                 .picture = "https://acme.test/ada.png",
                 .locale = "en-GB",
                 .metadata = {{"plan", "gold"}},
                 .profile = {.phone_number = "+44 1", .groups = {"poets"}}};
  const UserId ada = fixture.create_user(wanted).take().id;
  const auto found =
      fixture.must([&](Transaction& transaction) { return find_details(transaction, here, ada); });
  REQUIRE(found.has_value());
  CHECK(found->user.name == "Countess Lovelace");
  CHECK(found->user.given_name == wanted.given_name);
  CHECK(found->user.picture == wanted.picture);
  CHECK(found->user.locale == wanted.locale);
  CHECK(found->metadata == wanted.metadata);
  CHECK(found->profile == wanted.profile);
  wanted.email = Email::parse("eve@acme.test").value();
  wanted.given_name += 'g';
  CHECK(fixture.create_user(wanted).error().field == "given_name");
  wanted.given_name.clear();
  wanted.picture = std::string(2049, 'p');
  CHECK(fixture.create_user(wanted).error().field == "picture");
}

TEST_CASE("users: a change touches what it names and nothing else") {
  Fixture fixture;
  const UserId ada = fixture
                         .create_user({.email = Email::parse("ada@acme.test").value(),
                                       .given_name = "Ada",
                                       .family_name = "Byron",
                                       .external_id = "7",
                                       .metadata = {{"plan", "gold"}}})
                         .take()
                         .id;
  const auto change = [&](const UserChange& wanted, EnvironmentId environment = here) {
    return fixture.act([&](Transaction& transaction) {
      return update(transaction, environment, fixture.context, fixture.random, ada, wanted);
    });
  };
  const UserDetails renamed = change({.family_name = "Lovelace"}).take();
  CHECK(renamed.user.name == "Ada Lovelace");
  CHECK(renamed.user.external_id == "7");
  CHECK(renamed.metadata == Metadata{{"plan", "gold"}});
  CHECK(change({.name = "The Countess"}).take().user.name == "The Countess");
  CHECK(change({.given_name = "Augusta"}).take().user.name == "The Countess");
  CHECK(change({.name = ""}).take().user.name == "Augusta Lovelace");
  CHECK(change({.external_id = "8", .metadata = Metadata{{"team", "red"}}}).ok());
  const auto kept =
      fixture.must([&](Transaction& transaction) { return find_details(transaction, here, ada); });
  CHECK(kept->user.external_id == "8");
  CHECK(kept->metadata == Metadata{{"team", "red"}});
  CHECK(change({.external_id = ""}).take().user.external_id == std::nullopt);
  CHECK(change({.picture = "p", .groups = std::vector<std::string>{"poets"}}).ok());
  const UserDetails last = change({.picture = ""}).take();
  CHECK(last.user.picture == std::nullopt);
  CHECK(last.profile.groups == std::vector<std::string>{"poets"});
  CHECK(change({.gender = "\xff"}).error().field == "gender");
  CHECK(change({.given_name = "Eve"}, elsewhere).error().message == "user not found");
}

TEST_CASE("users: nobody takes another's external id by a change") {
  Fixture fixture;
  fixture.create_user({.email = Email::parse("bob@acme.test").value(), .external_id = "7"}).take();
  const UserId ada = fixture.create_user("ada@acme.test").take().id;
  const auto taken = fixture.act([&](Transaction& transaction) {
    return update(transaction, here, fixture.context, fixture.random, ada, {.external_id = "7"});
  });
  CHECK(taken.error().code == ErrorCode::already_exists);
  CHECK(taken.error().field == "external_id");
  const auto by_external_id = [&](std::string_view id, EnvironmentId environment) {
    return fixture.must([&](Transaction& transaction) {
      return find_by_external_id(transaction, environment, id);
    });
  };
  CHECK(by_external_id("7", here).has_value());
  CHECK_FALSE(by_external_id("7", elsewhere).has_value());
  CHECK_FALSE(by_external_id("8", here).has_value());
}

TEST_CASE("users: a new telephone number is not a verified one") {
  Fixture fixture;
  const UserId ada =
      fixture
          .create_user({.email = Email::parse("ada@acme.test").value(),
                        .profile = {.phone_number = "1", .phone_number_verified = true}})
          .take()
          .id;
  const auto change = [&](std::string number) {
    return fixture.must([&](Transaction& transaction) {
      return update(transaction, here, fixture.context, fixture.random, ada,
                    {.phone_number = number});
    });
  };
  CHECK(change("1").profile.phone_number_verified);
  CHECK_FALSE(change("2").profile.phone_number_verified);
}

TEST_CASE("users: a name is cleaned, and refused where nothing can be cleaned") {
  CHECK(clean_name("  Ada   Lovelace ").value() == "Ada Lovelace");
  CHECK(clean_name("").value().empty());
  CHECK(clean_name("   ").value().empty());
  CHECK(clean_name("Ada\r\nBcc: eve").value() == "Ada Bcc: eve");
  CHECK(clean_name("Ada\xe2\x80\xae"
                   "ecalevoL")
            .value() == "AdaecalevoL");  // text direction
  CHECK(clean_name(std::string(200, 'a')).ok());
  CHECK(clean_name(std::string(201, 'a')).error().code == ErrorCode::invalid_argument);
  CHECK(clean_name("\xc0\xaf").error().code == ErrorCode::invalid_argument);
  CHECK(clean_name("\xe2\x80\x8b").error().code == ErrorCode::invalid_argument);  // invisible
}

TEST_CASE("users: an external id is kept byte for byte or refused") {
  Fixture fixture;
  const auto with = [&](std::string id, std::string_view email) {
    return fixture.create_user(
        {.email = Email::parse(email).value(), .external_id = std::move(id)});
  };
  CHECK(with(std::string(510, 'x'), "a@acme.test").ok());
  for (const std::string& id : {std::string(511, 'x'), std::string(), std::string("a\nb"),
                                std::string(" a"), std::string("\xff")}) {
    CAPTURE(id);
    CHECK(with(id, "b@acme.test").error().code == ErrorCode::invalid_argument);
  }
}

TEST_CASE("users: signing in proves the address and is remembered") {
  Fixture fixture;
  const UserId ada = fixture.create_user("ada@acme.test").value().id;
  CHECK_FALSE(fixture.find(ada)->email_verified);
  const Instant later = world::test_start + minutes(5);
  CHECK(fixture
            .act([&](Transaction& transaction) {
              return note_sign_in(transaction, here, ada, later);
            })
            .ok());
  CHECK(fixture.find(ada)->email_verified);
  CHECK(fixture.find(ada)->last_login_at == later);
}

TEST_CASE("users: disabling is recorded once and may be taken back") {
  Fixture fixture;
  const UserId ada = fixture.create_user("ada@acme.test").value().id;
  CHECK(fixture.change_state(ada, State::disabled).ok());
  CHECK(fixture.change_state(ada, State::disabled).ok());
  CHECK_FALSE(fixture.find(ada)->may_sign_in());
  CHECK(fixture.audited("user.disabled") == 1);
  CHECK(fixture.change_state(ada, State::active).ok());
  CHECK(fixture.find(ada)->may_sign_in());
  CHECK(fixture.audited("user.enabled") == 1);
  CHECK(fixture.change_state(UserId(99), State::disabled).error().code == ErrorCode::not_found);
}

TEST_CASE("users: who is deleted is gone, and the address is free again") {
  Fixture fixture;
  const UserId ada = fixture.create_user("ada@acme.test").value().id;
  const auto remove = [&] {
    return fixture.act([&](Transaction& transaction) {
      return delete_user(transaction, here, fixture.context, fixture.random, ada);
    });
  };
  CHECK(remove().ok());
  CHECK_FALSE(fixture.find(ada).has_value());
  CHECK(remove().error().code == ErrorCode::not_found);
  CHECK(fixture.audited("user.deleted") == 1);
  CHECK(fixture.create_user("ada@acme.test").value().id != ada);
}

TEST_CASE("users: lists go from the newest to the oldest, page by page") {
  Fixture fixture;
  std::vector<UserId> created;
  for (const char* email : {"a@acme.test", "b@acme.test", "c@acme.test", "d@acme.test"}) {
    fixture.context.now += seconds(1);
    created.push_back(fixture.create_user(email).value().id);
  }
  const auto page = [&](std::optional<UserId> before, int limit) {
    const auto users = fixture.act(
        [&](Transaction& transaction) { return list_users(transaction, here, before, limit); });
    std::vector<UserId> ids;
    for (const User& user : users.value()) ids.push_back(user.id);
    return ids;
  };
  CHECK(page(std::nullopt, 3) == std::vector{created[3], created[2], created[1]});
  CHECK(page(created[1], 3) == std::vector{created[0]});
  CHECK(page(created[0], 3).empty());
  CHECK(page(std::nullopt, 0).size() == 1);  // a limit is at least one
}

TEST_CASE("users: the number of users follows who comes and goes, in each environment") {
  Fixture fixture;
  const auto count = [&](EnvironmentId environment) {
    return fixture.must(
        [&](Transaction& transaction) { return count_users(transaction, environment); });
  };
  CHECK(count(here) == 0);
  const UserId ada = fixture.create_user("ada@acme.test").value().id;
  fixture.create_user("bob@acme.test").take();
  CHECK_FALSE(fixture.create_user("bob@acme.test").ok());
  CHECK(count(here) == 2);
  CHECK(count(elsewhere) == 0);
  fixture.must([&](Transaction& transaction) {
    return delete_user(transaction, here, fixture.context, fixture.random, ada);
  });
  CHECK(count(here) == 1);
  CHECK(fixture.problems().empty());
  for (int i = 0; i < 3; ++i) {  // there are three changes; the last time none is left
    fixture.must([](Transaction& transaction) { return sum_up_counts(transaction, 2); });
    CHECK(count(here) == 1);
    CHECK(count(elsewhere) == 0);
    CHECK(fixture.problems().empty());
  }
  fixture.must([](Transaction& transaction) {
    static constexpr storage::Sql sql{"test.spoil_count", "UPDATE user_counts SET count = 7"};
    return transaction.execute(sql, {});
  });
  CHECK(fixture.problems().size() == 1);
}

TEST_CASE("users: an address that bypassed the parser is found by fsck") {
  Fixture fixture;
  const UserId ada = fixture.create_user("ada@acme.test").value().id;
  fixture.must([&](Transaction& transaction) {
    static constexpr storage::Sql sql{"test.spoil_email",
                                      "UPDATE users SET email = 'Ada@acme.test' WHERE id = $1"};
    return transaction.execute(sql, {ada});
  });
  REQUIRE(fixture.problems().size() == 1);
  CHECK(fixture.problems()[0].find(ada.text()) != std::string::npos);
}

TEST_CASE("users: a name without its search key is found by fsck") {
  Fixture fixture;
  const UserId ada = fixture.create_user("ada@acme.test").value().id;
  CHECK(fixture.problems().empty());
  fixture.must([&](Transaction& transaction) {
    static constexpr storage::Sql sql{"test.spoil_name",
                                      "UPDATE users SET name = 'Ada' WHERE id = $1"};
    return transaction.execute(sql, {ada});
  });
  REQUIRE(fixture.problems().size() == 1);
  CHECK(fixture.problems()[0].find(ada.text()) != std::string::npos);
}

}  // namespace gatehouse::users
