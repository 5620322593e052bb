#include "server/sso/provider_keys.h"

#include "server/sso/provider_key_store.h"

namespace gatehouse::sso {
namespace {

using storage::Transaction;

std::string place_of(EnvironmentId environment) {
  return "service_provider_keys.private_key/" + environment.text();
}

Result<xml::KeyPair, Error> open(const crypto::SealingKey& seal, EnvironmentId environment,
                                 const StoredProviderKey& stored) {
  Secret private_key = TRY(seal.open(stored.sealed_private_key, place_of(environment)));
  auto certificates = TRY(crypto::parse_certificates(stored.certificate));
  return xml::KeyPair{std::move(private_key), std::move(certificates.front())};
}

}  // namespace

Result<ProviderKeys::Key, Error> ProviderKeys::find(const Context& context) {
  const EnvironmentId environment = context.environment;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = kept_.find(environment); found != kept_.end()) return found->second;
  }
  const auto stored = TRY(storage::read(database_, context, [&](Transaction& transaction) {
    return find_provider_key(transaction, environment);
  }));
  if (!stored.has_value()) return Key();
  auto key = std::make_shared<const xml::KeyPair>(TRY(open(seal_, environment, *stored)));
  const std::lock_guard lock(mutex_);
  kept_[environment] = key;
  return Key(std::move(key));
}

Result<ProviderKeys::Key, Error> ProviderKeys::get(const Context& context,
                                                   const environments::Environment& environment) {
  auto found = TRY(find(context));
  if (found != nullptr) return found;
  const xml::KeyPair made = TRY(xml::make_key_pair(environment.authority(), context.now));
  const StoredProviderKey row{
      .sealed_private_key = seal_.seal(random_, made.private_key, place_of(environment.id)),
      .certificate = made.certificate.pem()};
  TRY(storage::write(database_, context, [&](Transaction& transaction) {
    return insert_provider_key(transaction, environment.id, row, context.now);
  }));
  found = TRY(find(context));  // ours, or that of somebody faster
  ENSURE(found != nullptr);
  return found;
}

}  // namespace gatehouse::sso
