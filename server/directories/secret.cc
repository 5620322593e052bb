// Directory secrets: bearer tokens [RFC 6750] of 256 random bits, by which a provider shows that it
// may write. Being random they need no slow hash: SHA-256 is what is stored.

#include "server/crypto/hash.h"
#include "server/directories/directory_act.h"
#include "server/directories/directory_store.h"
#include "server/encoding/base64.h"

namespace gatehouse::directories {
namespace {

using storage::Transaction;

constexpr std::string_view secret_prefix = "scim_";
constexpr std::size_t secret_random_bytes = 32;
constexpr std::size_t suffix_bytes = 4;

Result<IssuedSecret, Error> issue(Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random,
                                  const Directory& directory) {
  const Secret noise(random_bytes(random, secret_random_bytes));
  std::string text(secret_prefix);
  append_base64url(text, noise.reveal());
  Secret plain(std::move(text));
  const std::string_view shown = plain.reveal();
  DirectorySecret secret{.id = DirectorySecretId::make(random, context.now),
                         .directory = directory.id,
                         .suffix = std::string(shown.substr(shown.size() - suffix_bytes)),
                         .created_at = context.now,
                         .last_used_at = std::nullopt};
  if (!TRY(insert_secret(transaction, environment, secret, crypto::sha256(shown)))) {
    return refusal(ErrorCode::resource_exhausted, "a directory has at most " +
                                                      std::to_string(directory_secrets_max) +
                                                      " secrets: regenerate to replace them");
  }
  TRY(audit::record(transaction, environment, context, random,
                    {.event = audit::Event::directory_secret_created,
                     .subject_type = "directory_secret",
                     .subject_id = secret.id.text(),
                     .organization = directory.organization,
                     .detail = directory.id.text()}));
  return IssuedSecret{.record = std::move(secret), .plain = std::move(plain)};
}

}  // namespace

Result<IssuedSecret, Error> create_secret(Transaction& transaction, EnvironmentId environment,
                                          OrgId organization, const Context& context,
                                          Random& random, DirectoryId id) {
  const Directory directory = TRY(find_bare(transaction, environment, organization, id));
  return issue(transaction, environment, context, random, directory);
}

Result<IssuedSecret, Error> regenerate_secret(Transaction& transaction, EnvironmentId environment,
                                              OrgId organization, const Context& context,
                                              Random& random, DirectoryId id) {
  const Directory directory = TRY(find_bare(transaction, environment, organization, id));
  TRY(remove_secrets(transaction, environment, id));
  return issue(transaction, environment, context, random, directory);
}

}  // namespace gatehouse::directories
