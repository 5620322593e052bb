// Claims: what our tokens and /userinfo say, and under which names. One place for each token.
// [OIDC Core §2, §5.1] [RFC 9068 §2.2]

#pragma once

#include "server/applications/application.h"
#include "server/claims/claim_set.h"
#include "server/oidc/scope.h"
#include "server/orgs/organization.h"
#include "server/rbac/role.h"
#include "server/sessions/session.h"

namespace gatehouse::oidc {

// Everything that a token about a person can say, loaded in one transaction.
struct PersonGrant {
  sessions::Session session;
  users::User user;
  std::optional<OrgId> organization;
  std::optional<std::string> organization_external_id;
  rbac::Grants grants;
  ScopeSet scope;
  std::string nonce;
  // What the environment's custom claims are made of; null where it has none.
  Json claim_facts = {};
  std::string organization_name = {};  // shown to people, so only an ID token has it
};

// Loads the parts that a session does not bring along; the facts of custom claims are not among
// them, see load_claim_facts. nullopt if the person does not (any more) belong to the organization.
Result<std::optional<PersonGrant>, Error> load_person_grant(storage::Transaction& transaction,
                                                            EnvironmentId environment,
                                                            const sessions::LiveSession& live,
                                                            std::optional<OrgId> organization,
                                                            ScopeSet scope, std::string nonce);

// Whom and when a token is for.
struct TokenFrame {
  const environments::Environment& environment;
  const applications::Application& application;
  Instant now;
  Duration lifetime;
};

// typ at+jwt. `aud` is always an array; iss, sub, sid, oid and org_id (the same), client_id, roles,
// permissions, scope and scopes (the same, two forms); e-mail and names as far as the scopes go;
// then the environment's own.
using CustomClaims = std::vector<claims::ClaimSet::Outcome>;
[[nodiscard]] std::string access_token_claims(const TokenFrame& frame, const PersonGrant& grant,
                                              const CustomClaims& custom, TokenId token);

struct TokenHashes {
  std::string at_hash;
  std::string c_hash;  // empty: the token does not come with a code
};
[[nodiscard]] std::string id_token_claims(const TokenFrame& frame, const PersonGrant& grant,
                                          const CustomClaims& custom, const TokenHashes& hashes);

// Of a client that acts for itself, and for its organization if it has one.
struct MachineGrant {
  ScopeSet scope;
  std::optional<OrgId> organization = std::nullopt;
  std::optional<std::string> organization_external_id = std::nullopt;
};
// sub = client_id; no person, no session. The application's custom claims stand under
// custom_claims.
[[nodiscard]] std::string machine_token_claims(const TokenFrame& frame, const MachineGrant& grant,
                                               TokenId token);

[[nodiscard]] std::string userinfo_claims(const PersonGrant& grant);

// The left half of the hash that goes with the signature's algorithm [OIDC Core §3.1.3.6].
[[nodiscard]] std::string token_hash(std::string_view algorithm, std::string_view text);

}  // namespace gatehouse::oidc
