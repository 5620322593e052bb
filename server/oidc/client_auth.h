// Client authentication at the token, introspection and revocation endpoints [RFC 6749 §2.3]:
// client_secret_basic, client_secret_post, or none for public clients, who prove themselves by PKCE
// and by the tokens they hold. One method a request; a Bearer header is not one of them (some SDKs
// send it along) and is ignored.

#pragma once

#include "server/applications/catalog.h"
#include "server/encoding/form.h"
#include "server/http/message.h"
#include "server/oidc/error.h"

namespace gatehouse::oidc {

// A client that has been authenticated as far as its kind can be. Only authenticate_client makes
// one, so a grant cannot be reached by an application that was merely named.
class AuthenticatedClient {
 public:
  [[nodiscard]] const applications::Application& application() const { return *application_; }
  [[nodiscard]] const environments::Environment& environment() const { return entry_->environment; }
  // The catalog entry that the application is part of; kept alive by this object.
  [[nodiscard]] const applications::CatalogEntry& entry() const { return *entry_; }

 private:
  friend struct ClientAuthentication;
  AuthenticatedClient(std::shared_ptr<const applications::CatalogEntry> entry,
                      const applications::Application& application)
      : entry_(std::move(entry)), application_(&application) {}

  std::shared_ptr<const applications::CatalogEntry> entry_;
  const applications::Application* application_;  // inside *entry_
};

struct ClientRefusal {
  OAuthError error;
  Challenge challenge = Challenge::none;
  std::string client_id;  // as claimed, at most 100 bytes; for the audit log
};

// Errors: invalid_client (unknown client, wrong or missing secret: one text for all),
// invalid_request (two methods at once, malformed credentials).
Result<AuthenticatedClient, ClientRefusal> authenticate_client(
    const http::Request& request, const Form& form,
    std::shared_ptr<const applications::CatalogEntry> entry, Instant now);

}  // namespace gatehouse::oidc
