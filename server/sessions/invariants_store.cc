#include <array>

#include "server/sessions/invariants.h"
#include "server/storage/invariant.h"

namespace gatehouse::sessions {
namespace {

using storage::Invariant;

constexpr auto invariants = std::to_array<Invariant>({
    {{"sessions.fsck_family_of_ended",
      "SELECT 'rtf_' || f.id FROM refresh_families f JOIN sessions s ON s.id = f.session_id "
      "WHERE f.ended_at_ms IS NULL AND s.ended_at_ms IS NOT NULL LIMIT 100"},
     "a refresh family lives on under an ended session"},
    {{"sessions.fsck_family_session",
      "SELECT 'rtf_' || f.id FROM refresh_families f LEFT JOIN sessions s "
      "ON s.id = f.session_id AND s.environment_id = f.environment_id "
      "AND s.user_id = f.user_id WHERE s.id IS NULL LIMIT 100"},
     "a refresh family is not of its session's environment and user"},
    {{"sessions.fsck_family_form",
      "SELECT 'rtf_' || id FROM refresh_families WHERE generation < 1 OR LENGTH(nonce) <> 16 "
      "OR (ended_at_ms IS NULL) <> (end_reason IS NULL) "
      "LIMIT 100"},
     "a refresh family has an impossible state"},
    // Times of different requests are not compared: they come from clocks of several nodes, which
    // differ, and are set.
    {{"sessions.fsck_family_times",
      "SELECT 'rtf_' || id FROM refresh_families "
      "WHERE generation = 1 AND rotated_at_ms <> created_at_ms LIMIT 100"},
     "a refresh family that was not exchanged yet has a time of that"},
    {{"sessions.fsck_family_application",
      "SELECT 'rtf_' || f.id FROM refresh_families f JOIN applications a "
      "ON a.id = f.application_id WHERE a.environment_id <> f.environment_id LIMIT 100"},
     "a refresh family is of another environment than its application"},
    {{"sessions.fsck_user",
      "SELECT 'ses_' || s.id FROM sessions s LEFT JOIN users u "
      "ON u.id = s.user_id AND u.environment_id = s.environment_id WHERE u.id IS NULL LIMIT 100"},
     "a session has no user in its environment"},
    {{"sessions.fsck_organization",
      "SELECT 'ses_' || s.id FROM sessions s LEFT JOIN organizations o "
      "ON o.id = s.organization_id AND o.environment_id = s.environment_id "
      "WHERE s.organization_id IS NOT NULL AND o.id IS NULL LIMIT 100"},
     "a session is in an organization of another environment"},
    {{"sessions.fsck_form",
      "SELECT 'ses_' || id FROM sessions WHERE idle_expires_at_ms > expires_at_ms "
      "OR last_active_at_ms < created_at_ms - 60000 OR LENGTH(token_hash) <> 32 "
      "OR (ended_at_ms IS NULL) <> (end_reason IS NULL) LIMIT 100"},
     "a session has impossible times or an impossible state"},
    {{"sessions.fsck_delivery",
      "SELECT 'dlv_' || id FROM logout_deliveries "
      "WHERE delivered_at_ms IS NOT NULL AND failed_at_ms IS NOT NULL LIMIT 100"},
     "a logout was both delivered and given up"},
});

}  // namespace

Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction) {
  return storage::find_violations(transaction, invariants);
}

}  // namespace gatehouse::sessions
