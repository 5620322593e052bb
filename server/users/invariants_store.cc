#include <array>

#include "server/storage/invariant.h"
#include "server/users/invariants.h"
#include "server/users/search_key.h"
#include "server/users/user_store.h"

namespace gatehouse::users {
namespace {

using storage::Row;
using storage::Sql;

// The rules of an address are those of Email::parse alone, so every one is put through it.
constexpr Sql every_user_sql{
    "users.every_user",
    "SELECT id, email, name, family_name, search_name, search_family FROM users ORDER BY id"};

constexpr auto row_invariants = std::to_array<storage::Invariant>({
    {{"users.fsck_credential_user",
      "SELECT 'wac_' || c.id FROM credentials c LEFT JOIN users u "
      "ON u.id = c.user_id AND u.environment_id = c.environment_id WHERE u.id IS NULL LIMIT 100"},
     "a passkey has no user in its environment"},
    {{"users.fsck_credential_form",
      "SELECT 'wac_' || id FROM credentials WHERE LENGTH(public_key) = 0 "
      "OR (backup_state = 1 AND backup_eligible = 0) OR updated_at_ms < created_at_ms - 60000 "
      "LIMIT 100"},
     "a passkey has an impossible form"},
    // Unique indices hold these up; an index that is damaged does not.
    {{"users.fsck_address_twice",
      "SELECT 'usr_' || MIN(id) || ' usr_' || MAX(id) FROM users "
      "GROUP BY environment_id, email HAVING COUNT(*) > 1 LIMIT 100"},
     "two users have one e-mail address"},
    {{"users.fsck_external_id_twice",
      "SELECT 'usr_' || MIN(id) || ' usr_' || MAX(id) FROM users WHERE external_id IS NOT NULL "
      "GROUP BY environment_id, external_id HAVING COUNT(*) > 1 LIMIT 100"},
     "two users have one external id"},
    {{"users.fsck_passkey_twice",
      "SELECT 'wac_' || MIN(id) || ' wac_' || MAX(id) FROM credentials "
      "GROUP BY environment_id, credential_id HAVING COUNT(*) > 1 LIMIT 100"},
     "two users have one passkey"},
});

constexpr Sql wrong_count_sql{
    "users.fsck_count",
    "SELECT e.id FROM environments e LEFT JOIN user_counts c ON c.environment_id = e.id "
    "WHERE COALESCE(c.count, 0) + COALESCE((SELECT CAST(SUM(d.change) AS BIGINT) "
    "FROM user_count_changes d WHERE d.environment_id = e.id), 0) <> (SELECT COUNT(*) FROM users u "
    "WHERE u.environment_id = e.id)"};

}  // namespace

Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction) {
  constexpr std::size_t problems_max = 100;
  std::vector<std::string> problems;
  const auto report = [&](std::string_view what, const Row& row) {
    if (problems.size() >= problems_max) return;
    problems.push_back(std::string(what) + ": " + row.id<UserId>(0).text());
  };
  TRY(transaction.query(every_user_sql, {}, [&](const Row& row) {
    const auto email = Email::parse(row.text(1));
    if (!email.has_value() || email->text() != row.text(1)) {
      report("an e-mail address is not in its normal form", row);
    }
    if (search_key(row.text(2)) != row.text(4) || search_key(row.text(3)) != row.text(5)) {
      report("search would not find the user by name", row);
    }
  }));
  for (std::string& problem : TRY(storage::find_violations(transaction, row_invariants))) {
    problems.push_back(std::move(problem));
  }
  TRY(transaction.query(wrong_count_sql, {}, [&](const Row& row) {
    problems.push_back("the number of users is not the one that is kept: " +
                       row.id<EnvironmentId>(0).text());
  }));
  return problems;
}

}  // namespace gatehouse::users
