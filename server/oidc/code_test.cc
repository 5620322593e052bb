// Authorization codes as they are stored.

#include "server/oidc/code.h"

#include <doctest/doctest.h>

#include "tests/world/rows.h"

namespace gatehouse::oidc {
namespace {

using storage::Transaction;

class Codes : public world::DomainFixture {
 public:
  const CodeGrant grant{.application = ApplicationId(1),
                        .redirect_uri = "https://app.example.test/cb",
                        .scope = "openid",
                        .nonce = "n",
                        .code_challenge = std::string(43, 'c'),
                        .session = SessionId(2),
                        .user = UserId(3),
                        .organization = OrgId(4),
                        .token = TokenId(5)};

  std::string issue() {
    return std::string(must([&](Transaction& transaction) {
                         return issue_code(transaction, here, random, grant, context.now,
                                           seconds(60));
                       }).reveal());
  }
  CodeRedemption redeem(std::string_view code, EnvironmentId where = here) {
    return must([&](Transaction& transaction) {
      return redeem_code(transaction, where, code, context.now);
    });
  }
};

TEST_CASE_FIXTURE(Codes, "a code is redeemed once and then known as used, with what it gave") {
  const std::string code = issue();
  CHECK(code.size() == 43);
  const auto first = redeem(code);
  REQUIRE(std::holds_alternative<CodeGrant>(first));
  const CodeGrant& got = std::get<CodeGrant>(first);
  CHECK(got.redirect_uri == grant.redirect_uri);
  CHECK(got.code_challenge == grant.code_challenge);
  CHECK(got.organization == grant.organization);
  CHECK(got.nonce == "n");
  const auto second = redeem(code);
  REQUIRE(std::holds_alternative<CodeReused>(second));
  CHECK(std::get<CodeReused>(second).grant.token == grant.token);
}

TEST_CASE_FIXTURE(Codes, "a code is unknown elsewhere, changed, and after its minute") {
  const std::string code = issue();
  CHECK(std::holds_alternative<CodeUnknown>(redeem(code, elsewhere)));
  CHECK(std::holds_alternative<CodeUnknown>(redeem(code + "A")));
  CHECK(std::holds_alternative<CodeUnknown>(redeem(std::string(43, 'A'))));
  CHECK(std::holds_alternative<CodeUnknown>(redeem("")));
  context.now += seconds(60);
  CHECK(std::holds_alternative<CodeUnknown>(redeem(code)));
}

}  // namespace
}  // namespace gatehouse::oidc
