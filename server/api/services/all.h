// Every service of the API: each adds its functions to the table of methods.

#pragma once

#include "server/api/methods.h"

namespace gatehouse::api {

// One line a service, in alphabetical order; called by all_methods().
void add_api_token_service(Methods& methods);
void add_audit_logs_service(Methods& methods);
void add_auth_service(Methods& methods);
void add_client_service(Methods& methods);
void add_connection_service(Methods& methods);
void add_directory_service(Methods& methods);
void add_domain_service(Methods& methods);
void add_events_service(Methods& methods);
void add_organization_service(Methods& methods);
void add_passwordless_service(Methods& methods);
void add_roles_service(Methods& methods);
void add_session_service(Methods& methods);
void add_user_service(Methods& methods);
void add_web_authn_service(Methods& methods);

}  // namespace gatehouse::api
