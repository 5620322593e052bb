#include <array>

#include "server/login/invariants.h"
#include "server/storage/invariant.h"

namespace gatehouse::login {
namespace {

using storage::Invariant;

constexpr auto invariants = std::to_array<Invariant>({
    {{"login.fsck_one_time_environment",
      "SELECT o.purpose FROM one_time o LEFT JOIN environments e ON e.id = o.environment_id "
      "WHERE e.id IS NULL LIMIT 100"},
     "a one-time thing has no environment"},
    {{"login.fsck_one_time_form",
      "SELECT purpose FROM one_time WHERE expires_at_ms <= created_at_ms LIMIT 100"},
     "a one-time thing was over before it began"},
    {{"login.fsck_flow_application",
      "SELECT 'flw_' || f.id FROM login_flows f JOIN applications a ON a.id = f.application_id "
      "WHERE a.environment_id <> f.environment_id LIMIT 100"},
     "a sign-in is of another environment than its application"},
    {{"login.fsck_flow_user",
      "SELECT 'flw_' || f.id FROM login_flows f JOIN users u ON u.id = f.user_id "
      "WHERE u.environment_id <> f.environment_id LIMIT 100"},
     "a sign-in is of another environment than its user"},
    {{"login.fsck_flow_form",
      "SELECT 'flw_' || id FROM login_flows WHERE challenges_sent < 0 OR code_tries < 0 "
      "OR (user_id IS NULL AND session_id IS NOT NULL) OR expires_at_ms <= created_at_ms LIMIT "
      "100"},
     "a sign-in has an impossible state"},
    {{"login.fsck_passwordless_form",
      "SELECT 'email_' || id FROM passwordless_requests WHERE tries < 0 "
      "OR verified_at_ms < created_at_ms - 60000 OR verified_at_ms > expires_at_ms LIMIT 100"},
     "a proof of an address was given outside its time"},
});

}  // namespace

Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction) {
  return storage::find_violations(transaction, invariants);
}

}  // namespace gatehouse::login
