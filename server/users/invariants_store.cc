#include "server/users/invariants.h"
#include "server/users/user_store.h"

namespace gatehouse::users {
namespace {

using storage::Row;
using storage::Sql;

// The rules of an address are those of Email::parse alone, so every one is put through it.
constexpr Sql every_email_sql{"users.every_email", "SELECT id, email FROM users ORDER BY id"};

}  // namespace

Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction) {
  constexpr std::size_t problems_max = 100;
  std::vector<std::string> problems;
  TRY(transaction.query(every_email_sql, {}, [&](const Row& row) {
    const auto email = Email::parse(row.text(1));
    if (email.has_value() && email->text() == row.text(1)) return;
    if (problems.size() < problems_max) {
      problems.push_back("an e-mail address is not in its normal form: " +
                         row.id<UserId>(0).text());
    }
  }));
  return problems;
}

}  // namespace gatehouse::users
