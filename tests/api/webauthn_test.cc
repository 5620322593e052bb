// WebAuthnService over the wire: passkeys as records.

#include "scalekit/v1/auth/webauthn.pb.h"
#include "server/encoding/base64.h"
#include "server/users/credential.h"
#include "tests/world/api_client.h"
#include "tests/world/browser.h"
#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

namespace pb = scalekit::v1::auth::webauthn;
using api::Status;

std::string method(std::string_view name) {
  return "auth.webauthn.WebAuthnService/" + std::string(name);
}

std::string add_passkey(World& world, std::string_view email, const std::string& id) {
  const UserId user = world.user(email);
  Context context = world.context();
  context.client_address = "192.0.2.7";
  context.user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
  return world
      .must([&](storage::Transaction& transaction) {
        return users::insert_credential(
            transaction, world.development(), context, world.random(),
            {.user = user,
             .credential_id = id,
             .public_key = "key",
             .authenticator = {.aaguid = std::string("\xd5\x48\x82\x6e\x79\xb4\xdb\x40\xa3\xd8\x11"
                                                     "\x11\x6f\x7e\x83\x49",
                                                     16),
                               .attachment = users::Attachment::platform,
                               .transports = {"internal"},
                               .user_verified = true,
                               .backup_eligible = true,
                               .backup_state = true}});
      })
      .id.text();
}

class Passkeys {
 public:
  explicit Passkeys(World& world, std::string_view application = "Console")
      : api_(world, application) {}
  Passkeys(World& world, const Answer& tokens)
      : api_(ApiClient::with_token(world, std::string(development_url), tokens.access_token())) {}

  CallAnswer<pb::ListCredentialsResponse> list(std::string user) {
    pb::ListCredentialsRequest request;
    request.set_user_id(std::move(user));
    return api_.call<pb::ListCredentialsResponse>(method("ListCredentials"), request);
  }
  CallAnswer<pb::UpdateCredentialResponse> rename(std::string id, std::string name) {
    pb::UpdateCredentialRequest request;
    request.set_credential_id(std::move(id));
    request.set_display_name(std::move(name));
    return api_.call<pb::UpdateCredentialResponse>(method("UpdateCredential"), request);
  }
  CallAnswer<pb::DeleteCredentialResponse> remove(std::string id) {
    pb::DeleteCredentialRequest request;
    request.set_credential_id(std::move(id));
    return api_.call<pb::DeleteCredentialResponse>(method("DeleteCredential"), request);
  }

 private:
  ApiClient api_;
};

void check_not_found(const CallStatus& answer, std::string_view message) {
  CHECK(answer.status == Status::not_found);
  CHECK(answer.info.error_code() == "NOT_FOUND");
  CHECK(answer.message == message);
}

}  // namespace

TEST_CASE("passkeys: a person's are listed, with what browsers need to forget others") {
  World world;
  Passkeys passkeys(world);
  const std::string ada = world.user("ada@acme.test").text();
  const auto none = passkeys.list(ada);
  REQUIRE(none.ok());
  CHECK(none.response.credentials_size() == 0);
  CHECK(none.response.all_accepted_credentials_options().rp_id() == "localhost");
  const std::string id = add_passkey(world, "ada@acme.test", "raw id");
  const auto listed = passkeys.list(ada);
  REQUIRE(listed.response.credentials_size() == 1);
  const pb::WebAuthnCredential& passkey = listed.response.credentials(0);
  CHECK(passkey.id() == id);
  CHECK(passkey.user_id() == ada);
  CHECK(passkey.credential_id() == "raw id");
  CHECK(passkey.attestation_type() == "none");
  CHECK(passkey.authenticator().aaguid() == "d548826e-79b4-db40-a3d8-11116f7e8349");
  CHECK(passkey.authenticator().name() == "Bitwarden");
  CHECK(passkey.authenticator().attachment() == "platform");
  CHECK(passkey.transports(0) == "internal");
  CHECK(passkey.authenticator_flags().user_present());
  CHECK(passkey.authenticator_flags().user_verified());
  CHECK(passkey.authenticator_flags().backup_eligible());
  CHECK(passkey.authenticator_flags().backup_state());
  CHECK(passkey.user_agent().browser() == "Firefox");
  CHECK(passkey.user_agent().os() == "Linux");
  CHECK(passkey.client_info().ip() == "192.0.2.7");
  CHECK_FALSE(passkey.has_display_name());
  const auto& accepted = listed.response.all_accepted_credentials_options();
  CHECK(accepted.user_id() == base64url_encode(ada));
  REQUIRE(accepted.all_accepted_credential_ids_size() == 1);
  CHECK(accepted.all_accepted_credential_ids(0) == base64url_encode("raw id"));
}

TEST_CASE("passkeys: one is renamed and deleted") {
  World world;
  Passkeys passkeys(world);
  const std::string id = add_passkey(world, "ada@acme.test", "raw id");
  const auto renamed = passkeys.rename(id, "Work laptop");
  REQUIRE(renamed.ok());
  CHECK(renamed.response.credential().display_name() == "Work laptop");
  for (const std::string& name : {std::string(), std::string(121, 'n')}) {
    const auto refused = passkeys.rename(id, name);
    CHECK(refused.status == Status::invalid_argument);
    CHECK(refused.fields() == std::vector<std::string>{"display_name"});
  }
  const auto deleted = passkeys.remove(id);
  REQUIRE(deleted.ok());
  CHECK(deleted.response.success());
  CHECK(deleted.response.unknown_credential_options().rp_id() == "localhost");
  CHECK(deleted.response.unknown_credential_options().credential_id() ==
        base64url_encode("raw id"));
  check_not_found(passkeys.remove(id), "credential not found");
  check_not_found(passkeys.rename(id, "gone"), "credential not found");
  CHECK(passkeys.list(world.user("ada@acme.test").text()).response.credentials_size() == 0);
}

TEST_CASE("passkeys: unknown, malformed and foreign ids are refused") {
  World world;
  Passkeys passkeys(world);
  const std::string id = add_passkey(world, "ada@acme.test", "raw id");
  check_not_found(passkeys.list("usr_1"), "user not found");
  check_not_found(passkeys.remove("wac_1"), "credential not found");
  for (const CallStatus& answer :
       std::vector<CallStatus>{passkeys.list(""), passkeys.list("ada"), passkeys.remove(""),
                               passkeys.remove("usr_1"), passkeys.rename("wac_", "x")}) {
    CHECK(answer.status == Status::invalid_argument);
    CHECK(answer.info.error_code() == "INVALID_ARGUMENT");
  }
  Passkeys foreign(world, "Portal");
  check_not_found(foreign.list(world.user("ada@acme.test").text()), "user not found");
  check_not_found(foreign.rename(id, "mine"), "credential not found");
  check_not_found(foreign.remove(id), "credential not found");
  CHECK(passkeys.rename(id, "still here").ok());
}

TEST_CASE("passkeys: a person manages their own, and nobody else's") {
  World world;
  const std::string own = add_passkey(world, "bob@acme.test", "bob's");
  const std::string other = add_passkey(world, "ada@acme.test", "ada's");
  Browser browser(world);
  const Page back = browser.sign_in("Console", "bob@acme.test",
                                    {{"organization_id", world.organization("Acme").text()}});
  Passkeys passkeys(world, Client(world, "Console").exchange(back));
  const auto listed = passkeys.list("");
  REQUIRE(listed.ok());
  REQUIRE(listed.response.credentials_size() == 1);
  CHECK(listed.response.credentials(0).id() == own);
  check_not_found(passkeys.list(world.user("ada@acme.test").text()), "user not found");
  check_not_found(passkeys.rename(other, "mine"), "credential not found");
  check_not_found(passkeys.remove(other), "credential not found");
  CHECK(passkeys.rename(own, "phone").ok());
  CHECK(passkeys.remove(own).ok());
}

TEST_CASE("passkeys: anybody may read which origins share them") {
  World world;
  auto anonymous = ApiClient::with_token(world, std::string(development_url), "");
  const auto answer = anonymous.rest(http::Method::get, "/.well-known/webauthn");
  REQUIRE(answer.status == 200);
  CHECK(answer.body == R"({"origins":["http://localhost:8080"]})");
}

}  // namespace gatehouse::world
