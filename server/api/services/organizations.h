// OrganizationService: the wire form of organizations, and which one a request is about.

#pragma once

#include "scalekit/v1/organizations/organizations.pb.h"
#include "server/api/call.h"
#include "server/api/convert.h"
#include "server/api/methods.h"
#include "server/orgs/organization.h"

namespace gatehouse::api {

void encode_organization(const orgs::Organization& organization,
                         scalekit::v1::organizations::Organization& message);

// What a signed-in person may do with the organization that they are signed in to, each by a
// permission of theirs there. API clients may do it with every organization.
enum class OrganizationRight { see, change, see_session_policy, change_session_policy };
// Errors: not_found (another organization than theirs), permission_denied.
Result<Unit, Error> check_right(const Call& call, storage::Transaction& transaction,
                                OrgId organization, OrganizationRight right);

// Its settings, session policy, limits and portal links: organization_settings.cc.
void add_organization_settings(Methods::Service& service);

}  // namespace gatehouse::api
