// What the tests of this module stand on: two environments, organizations, a sealing key, and a
// certificate of an identity provider (CN=idp.example,O=Example, 2026 to 2046).

#pragma once

#include "server/connections/connection.h"
#include "server/crypto/hash.h"
#include "server/crypto/master_key.h"
#include "server/events/event.h"
#include "server/orgs/organization.h"
#include "tests/world/rows.h"

namespace gatehouse::connections {

inline constexpr std::string_view idp_certificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBpTCCAUugAwIBAgIUdpTQ6EmlvLOR8O79k8aPJcX9YAswCgYIKoZIzj0EAwIw\n"
    "KDEQMA4GA1UECgwHRXhhbXBsZTEUMBIGA1UEAwwLaWRwLmV4YW1wbGUwHhcNMjYx\n"
    "MTIxMjM0MzM1WhcNNDYxMTE2MjM0MzM1WjAoMRAwDgYDVQQKDAdFeGFtcGxlMRQw\n"
    "EgYDVQQDDAtpZHAuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAKJ\n"
    "l6I5Tw+dBATjDu1FweLB+QaWRiiuk/AuoCSmNtSVokxJnQnPbKF2AUqeghp8itk4\n"
    "cH+dcan6xCozZonAdZ6jUzBRMB0GA1UdDgQWBBRuljkAXvr5VL05ET7Zn9ilu6u4\n"
    "3DAfBgNVHSMEGDAWgBRuljkAXvr5VL05ET7Zn9ilu6u43DAPBgNVHRMBAf8EBTAD\n"
    "AQH/MAoGCCqGSM49BAMCA0gAMEUCIQCPmHfZ+z/4QXCLOaOeQee/fkghrYQu9ILI\n"
    "uUZVKQ5dKgIgE5sKnTD04ArxuBRlgV9oD1T6veX59pwef2OniSdzmus=\n"
    "-----END CERTIFICATE-----\n";

class ConnectionFixture : public world::DomainFixture {
 public:
  using Transaction = storage::Transaction;

  OrgId organization(std::string name = "Acme", EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
             return orgs::create(transaction, environment, context, random, {.display_name = name});
           })
        .id;
  }
  Result<Connection, Error> make(Owner owner, const NewConnection& wanted,
                                 EnvironmentId environment = here) {
    context.now += milliseconds(1);
    return act([&](Transaction& transaction) {
      return create(transaction, environment, owner, context, random, wanted);
    });
  }
  Connection oidc(OrgId organization) {
    return make(organization, {.type = ConnectionType::oidc, .provider = Provider::okta}).take();
  }
  Result<Connection, Error> find(Owner owner, ConnectionId id, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) { return get(transaction, environment, owner, id); });
  }
  Result<Connection, Error> change(const Connection& connection, const ConnectionChange& wanted) {
    return act([&](Transaction& transaction) {
      return update(transaction, settings, connection.organization, context, random, sealing_key,
                    connection.id, wanted);
    });
  }
  // With all that an OIDC connection needs.
  Connection complete(const Connection& connection) {
    return change(connection, {.configuration = OidcConfiguration{.issuer = "https://idp.example",
                                                                  .client_id = "gatehouse"},
                               .client_secret = Secret("0123456789abcdef-secret")})
        .take();
  }
  Result<Unit, Error> turn_on(const Connection& connection) {
    return act([&](Transaction& transaction) {
      return enable(transaction, settings, connection.organization, context, random, connection.id);
    });
  }
  Result<Unit, Error> turn_off(const Connection& connection) {
    return act([&](Transaction& transaction) {
      return disable(transaction, here, connection.organization, context, random, connection.id);
    });
  }
  Result<Unit, Error> remove(const Connection& connection) {
    return act([&](Transaction& transaction) {
      return delete_connection(transaction, here, connection.organization, context, random,
                               connection.id);
    });
  }
  orgs::Domain domain(OrgId organization, std::string name,
                      orgs::DomainClaim claim = orgs::DomainClaim::by_environment) {
    context.now += milliseconds(1);
    return must([&](Transaction& transaction) {
      return orgs::create_domain(transaction, here, organization, context, random,
                                 {.name = name, .claim = claim});
    });
  }
  std::size_t told(std::string type) {
    return must([&](Transaction& transaction) {
             return events::list(transaction, here, {.types = {type}}, {});
           })
        .items.size();
  }

  environments::Environment settings{.id = here,
                                     .name = "here",
                                     .kind = environments::Kind::development,
                                     .base_url = "http://here.localhost",
                                     .settings = {},
                                     .created_at = world::test_start,
                                     .updated_at = world::test_start};
  crypto::SealingKey sealing_key = crypto::MasterKey::from_bytes(Secret(crypto::sha256("master")))
                                       .value()
                                       .sealing_key(client_secret_seal_label);
};

}  // namespace gatehouse::connections
