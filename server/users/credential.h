// Credentials: the passkeys of a person, as records of what their authenticators registered. We
// hold public keys only. [WebAuthn §4, §6.5]

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::users {

inline constexpr std::size_t credential_id_bytes_max = 1023;  // [WebAuthn §4, credential id]
inline constexpr std::size_t public_key_bytes_max = 4096;
inline constexpr std::size_t aaguid_bytes = 16;
inline constexpr std::size_t credentials_per_user_max = 50;
inline constexpr std::size_t credential_name_characters_max = 120;

enum class Attachment { unknown, platform, cross_platform };

// What the authenticator said of itself when it registered, and of the key since.
struct Authenticator {
  std::string aaguid = std::string(aaguid_bytes, '\0');  // its model; zeroes if it does not say
  Attachment attachment = Attachment::unknown;
  std::string attestation_type = "none";
  std::vector<std::string> transports = {};  // "internal", "usb", …
  bool user_verified = false;
  bool backup_eligible = false;  // the key can be on several devices
  bool backup_state = false;     // and is
};

struct Credential {
  CredentialId id;
  UserId user;
  std::string credential_id;  // the authenticator's own id of the key: bytes
  std::string public_key;     // COSE_Key
  std::uint32_t sign_count = 0;
  Authenticator authenticator;
  std::string display_name;    // as the person calls it; "" until they do
  std::string client_address;  // of the browser that registered it
  std::string user_agent;      // the same
  Instant created_at;
  Instant updated_at;
  std::optional<Instant> last_used_at;
};

struct NewCredential {
  UserId user;
  std::string credential_id;
  std::string public_key;
  std::uint32_t sign_count = 0;
  Authenticator authenticator = {};
};

// Stores a credential whose registration was verified; audited. Client address and user agent come
// from the context. Errors: invalid_argument (empty or oversized parts, unknown transports),
// not_found (the user), already_exists (the credential id, whoever has it), resource_exhausted (the
// person has credentials_per_user_max).
Result<Credential, Error> insert_credential(storage::Transaction& transaction,
                                            EnvironmentId environment, const Context& context,
                                            Random& random, const NewCredential& wanted);

// Audited. Errors: invalid_argument (1 to 120 visible characters), not_found.
Result<Credential, Error> rename_credential(storage::Transaction& transaction,
                                            EnvironmentId environment, const Context& context,
                                            Random& random, CredentialId credential,
                                            std::string_view display_name);

// The key opens nothing any more. Returns what was deleted; audited. Errors: not_found.
Result<Credential, Error> delete_credential(storage::Transaction& transaction,
                                            EnvironmentId environment, const Context& context,
                                            Random& random, CredentialId credential);

// Store.
Result<std::optional<Credential>, Error> find_credential(storage::Transaction& transaction,
                                                         EnvironmentId environment,
                                                         CredentialId credential);
// Newest first, all of them: at most credentials_per_user_max. Errors: not_found (the user).
Result<std::vector<Credential>, Error> list_credentials(storage::Transaction& transaction,
                                                        EnvironmentId environment, UserId user);

// What authenticators know a person by [WebAuthn §5.4.3]: opaque to them, and no personal data.
[[nodiscard]] std::string user_handle(UserId user);
// "08987058-cadc-4b81-b6e1-30de50dcbe96". ENSUREs 16 bytes.
[[nodiscard]] std::string aaguid_text(std::string_view aaguid);
// What the model is called; "" if we do not know it.
[[nodiscard]] std::string_view authenticator_name(std::string_view aaguid);
[[nodiscard]] std::string_view attachment_name(Attachment attachment);

}  // namespace gatehouse::users
