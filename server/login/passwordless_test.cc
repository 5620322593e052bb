// The passwordless API's acts: what is sent, and what proves an address, once.

#include "server/login/passwordless.h"

#include <doctest/doctest.h>

#include "server/login/passwordless_store.h"
#include "server/mail/outbox_store.h"
#include "tests/world/rows.h"

namespace gatehouse::login {
namespace {

using Outcome = Verification::Outcome;
using storage::Transaction;

// Keeps letters readable: what is sealed is the mail module's own matter.
class OpenSealer final : public mail::Sealer {
 public:
  std::string seal(const Secret& plaintext, std::string_view) override {
    return std::string(plaintext.reveal());
  }
  Result<Secret, Error> open(std::string_view sealed, std::string_view) override {
    return Secret(std::string(sealed));
  }
};

class Passwordless : public world::DomainFixture {
 public:
  Result<PasswordlessRequest, Error> send(const NewPasswordlessRequest& wanted) {
    return act([&](Transaction& transaction) {
      return send_passwordless(deps, transaction, environment, context, wanted);
    });
  }
  // To an address of its own, so that no limit is hit.
  PasswordlessRequest sent(std::optional<std::string> link_uri = std::nullopt) {
    return send({.email = address("ada" + std::to_string(++people) + "@acme.test"),
                 .link_uri = std::move(link_uri)})
        .take();
  }
  Result<PasswordlessRequest, Error> resend(AuthRequestId request) {
    return act([&](Transaction& transaction) {
      return resend_passwordless(deps, transaction, environment, context, request);
    });
  }
  Result<Verification, Error> try_code(AuthRequestId request, std::string_view code,
                                       EnvironmentId where = here) {
    return act([&](Transaction& transaction) {
      return verify_passwordless_code(deps, transaction, where, context, request, code);
    });
  }
  Outcome code(AuthRequestId request, std::string_view code, EnvironmentId where = here) {
    return try_code(request, code, where).take().outcome;
  }
  Outcome link(std::string_view token, std::optional<AuthRequestId> request = std::nullopt,
               EnvironmentId where = here) {
    return must([&](Transaction& transaction) {
             return verify_passwordless_link(deps, transaction, where, context, request, token);
           })
        .outcome;
  }
  // The oldest letter that was not read yet; it stays in the outbox.
  mail::Letter letter() {
    const auto rows = must([&](Transaction& transaction) {
      return mail::claim_due(
          transaction,
          {.now = context.now + hours(1), .claimed_until = context.now + days(1), .rows_max = 1});
    });
    REQUIRE(rows.size() == 1);
    return outbox.open(rows.front()).take();
  }
  std::int64_t letters_waiting() {
    return must([](Transaction& transaction) { return mail::outbox_counts(transaction); }).waiting;
  }
  static users::Email address(std::string_view text) { return users::Email::parse(text).value(); }
  static std::string token_of(const mail::Letter& letter) {
    return letter.link.substr(letter.link.find("link_token=") + 11);
  }
  // Another code than this one.
  static std::string not_code(const std::string& code) {
    return code == "000000" ? "000001" : "000000";
  }

  environments::Environment environment{.id = here,
                                        .name = "Test",
                                        .kind = environments::Kind::development,
                                        .base_url = "http://localhost",
                                        .settings = {},
                                        .created_at = world::test_start,
                                        .updated_at = world::test_start};
  OpenSealer sealer;
  mail::Outbox outbox{{sealer, random}};
  mail::Letters letters = mail::Letters::load().value();
  Secret key{std::string(32, 'c')};
  ThrottleLimits limits;
  PasswordlessDeps deps{random, outbox, letters, key, limits};
  int people = 0;
  const std::string page = "https://app.acme.test/magic";
};

}  // namespace

TEST_CASE_FIXTURE(Passwordless,
                  "passwordless: a mail has a code and a link, the answer a request") {
  const auto request = send({.email = address("Ada@acme.test"),
                             .mail_template = PasswordlessTemplate::sign_up,
                             .link_uri = page + "?lang=en",
                             .state = "s-1",
                             .lifetime = hours(1)})
                           .take();
  CHECK(request.kind == PasswordlessKind::code_and_link);
  CHECK(request.lifetime == hours(1));
  CHECK(request.expires_at == world::test_start + hours(1));
  const mail::Letter mail = letter();
  CHECK(mail.to.text() == "ada@acme.test");
  CHECK(mail.code.size() == 6);
  CHECK(mail.link.starts_with("https://app.acme.test/magic?lang=en&link_token="));
  CHECK(mail.subject.text() == mail.code + " is your code to join Gatehouse");
  const auto verified = try_code(request.id, mail.code).take();
  REQUIRE(verified.outcome == Outcome::verified);
  CHECK(verified.proven->email.text() == "ada@acme.test");
  CHECK(verified.proven->state == "s-1");
  CHECK(verified.proven->mail_template == PasswordlessTemplate::sign_up);
  CHECK(verified.proven->kind == PasswordlessKind::code_and_link);
  CHECK(audited("passwordless.sent") == 1);
  CHECK(audited("passwordless.verified") == 1);
}

TEST_CASE_FIXTURE(Passwordless, "passwordless: a code works once, for its request, here") {
  const auto request = sent();
  const std::string right = letter().code;
  const auto other = sent();
  CHECK(code(other.id, right) == Outcome::wrong);
  CHECK(try_code(request.id, right, elsewhere).error().message == "auth request not found");
  CHECK(try_code(AuthRequestId(7), right).error().code == ErrorCode::not_found);
  CHECK(code(request.id, right.substr(0, 3) + " " + right.substr(3)) == Outcome::verified);
  CHECK(code(request.id, right) == Outcome::wrong);
}

TEST_CASE_FIXTURE(Passwordless, "passwordless: a link works once, alone or with its own request") {
  const auto request = sent(page);
  const std::string token = token_of(letter());
  const auto other = sent(page);
  CHECK(link(token, other.id) == Outcome::wrong);
  CHECK(link(token, std::nullopt, elsewhere) == Outcome::wrong);
  CHECK(link(std::to_string(other.id.number()) + token.substr(token.find('.'))) == Outcome::wrong);
  CHECK(link(token + "A") == Outcome::wrong);
  CHECK(link("") == Outcome::wrong);
  CHECK(link(std::string(200, '1')) == Outcome::wrong);
  CHECK(link(token, request.id) == Outcome::verified);
  CHECK(link(token, request.id) == Outcome::wrong);
}

TEST_CASE_FIXTURE(Passwordless, "passwordless: the code voids the link, and the link the code") {
  const auto first = sent(page);
  const mail::Letter mail = letter();
  CHECK(code(first.id, mail.code) == Outcome::verified);
  CHECK(link(token_of(mail)) == Outcome::wrong);
  const auto second = sent(page);
  const mail::Letter other = letter();
  CHECK(link(token_of(other)) == Outcome::verified);
  CHECK(code(second.id, other.code) == Outcome::wrong);
}

TEST_CASE_FIXTURE(Passwordless, "passwordless: codes and links stop with their lifetime") {
  const auto request = sent(page);
  CHECK(request.lifetime == minutes(5));
  const mail::Letter mail = letter();
  context.now += minutes(5);
  CHECK(code(request.id, mail.code) == Outcome::wrong);
  CHECK(link(token_of(mail)) == Outcome::wrong);
  // Sending it again brings it back, with other ones.
  REQUIRE(resend(request.id).ok());
  const mail::Letter fresh = letter();
  CHECK(link(token_of(mail)) == Outcome::wrong);
  CHECK(code(request.id, fresh.code) == Outcome::verified);
}

TEST_CASE_FIXTURE(Passwordless, "passwordless: five wrong codes in ten minutes end the request") {
  const auto request = sent(page);
  const mail::Letter mail = letter();
  for (int i = 0; i < 5; ++i) CHECK(code(request.id, not_code(mail.code)) == Outcome::wrong);
  CHECK(code(request.id, mail.code) == Outcome::too_many_tries);
  CHECK(link(token_of(mail)) == Outcome::wrong);
  CHECK(resend(request.id).error().code == ErrorCode::resource_exhausted);
  CHECK(letters_waiting() == 1);
  context.now += hours(1);
  CHECK(code(request.id, mail.code) == Outcome::too_many_tries);
  CHECK(audited("passwordless.verified") == 0);
}

TEST_CASE_FIXTURE(Passwordless, "passwordless: the fifth try may be the right one") {
  const auto request = sent();
  const std::string right = letter().code;
  for (int i = 0; i < 4; ++i) CHECK(code(request.id, "not it") == Outcome::wrong);
  CHECK(code(request.id, right) == Outcome::verified);
}

TEST_CASE_FIXTURE(Passwordless, "passwordless: wrong tries are forgotten after ten minutes") {
  const auto request = send({.email = address("ada@acme.test"), .lifetime = hours(1)}).take();
  const std::string right = letter().code;
  for (int i = 0; i < 4; ++i) CHECK(code(request.id, not_code(right)) == Outcome::wrong);
  context.now += minutes(10);
  for (int i = 0; i < 4; ++i) CHECK(code(request.id, not_code(right)) == Outcome::wrong);
  CHECK(code(request.id, right) == Outcome::verified);
}

TEST_CASE_FIXTURE(Passwordless, "passwordless: a new mail does not bring the wrong tries back") {
  const auto request = sent();
  std::string right = letter().code;
  for (int i = 0; i < 4; ++i) CHECK(code(request.id, not_code(right)) == Outcome::wrong);
  REQUIRE(resend(request.id).ok());
  right = letter().code;
  CHECK(code(request.id, not_code(right)) == Outcome::wrong);
  CHECK(code(request.id, right) == Outcome::too_many_tries);
}

TEST_CASE_FIXTURE(Passwordless,
                  "passwordless: an address that was guessed at too often is left alone") {
  limits.wrong_codes_per_address_per_hour = 2;
  const auto first = send({.email = address("ada@acme.test")}).take();
  const std::string right = letter().code;
  CHECK(code(first.id, not_code(right)) == Outcome::wrong);
  CHECK(code(first.id, not_code(right)) == Outcome::wrong);
  CHECK(code(first.id, right) == Outcome::too_many_tries);
  const auto other = sent();
  CHECK(code(other.id, letter().code) == Outcome::verified);
}

TEST_CASE_FIXTURE(Passwordless,
                  "passwordless: two mails a minute go to an address, resends included") {
  const auto request = send({.email = address("ada@acme.test")}).take();
  REQUIRE(resend(request.id).ok());
  const auto third = send({.email = address("ada@acme.test")});
  REQUIRE_FALSE(third.ok());
  CHECK(third.error().code == ErrorCode::resource_exhausted);
  CHECK(resend(request.id).error().code == ErrorCode::resource_exhausted);
  CHECK(letters_waiting() == 2);
  CHECK(send({.email = address("bob@acme.test")}).ok());
  context.now += minutes(1);
  CHECK(resend(request.id).ok());
}

TEST_CASE_FIXTURE(Passwordless,
                  "passwordless: resending voids the mail before, and keeps the request") {
  const auto request = send({.email = address("ada@acme.test"),
                             .link_uri = page,
                             .state = "s-1",
                             .lifetime = hours(1)})
                           .take();
  const mail::Letter first = letter();
  context.now += minutes(2);
  const auto again = resend(request.id).take();
  CHECK(again.id == request.id);
  CHECK(again.lifetime == hours(1));
  CHECK(again.expires_at == request.expires_at + minutes(2));
  const mail::Letter second = letter();
  if (second.code != first.code) CHECK(code(request.id, first.code) == Outcome::wrong);
  CHECK(link(token_of(first)) == Outcome::wrong);
  CHECK(link(token_of(second)) == Outcome::verified);
  CHECK(resend(request.id).error().code == ErrorCode::failed_precondition);
  CHECK(resend(AuthRequestId(7)).error().message == "auth request not found");
}

TEST_CASE_FIXTURE(Passwordless, "passwordless: the environment says what a mail holds") {
  environment.settings.passwordless = PasswordlessKind::code;
  CHECK(sent(page).kind == PasswordlessKind::code);
  CHECK(letter().link.empty());
  environment.settings.passwordless = PasswordlessKind::link;
  CHECK(sent(page).kind == PasswordlessKind::link);
  CHECK(letter().code.empty());
  const auto refused = send({.email = address("ada@acme.test")});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::invalid_argument);
  CHECK(refused.error().field == "magiclink_auth_uri");
  environment.settings.passwordless = PasswordlessKind::code_and_link;
  CHECK(sent().kind == PasswordlessKind::code);
}

TEST_CASE_FIXTURE(Passwordless,
                  "passwordless: a link leads to nothing but a page of http or https") {
  for (const std::string uri :
       {"", "app.acme.test", "/magic", "javascript:alert(1)", "myapp://magic", "https://",
        "https://a@app.acme.test/", "https://app.acme.test/#x", "https://app.acme.test/ x"}) {
    CAPTURE(uri);
    CHECK(send({.email = address("ada@acme.test"), .link_uri = uri}).error().field ==
          "magiclink_auth_uri");
  }
  CHECK_FALSE(send({.email = address("ada@acme.test"),
                    .link_uri = "https://app.acme.test/" + std::string(1000, 'a')})
                  .ok());
  CHECK(send({.email = address("ada@acme.test"), .link_uri = "http://localhost:3000/magic"}).ok());
  environment.kind = environments::Kind::production;
  CHECK_FALSE(
      send({.email = address("bob@acme.test"), .link_uri = "http://localhost:3000/magic"}).ok());
}

TEST_CASE_FIXTURE(Passwordless, "passwordless: lifetime, state and variables have their limits") {
  const users::Email ada = address("ada@acme.test");
  const auto field = [&](const NewPasswordlessRequest& wanted) {
    const auto result = send(wanted);
    return result.ok() ? std::string("accepted") : result.error().field;
  };
  CHECK(field({.email = ada, .lifetime = seconds(59)}) == "expires_in");
  CHECK(field({.email = ada, .lifetime = seconds(3601)}) == "expires_in");
  CHECK(field({.email = ada, .state = std::string(1001, 's')}) == "state");
  CHECK(field({.email = ada, .template_variables = {{"otp", "1"}}}) == "template_variables");
  CHECK(field({.email = ada, .template_variables = {{"x", "1"}}}) == "template_variables");
  CHECK(field({.email = ada, .template_variables = {{"name", std::string(257, 'v')}}}) ==
        "template_variables");
  CHECK(letters_waiting() == 0);
  CHECK(field({.email = ada,
               .state = std::string(1000, 's'),
               .lifetime = seconds(60),
               .template_variables = {{"name", std::string(256, 'v')}}}) == "accepted");
  CHECK(field({.email = ada, .lifetime = seconds(3600)}) == "accepted");
}

TEST_CASE_FIXTURE(Passwordless, "passwordless: what is stored tells neither code nor link") {
  const auto request = sent(page);
  const mail::Letter mail = letter();
  static constexpr storage::Sql sql{"test.one_time", "SELECT key_hash, payload FROM one_time"};
  const auto rows = must([&](Transaction& transaction) {
    return transaction.list(
        sql, {}, [](const storage::Row& row) { return std::string(row.blob(0)) + row.string(1); });
  });
  CHECK(rows.size() == 2);
  for (const std::string& row : rows) {
    CHECK(row.find(mail.code) == std::string::npos);
    CHECK(row.find(mail.link) == std::string::npos);
  }
  Secret other_key{std::string(32, 'd')};
  const PasswordlessDeps other{random, outbox, letters, other_key, limits};
  const auto outcome = must([&](Transaction& transaction) {
    return verify_passwordless_code(other, transaction, here, context, request.id, mail.code);
  });
  CHECK(outcome.outcome == Outcome::wrong);
}

TEST_CASE_FIXTURE(Passwordless, "passwordless: requests are deleted a day after their end") {
  const auto request = sent();
  const auto reclaimed = [&] {
    return must([&](Transaction& transaction) {
      return reclaim_passwordless(transaction, context.now, 100);
    });
  };
  context.now = request.expires_at + days(1);
  CHECK(reclaimed() == 0);
  context.now += milliseconds(1);
  CHECK(reclaimed() == 1);
  CHECK(resend(request.id).error().code == ErrorCode::not_found);
}

}  // namespace gatehouse::login
