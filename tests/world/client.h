// Client: an application's side of the protocol: token, introspection, revocation and userinfo.

#pragma once

#include "server/encoding/json.h"
#include "server/jose/jwt.h"
#include "tests/world/browser.h"

namespace gatehouse::world {

struct Answer {
  int status = 0;
  http::Response response;
  Json json;

  // A text member; empty if absent.
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::string access_token() const { return text("access_token"); }
  [[nodiscard]] std::string refresh_token() const { return text("refresh_token"); }
  [[nodiscard]] std::string id_token() const { return text("id_token"); }
  [[nodiscard]] std::string error() const { return text("error"); }
  [[nodiscard]] bool is_active() const { return json.boolean("active").value_or(false); }
};

class Client {
 public:
  enum class Proof { body, basic, none };

  Client(World& world, std::string_view application)
      : world_(world), known_(world.application(application)) {}

  void prove_by(Proof proof) { proof_ = proof; }
  [[nodiscard]] const Registered& known() const { return known_; }

  // POST /oauth/token with the client's own proof; `more` replaces or adds fields.
  Answer token(const Fields& fields);
  // The code on the callback page; with the verifier where the client is public.
  Answer exchange(const Page& callback, const Fields& more = {});
  Answer refresh(std::string_view refresh_token, const Fields& more = {});
  Answer introspect(std::string_view token);
  Answer revoke(std::string_view token);
  Answer userinfo(std::string_view access_token);
  // Any form to any endpoint.
  Answer post(std::string_view path, const Fields& fields, const Fields& headers = {});

  // The claims of a token of this client's environment, verified with what /keys publishes.
  Json claims(std::string_view token, jose::TokenType type);

 private:
  Answer send(http::Method method, std::string_view path, std::string body, const Fields& headers);
  [[nodiscard]] Fields with_proof(Fields fields, Fields& headers) const;

  World& world_;
  const Registered& known_;
  Proof proof_ = Proof::body;
};

// The inside of a token's n-th part, unverified.
[[nodiscard]] Json token_part(std::string_view token, int part);

}  // namespace gatehouse::world
