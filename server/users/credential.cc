// The rules of credentials, and what is known of authenticator models.

#include "server/users/credential.h"

#include <algorithm>
#include <array>

#include "server/audit/record.h"
#include "server/core/ensure.h"
#include "server/core/limits.h"
#include "server/encoding/utf8.h"
#include "server/users/credential_store.h"
#include "server/users/user.h"

namespace gatehouse::users {
namespace {

using storage::Transaction;

constexpr std::size_t client_address_bytes_max = 64;
constexpr std::size_t credential_name_bytes_max = 4 * credential_name_characters_max;
constexpr std::array<std::string_view, 6> known_transports{"ble", "hybrid",     "internal",
                                                           "nfc", "smart-card", "usb"};

struct Model {
  std::string_view aaguid;
  std::string_view name;
};
// The password managers and platforms that most passkeys live in.
constexpr std::array models{
    Model{"08987058-cadc-4b81-b6e1-30de50dcbe96", "Windows Hello"},
    Model{"0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6", "Keeper"},
    Model{"50726f74-6f6e-5061-7373-50726f746f6e", "Proton Pass"},
    Model{"531126d6-e717-415c-9320-3d9aa6981239", "Dashlane"},
    Model{"53414d53-554e-4700-0000-000000000000", "Samsung Pass"},
    Model{"6028b017-b1d4-4c02-b4b3-afcdafc96bb2", "Windows Hello"},
    Model{"9ddd1817-af5a-4672-a2b9-3e3dd95000a9", "Windows Hello"},
    Model{"adce0002-35bc-c60a-648b-0b25f1f05503", "Chrome on Mac"},
    Model{"b84e4048-15dc-4dd0-8640-f4f60813c8af", "NordPass"},
    Model{"bada5566-a7aa-401f-bd96-45619a55120d", "1Password"},
    Model{"d548826e-79b4-db40-a3d8-11116f7e8349", "Bitwarden"},
    Model{"ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", "Google Password Manager"},
    Model{"fbfc3007-154e-4ecc-8c0b-6e020557d7bd", "iCloud Keychain"},
    Model{"fdb141b2-5d84-443e-8a35-4698c205a502", "KeePassXC"},
};

Error unknown_credential() {
  return refusal(ErrorCode::not_found, "credential not found", "credential_id");
}

Error refuse(std::string_view what) {
  return {ErrorCode::invalid_argument, "credential: " + std::string(what)};
}

Result<Unit, Error> check(const NewCredential& wanted) {
  if (wanted.credential_id.empty() || wanted.credential_id.size() > credential_id_bytes_max) {
    return refuse("an id of 1 to 1023 bytes");
  }
  if (wanted.public_key.empty() || wanted.public_key.size() > public_key_bytes_max) {
    return refuse("a public key of 1 to 4096 bytes");
  }
  if (wanted.authenticator.aaguid.size() != aaguid_bytes) return refuse("an AAGUID of 16 bytes");
  if (wanted.authenticator.backup_state && !wanted.authenticator.backup_eligible) {
    return refuse("no backup of what cannot be backed up");
  }
  const auto& transports = wanted.authenticator.transports;
  const bool are_known = std::ranges::all_of(transports, [](const std::string& transport) {
    return std::ranges::find(known_transports, transport) != known_transports.end();
  });
  if (!are_known || transports.size() > known_transports.size()) return refuse("transports");
  return Unit{};
}

std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string shown(text.substr(0, bytes_max));
  for (char& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  return shown;
}

Result<Unit, Error> record_act(Transaction& transaction, EnvironmentId environment,
                               const Context& context, Random& random, audit::Event event,
                               const Credential& credential) {
  return audit::record(transaction, environment, context, random,
                       {.event = event,
                        .subject_type = "credential",
                        .subject_id = credential.id.text(),
                        .detail = credential.user.text()});
}

// Why a credential was not stored, asked only after the inserting statement refused.
Error why_not_stored(Transaction& transaction, EnvironmentId environment,
                     const NewCredential& wanted) {
  const auto user = find_user(transaction, environment, wanted.user);
  if (!user.ok()) return user.error();
  if (!user.value().has_value()) return refusal(ErrorCode::not_found, "user not found");
  const auto is_taken = is_credential_id_taken(transaction, environment, wanted.credential_id);
  if (!is_taken.ok()) return is_taken.error();
  if (is_taken.value()) return {ErrorCode::already_exists, "the credential is registered"};
  return refusal(ErrorCode::resource_exhausted, "the user has as many passkeys as they may have");
}

}  // namespace

Result<Credential, Error> insert_credential(Transaction& transaction, EnvironmentId environment,
                                            const Context& context, Random& random,
                                            const NewCredential& wanted) {
  TRY(check(wanted));
  Credential credential{
      .id = CredentialId::make(random, context.now),
      .user = wanted.user,
      .credential_id = wanted.credential_id,
      .public_key = wanted.public_key,
      .sign_count = wanted.sign_count,
      .authenticator = wanted.authenticator,
      .display_name = {},
      .client_address = printable(context.client_address, client_address_bytes_max),
      .user_agent = printable(context.user_agent, limits::user_agent_bytes_max),
      .created_at = context.now,
      .updated_at = context.now,
      .last_used_at = std::nullopt};
  if (!TRY(insert_credential_row(transaction, environment, credential))) {
    return why_not_stored(transaction, environment, wanted);
  }
  TRY(record_act(transaction, environment, context, random, audit::Event::credential_created,
                 credential));
  return credential;
}

Result<Credential, Error> rename_credential(Transaction& transaction, EnvironmentId environment,
                                            const Context& context, Random& random,
                                            CredentialId credential,
                                            std::string_view display_name) {
  const auto name = clean_display_name(display_name, credential_name_bytes_max);
  if (!name.has_value() || count_characters(*name) > credential_name_characters_max) {
    return refusal(ErrorCode::invalid_argument, "display_name has 1 to 120 visible characters",
                   "display_name");
  }
  auto renamed =
      TRY(update_credential_name(transaction, environment, credential, *name, context.now));
  if (!renamed.has_value()) return unknown_credential();
  TRY(record_act(transaction, environment, context, random, audit::Event::credential_updated,
                 *renamed));
  return *std::move(renamed);
}

Result<Credential, Error> delete_credential(Transaction& transaction, EnvironmentId environment,
                                            const Context& context, Random& random,
                                            CredentialId credential) {
  auto deleted = TRY(delete_credential_row(transaction, environment, credential));
  if (!deleted.has_value()) return unknown_credential();
  TRY(record_act(transaction, environment, context, random, audit::Event::credential_deleted,
                 *deleted));
  return *std::move(deleted);
}

std::string user_handle(UserId user) { return user.text(); }

std::string aaguid_text(std::string_view aaguid) {
  ENSURE(aaguid.size() == aaguid_bytes);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < aaguid.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    const auto byte = static_cast<unsigned char>(aaguid[i]);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string_view authenticator_name(std::string_view aaguid) {
  const std::string text = aaguid_text(aaguid);
  const auto* found = std::ranges::find(models, std::string_view(text), &Model::aaguid);
  return found == models.end() ? std::string_view() : found->name;
}

}  // namespace gatehouse::users
