// Relying: all that this server needs to know of a connection to be the client of its provider
// [OIDC Core §1.2] [RFC 6749 §1.1]. Made of a connection's settings and of what is known about the
// provider by its name; a value, good for one request.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "server/connections/connection.h"
#include "server/core/secret.h"
#include "server/net/address_guard.h"
#include "server/sso/diagnosis.h"
#include "server/sso/provider_request.h"

namespace gatehouse::sso::oidc_rp {

// Where a provider is spoken to. Empty: it has no such place, or none is known.
struct Endpoints {
  std::string issuer;  // exactly as it stands in tokens; "{tenantid}" stands for any tenant's id
  std::string authorize_uri;
  std::string token_uri;
  std::string user_info_uri;
  std::string jwks_uri;
  std::string end_session_uri;
  // Whether answers to authorization requests always carry `iss` [RFC 9207 §3].
  enum class ResponseIssuer {
    unannounced,
    announced
  } response_issuer = ResponseIssuer::unannounced;
};

// Of one Entra ID issuer for many tenants: whose people may come.
struct Tenants {
  enum class Kind {
    listed,         // those in `ids`
    any,            // everybody with a Microsoft account
    organizations,  // everybody but personal accounts
  } kind = Kind::listed;
  std::vector<std::string> ids = {};  // GUIDs in lower case
};

struct Relying {
  ConnectionId connection;
  connections::Provider provider = connections::Provider::custom;

  // What says who somebody is.
  enum class Proof {
    id_token,   // OpenID Connect: a signed ID token, completed by userinfo
    user_info,  // OAuth: what the userinfo address answers to the access token
    github,     // OAuth with GitHub's own two addresses
  } proof = Proof::id_token;

  // The discovery document is read there; empty: `endpoints` are all there is. What stands in
  // `endpoints` wins over the document, but `issuer`, which the document must repeat; empty: the
  // one that belongs to discovery_uri.
  std::string discovery_uri;
  Endpoints endpoints;

  std::string client_id;
  Secret client_secret;  // empty: there is none
  connections::TokenAuth token_auth = connections::TokenAuth::url_params;
  enum class Pkce { off, s256 } pkce = Pkce::s256;
  // LinkedIn's tokens have no nonce; where one is, it must be ours.
  enum class Nonce { required, if_present } nonce = Nonce::required;
  std::vector<std::string> scopes;
  std::map<std::string, std::string> authorize_parameters;  // beyond those of the protocol
  Tenants tenants;
  connections::AttributeMapping attribute_mapping;  // of the profile to claim of the provider

  std::string redirect_uri;  // ours
  net::AddressPolicy address_policy = net::AddressPolicy::public_only;

  // Entra ID: people are told apart by `oid` in their tenant, because `sub` differs from client to
  // client.
  [[nodiscard]] bool is_microsoft() const;
};

// `client_secret`: opened; empty if there is none. Failures: connection_incomplete, naming what is
// missing (also for a connection that is neither OIDC nor OAuth).
[[nodiscard]] Result<Relying, Failure> relying_of(const connections::Connection& connection,
                                                  Secret client_secret, const ConnectionUrls& urls,
                                                  net::AddressPolicy address_policy);

}  // namespace gatehouse::sso::oidc_rp
