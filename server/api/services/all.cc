#include "server/api/services/all.h"

namespace gatehouse::api {

Methods all_methods(const Contract& contract) {
  Methods methods(contract);
  add_api_token_service(methods);
  add_audit_logs_service(methods);
  add_auth_service(methods);
  add_client_service(methods);
  add_connection_service(methods);
  add_directory_service(methods);
  add_domain_service(methods);
  add_events_service(methods);
  add_organization_service(methods);
  add_passwordless_service(methods);
  add_roles_service(methods);
  add_session_service(methods);
  add_user_service(methods);
  add_web_authn_service(methods);
  return methods;
}

}  // namespace gatehouse::api
