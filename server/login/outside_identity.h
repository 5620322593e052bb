// OutsideIdentity: what an identity provider says about somebody, once every check has been passed.
// Only the readers of verified answers (server/sso) make one.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/core/error.h"
#include "server/core/id.h"
#include "server/core/result.h"
#include "server/users/email.h"

namespace gatehouse::login {

struct OutsideIdentity {
  ConnectionId connection;
  // Of the connection, as it is configured; the sign-in fills these in.
  std::optional<OrgId> organization = std::nullopt;  // absent: a social one
  std::string connection_type = {};                  // "SAML"
  std::string provider = {};                         // "OKTA"
  // Who speaks, and of whom: together with the connection the key of the link to a user. Exact
  // bytes, never empty, at most 1,024 each.
  std::string issuer;
  std::string subject;

  std::optional<users::Email> email = std::nullopt;
  // What the provider says of the address. Whether that counts is decided by the connection: an
  // organization's speaks for its verified domains, a social one for what it has verified.
  enum class EmailClaim { asserted, verified } email_claim = EmailClaim::asserted;

  // Empty: unknown.
  std::string given_name = {};
  std::string family_name = {};
  std::string name = {};
  std::string picture = {};  // an https URL
  std::string locale = {};
  std::string phone_number = {};
  std::string preferred_username = {};
  std::string gender = {};
  std::vector<std::string> groups = {};
  std::map<std::string, std::string> custom_attributes = {};
  // Everything the provider sent, as a JSON object: attribute name to value or values.
  std::string raw_attributes = "{}";

  // For signing out there [SAML Core §3.7] [OIDC Back-Channel Logout §2.4]; empty: unknown.
  std::string name_id = {};
  std::string name_id_format = {};
  std::string session_index = {};  // SessionIndex, or `sid`
};

[[nodiscard]] std::string outside_identity_to_json(const OutsideIdentity& identity);
Result<OutsideIdentity, Error> outside_identity_from_json(std::string_view json);

}  // namespace gatehouse::login
