// Client authentication at the token, introspection and revocation endpoints [RFC 6749 §2.3]:
// client_secret_basic, client_secret_post, or none for public clients, who prove themselves by PKCE
// and by the tokens they hold. One method a request; a Bearer header is not one of them (some SDKs
// send it along) and is ignored.

#pragma once

#include "server/applications/machine_client.h"
#include "server/encoding/form.h"
#include "server/http/message.h"
#include "server/oidc/deps.h"
#include "server/oidc/error.h"

namespace gatehouse::oidc {

// A client that has been authenticated as far as its kind can be. Only authenticate_client makes
// one, so a grant cannot be reached by an application that was merely named.
class AuthenticatedClient {
 public:
  [[nodiscard]] const applications::Application& application() const { return *application_; }
  [[nodiscard]] const environments::Environment& environment() const { return entry_->environment; }
  // The catalog entry of the environment; kept alive by this object. The application is part of it
  // unless there is a machine().
  [[nodiscard]] const applications::CatalogEntry& entry() const { return *entry_; }
  // The client behind application(), where it is one of an organization or a resource.
  [[nodiscard]] const applications::MachineClient* machine() const {
    return machine_ == nullptr ? nullptr : &machine_->client;
  }

 private:
  friend struct ClientAuthentication;
  struct Machine {
    applications::MachineClient client;
    applications::Application application;
  };
  AuthenticatedClient(std::shared_ptr<const applications::CatalogEntry> entry,
                      const applications::Application& application)
      : entry_(std::move(entry)), application_(&application) {}
  AuthenticatedClient(std::shared_ptr<const applications::CatalogEntry> entry,
                      std::shared_ptr<const Machine> machine)
      : entry_(std::move(entry)),
        machine_(std::move(machine)),
        application_(&machine_->application) {}

  std::shared_ptr<const applications::CatalogEntry> entry_;
  std::shared_ptr<const Machine> machine_;        // null for an application of the catalog
  const applications::Application* application_;  // inside *entry_ or *machine_
};

struct ClientRefusal {
  OAuthError error;
  Challenge challenge = Challenge::none;
  std::string client_id;  // as claimed, at most 100 bytes; for the audit log
};

// Looks the client up in `entry`, or in the database where its id is a machine client's. Errors:
// invalid_client (unknown client, wrong or missing secret: one text for all), invalid_request (two
// methods at once, malformed credentials), and what the database reports.
Result<AuthenticatedClient, ClientRefusal> authenticate_client(
    const Deps& deps, const Context& context, const http::Request& request, const Form& form,
    std::shared_ptr<const applications::CatalogEntry> entry);

}  // namespace gatehouse::oidc
