// The parts of RolesService that stand in files of their own.

#pragma once

#include "server/api/methods.h"

namespace gatehouse::api {

void add_organization_roles(Methods::Service& service);
void add_permissions(Methods::Service& service);

}  // namespace gatehouse::api
