// The statement behind claim_facts.h.

#pragma once

#include "server/encoding/json.h"
#include "server/storage/database.h"
#include "server/users/profile.h"

namespace gatehouse::oidc {

struct ClaimRow {
  Json user_metadata;
  users::Profile profile;
  struct Organization {
    std::string display_name;
    std::optional<std::string> slug;
    Json metadata;
    Instant created_at;
    Json membership_metadata;
    Instant joined_at;
  };
  std::optional<Organization> organization;  // absent: none was asked for, or not a member
};
struct ClaimKey {
  UserId user;
  std::optional<OrgId> organization;
};
Result<std::optional<ClaimRow>, Error> find_claim_row(storage::Transaction& transaction,
                                                      EnvironmentId environment,
                                                      const ClaimKey& key);

}  // namespace gatehouse::oidc
