#include <array>

#include "server/orgs/invariants.h"
#include "server/storage/invariant.h"

namespace gatehouse::orgs {
namespace {

using storage::Invariant;

constexpr auto invariants = std::to_array<Invariant>({
    {{"orgs.fsck_member_user",
      "SELECT 'org_' || m.organization_id || ' usr_' || m.user_id FROM memberships m "
      "LEFT JOIN users u ON u.id = m.user_id AND u.environment_id = m.environment_id "
      "WHERE u.id IS NULL LIMIT 100"},
     "a membership has no user in its environment"},
    {{"orgs.fsck_member_organization",
      "SELECT 'org_' || m.organization_id || ' usr_' || m.user_id FROM memberships m "
      "LEFT JOIN organizations o "
      "ON o.id = m.organization_id AND o.environment_id = m.environment_id "
      "WHERE o.id IS NULL LIMIT 100"},
     "a membership has no organization in its environment"},
    {{"orgs.fsck_name",
      "SELECT 'org_' || id FROM organizations "
      "WHERE display_name = '' OR display_name <> TRIM(display_name) LIMIT 100"},
     "an organization has no proper name"},
    {{"orgs.fsck_identifiers",
      "SELECT 'org_' || id FROM organizations "
      "WHERE external_id = '' OR slug = '' OR logo_url = '' LIMIT 100"},
     "an organization has an empty external id, slug or logo"},
    {{"orgs.fsck_session_policy",
      "SELECT 'org_' || id FROM organizations "
      "WHERE (session_absolute_count IS NULL) <> (session_absolute_unit IS NULL) "
      "OR (session_idle_count IS NULL) <> (session_idle_unit IS NULL) "
      "OR session_absolute_count <= 0 OR session_idle_count <= 0 "
      "OR (session_idle_enabled = 1 AND session_idle_count IS NULL) "
      "OR (session_policy_source = 'APPLICATION' AND (session_absolute_count IS NOT NULL "
      "OR session_idle_count IS NOT NULL OR session_idle_enabled = 1)) LIMIT 100"},
     "an organization has half a session policy"},
    {{"orgs.fsck_portal_link",
      "SELECT 'lnk_' || l.id FROM portal_links l JOIN organizations o ON o.id = l.organization_id "
      "WHERE l.environment_id <> o.environment_id LIMIT 100"},
     "a portal link is of another environment than its organization"},
    {{"orgs.fsck_portal_session",
      "SELECT 'lnk_' || id FROM portal_links "
      "WHERE opened_at_ms >= expires_at_ms OR opened_at_ms < created_at_ms - 60000 LIMIT 100"},
     "a portal link was opened outside its time"},
    {{"orgs.fsck_invitation_environment",
      "SELECT 'org_' || i.organization_id || ' usr_' || i.user_id FROM invitations i "
      "JOIN memberships m ON m.organization_id = i.organization_id AND m.user_id = i.user_id "
      "WHERE m.environment_id <> i.environment_id LIMIT 100"},
     "an invitation is of another environment than its membership"},
    {{"orgs.fsck_invitation_accepted",
      "SELECT 'org_' || i.organization_id || ' usr_' || i.user_id FROM invitations i "
      "JOIN memberships m ON m.organization_id = i.organization_id AND m.user_id = i.user_id "
      "WHERE i.accepted_at_ms IS NOT NULL AND m.status = 'PENDING_INVITE' LIMIT 100"},
     "a membership is pending after its invitation was accepted"},
    {{"orgs.fsck_domain_environment",
      "SELECT 'dom_' || d.id FROM domains d JOIN organizations o ON o.id = d.organization_id "
      "WHERE d.environment_id <> o.environment_id LIMIT 100"},
     "a domain is of another environment than its organization"},
    {{"orgs.fsck_domain_verification",
      "SELECT 'dom_' || id FROM domains WHERE (type = 'ALLOWED_EMAIL_DOMAIN') <> "
      "(verification_method = 'NOT_APPLICABLE') OR (verification_method = 'ADMIN' "
      "AND verification_status <> 'VERIFIED') LIMIT 100"},
     "a domain is verified in a way that is none for its type"},
    {{"orgs.fsck_domain_twice",
      "SELECT 'dom_' || MIN(id) || ' dom_' || MAX(id) FROM domains "
      "WHERE verification_status IN ('VERIFIED', 'AUTO_VERIFIED') "
      "GROUP BY environment_id, type, name HAVING COUNT(*) > 1 LIMIT 100"},
     "two organizations have proven one domain"},
});

}  // namespace

Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction) {
  return storage::find_violations(transaction, invariants);
}

}  // namespace gatehouse::orgs
