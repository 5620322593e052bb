#include <array>

#include "server/app/cross_check.h"
#include "server/storage/invariant.h"

namespace gatehouse::app {
namespace {

using storage::Invariant;

constexpr auto against_audit = std::to_array<Invariant>({
    {{"app.fsck_user_returned",
      "SELECT v.subject FROM (SELECT subject_id AS subject FROM audit_records "
      "WHERE event = 'user.deleted' AND outcome = 'success' "
      "INTERSECT SELECT 'usr_' || id FROM users) v LIMIT 100"},
     "a user is there again after being deleted"},
    {{"app.fsck_organization_returned",
      "SELECT v.subject FROM (SELECT subject_id AS subject FROM audit_records "
      "WHERE event = 'organization.deleted' AND outcome = 'success' "
      "INTERSECT SELECT 'org_' || id FROM organizations) v LIMIT 100"},
     "an organization is there again after being deleted"},
    {{"app.fsck_session_returned",
      "SELECT v.subject FROM (SELECT subject_id AS subject FROM audit_records "
      "WHERE event = 'session.ended' AND outcome = 'success' "
      "INTERSECT SELECT 'ses_' || id FROM sessions WHERE ended_at_ms IS NULL) v LIMIT 100"},
     "a session lives after its end stands in the audit log"},
    {{"app.fsck_api_token_returned",
      "SELECT v.subject FROM (SELECT subject_id AS subject FROM audit_records "
      "WHERE event = 'api_token.invalidated' AND outcome = 'success' "
      "INTERSECT SELECT 'apit_' || id FROM api_tokens WHERE invalidated_at_ms IS NULL) v LIMIT "
      "100"},
     "an API token is valid after it was invalidated"},
    {{"app.fsck_session_unheard",
      "SELECT v.subject FROM (SELECT 'ses_' || id AS subject FROM sessions "
      "EXCEPT SELECT subject_id FROM audit_records WHERE event = 'session.created') v LIMIT 100"},
     "a session began without standing in the audit log"},
    {{"app.fsck_session_end_unheard",
      "SELECT v.subject FROM (SELECT 'ses_' || id AS subject FROM sessions "
      "WHERE ended_at_ms IS NOT NULL "
      "EXCEPT SELECT subject_id FROM audit_records WHERE event = 'session.ended') v LIMIT 100"},
     "a session ended without standing in the audit log"},
});

// Three days beyond the time that each is kept: jobs run every few minutes, and a server may have
// been away for a weekend.
constexpr auto reclaimed = std::to_array<Invariant>({
    {{"app.fsck_one_time_kept",
      "SELECT 'one_time, ' || COUNT(*) FROM one_time WHERE expires_at_ms < "
      "(SELECT MAX(sealed_at_ms) FROM audit_seals) - 259200000 HAVING COUNT(*) > 0"},
     "rows are kept that expired days ago"},
    {{"app.fsck_flows_kept",
      "SELECT 'login_flows, ' || COUNT(*) FROM login_flows WHERE expires_at_ms < "
      "(SELECT MAX(sealed_at_ms) FROM audit_seals) - 259200000 HAVING COUNT(*) > 0"},
     "rows are kept that expired days ago"},
    {{"app.fsck_throttles_kept",
      "SELECT 'throttles, ' || COUNT(*) FROM throttles WHERE expires_at_ms < "
      "(SELECT MAX(sealed_at_ms) FROM audit_seals) - 259200000 HAVING COUNT(*) > 0"},
     "rows are kept that expired days ago"},
    {{"app.fsck_revoked_kept",
      "SELECT 'revoked_tokens, ' || COUNT(*) FROM revoked_tokens WHERE expires_at_ms < "
      "(SELECT MAX(sealed_at_ms) FROM audit_seals) - 259200000 HAVING COUNT(*) > 0"},
     "rows are kept that expired days ago"},
    {{"app.fsck_passwordless_kept",
      "SELECT 'passwordless_requests, ' || COUNT(*) FROM passwordless_requests "
      "WHERE expires_at_ms < (SELECT MAX(sealed_at_ms) FROM audit_seals) - 345600000 "
      "HAVING COUNT(*) > 0"},
     "rows are kept that expired days ago"},
    {{"app.fsck_portal_links_kept",
      "SELECT 'portal_links, ' || COUNT(*) FROM portal_links WHERE COALESCE(session_expires_at_ms, "
      "expires_at_ms) < (SELECT MAX(sealed_at_ms) FROM audit_seals) - 259200000 "
      "HAVING COUNT(*) > 0"},
     "rows are kept that expired days ago"},
});

}  // namespace

Result<std::vector<std::string>, Error> check_against_audit(storage::Transaction& transaction) {
  return storage::find_violations(transaction, against_audit);
}

Result<std::vector<std::string>, Error> check_reclaimed(storage::Transaction& transaction) {
  return storage::find_violations(transaction, reclaimed);
}

}  // namespace gatehouse::app
