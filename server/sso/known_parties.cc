#include "server/sso/known_parties.h"

#include "server/sso/addresses.h"

namespace gatehouse::sso {
namespace {

constexpr std::size_t kept_max = 10'000;

std::string all_of(const environments::Environment& environment,
                   const connections::Connection& connection) {
  std::string text = environment.base_url + "\n";
  text.append(connections::provider_names.name(connection.provider)).append("\n");
  for (const auto& [ours, theirs] : connection.attribute_mapping) {
    text.append(ours).append("\n").append(theirs).append("\n");
  }
  return text + connections::configuration_to_json(connection.configuration);
}

}  // namespace

Result<KnownParties::Parties, Failure> KnownParties::get(
    const environments::Environment& environment, const connections::Connection& connection) {
  std::string made_of = all_of(environment, connection);
  {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(connection.id);
    if (found != kept_.end() && found->second.made_of == made_of) return found->second.parties;
  }
  auto parties = saml::saml_parties(connection, connection_urls(environment, connection));
  if (!parties.ok()) return parties.error();
  auto made = std::make_shared<const saml::SamlParties>(std::move(parties).value());
  const std::lock_guard lock(mutex_);
  if (kept_.size() >= kept_max) kept_.clear();
  kept_.insert_or_assign(connection.id, Kept{std::move(made_of), made});
  return made;
}

}  // namespace gatehouse::sso
