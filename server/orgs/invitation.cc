#include "server/orgs/invitation.h"

namespace gatehouse::orgs {

MembershipStatus shown_status(MembershipStatus stored, std::optional<Instant> invitation_expires_at,
                              Instant now) {
  const bool is_over = invitation_expires_at.has_value() && now >= *invitation_expires_at;
  return stored == MembershipStatus::pending_invite && is_over ? MembershipStatus::invite_expired
                                                               : stored;
}

}  // namespace gatehouse::orgs
