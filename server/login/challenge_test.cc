// Codes, links and limits: what proves an address, once, in one flow.

#include "server/login/challenge.h"

#include <doctest/doctest.h>

#include <set>

#include "server/core/limits.h"
#include "server/login/throttle.h"
#include "tests/world/rows.h"

namespace gatehouse::login {
namespace {

using storage::Transaction;

class Challenges : public world::DomainFixture {
 public:
  static constexpr FlowId flow{71}, other_flow{72};

  Challenge make(FlowId of = flow) {
    return must([&](Transaction& transaction) {
      return make_challenge(transaction, here, random, key, of, context.now);
    });
  }
  bool code_works(FlowId of, std::string_view code, EnvironmentId where = here) {
    return must([&](Transaction& transaction) {
      return use_code(transaction, where, key, of, code, context.now);
    });
  }
  bool link_works(std::string_view token, EnvironmentId where = here) {
    return must(
        [&](Transaction& transaction) { return use_link(transaction, where, token, context.now); });
  }

  Secret key{std::string(32, 'c')};
};

TEST_CASE_FIXTURE(Challenges, "a code works once, in its own flow and environment") {
  const Challenge challenge = make();
  const std::string code(challenge.code.reveal());
  CHECK(code.size() == 6);
  CHECK(!code_works(other_flow, code));
  CHECK(!code_works(flow, code, elsewhere));
  CHECK(code_works(flow, code));
  CHECK(!code_works(flow, code));
}

TEST_CASE_FIXTURE(Challenges, "a link works once, in its own environment, and names its flow") {
  const Challenge challenge = make();
  const std::string token(challenge.link_token.reveal());
  CHECK(flow_of_link(token) == flow);
  CHECK(!link_works(token, elsewhere));
  // The random part under another flow's name.
  CHECK(!link_works("72" + token.substr(token.find('.'))));
  CHECK(!link_works(token + "A"));
  CHECK(link_works(token));
  CHECK(!link_works(token));
}

TEST_CASE_FIXTURE(Challenges, "using one voids the other, and a new challenge voids the old one") {
  const Challenge by_code = make();
  CHECK(code_works(flow, by_code.code.reveal()));
  CHECK(!link_works(by_code.link_token.reveal()));
  const Challenge by_link = make();
  CHECK(link_works(by_link.link_token.reveal()));
  CHECK(!code_works(flow, by_link.code.reveal()));
  const Challenge old = make();
  const Challenge fresh = make();
  CHECK(!code_works(flow, old.code.reveal()));
  CHECK(!link_works(old.link_token.reveal()));
  CHECK(code_works(flow, fresh.code.reveal()));
}

TEST_CASE_FIXTURE(Challenges, "codes and links end after ten minutes") {
  const Challenge challenge = make();
  context.now += limits::code_lifetime;
  CHECK(!code_works(flow, challenge.code.reveal()));
  CHECK(!link_works(challenge.link_token.reveal()));
}

TEST_CASE_FIXTURE(Challenges, "a flow never gets the same code twice") {
  std::set<std::string> codes;
  for (int i = 0; i < 50; ++i) codes.emplace(make().code.reveal());
  CHECK(codes.size() == 50);
}

TEST_CASE("what people type is forgiven its blanks and dashes, and nothing else") {
  CHECK(code_from_input("123456") == "123456");
  CHECK(code_from_input(" 123-456 ") == "123456");
  CHECK(code_from_input("000000") == "000000");
  for (const char* typed :
       {"", "12345", "1234567", "12345a", "１２３４５６", "12345\t6", "+123456"}) {
    CHECK(!code_from_input(typed).has_value());
  }
}

TEST_CASE("what is no link's token names no flow") {
  for (const char* token :
       {"", ".", "abc.def", "0.abc", "-1.abc", "71", "99999999999999999999.x"}) {
    CHECK(!flow_of_link(token).has_value());
  }
  CHECK(!flow_of_link("71." + std::string(200, 'A')).has_value());
}

class Throttles : public world::DomainFixture {
 public:
  Allowed mail(std::string_view address, EnvironmentId where = here) {
    return must([&](Transaction& transaction) {
      return count_mail(transaction, where, context, limits, *users::Email::parse(address));
    });
  }
  Allowed try_code(std::string_view address) {
    return must([&](Transaction& transaction) {
      return may_try_code(transaction, here, context, limits, *users::Email::parse(address));
    });
  }
  void count_wrong(std::string_view address) {
    must([&](Transaction& transaction) {
      return count_wrong_try(transaction, here, context, *users::Email::parse(address));
    });
  }

  ThrottleLimits limits;
};

TEST_CASE_FIXTURE(Throttles, "two mails a minute and twelve an hour go to one address") {
  int sent = 0;
  for (int minute = 0; minute < 20; ++minute) {
    for (int i = 0; i < 3; ++i) sent += mail("ada@acme.test") == Allowed::yes ? 1 : 0;
    CHECK(sent <= 2 * (minute + 1));
    context.now += minutes(1);
  }
  // Those that were refused counted, too: who keeps asking keeps waiting.
  CHECK(sent == 8);
  context.now += hours(1);
  CHECK(mail("ada@acme.test") == Allowed::yes);
}

TEST_CASE_FIXTURE(Throttles, "addresses are counted in one form, and by environment") {
  CHECK(mail("ada@acme.test") == Allowed::yes);
  CHECK(mail("ADA@ACME.TEST") == Allowed::yes);
  CHECK(mail("Ada@acme.test") == Allowed::no);
  CHECK(mail("bob@acme.test") == Allowed::yes);
  CHECK(mail("ada@acme.test", elsewhere) == Allowed::yes);
}

TEST_CASE_FIXTURE(Throttles, "wrong codes are counted by address and by source") {
  for (int i = 0; i < limits.wrong_codes_per_address_per_hour; ++i) {
    CHECK(try_code("ada@acme.test") == Allowed::yes);
    count_wrong("ada@acme.test");
  }
  CHECK(try_code("ada@acme.test") == Allowed::no);
  CHECK(try_code("bob@acme.test") == Allowed::yes);
  for (int i = limits.wrong_codes_per_address_per_hour; i < limits.wrong_codes_per_source_per_hour;
       ++i) {
    count_wrong("person" + std::to_string(i) + "@acme.test");
  }
  CHECK(try_code("bob@acme.test") == Allowed::no);
  context.client_address = "192.0.2.1";
  CHECK(try_code("bob@acme.test") == Allowed::yes);
  CHECK(try_code("ada@acme.test") == Allowed::no);
  context.now += hours(1);
  CHECK(try_code("ada@acme.test") == Allowed::yes);
}

TEST_CASE_FIXTURE(Throttles, "the table tells nobody who tried, and old windows go") {
  mail("ada@acme.test");
  const auto rows = [&] {
    return must([&](Transaction& transaction) -> Result<std::vector<std::string>, Error> {
      static constexpr storage::Sql sql{"test.throttles", "SELECT key_hash FROM throttles"};
      return transaction.list(sql, {},
                              [](const storage::Row& row) { return std::string(row.blob(0)); });
    });
  };
  CHECK(rows().size() == 3);
  for (const std::string& key : rows()) {
    CHECK(key.size() == 32);
    CHECK(key.find("ada") == std::string::npos);
  }
  context.now += hours(2);
  must([&](Transaction& transaction) { return reclaim_throttles(transaction, context.now, 100); });
  CHECK(rows().empty());
}

}  // namespace
}  // namespace gatehouse::login
