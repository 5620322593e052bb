#include "server/applications/catalog.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "server/applications/machine_client.h"
#include "server/encoding/uri.h"

namespace gatehouse::applications {
namespace {

using Loaded = std::shared_ptr<const CatalogSnapshot>;

// Everything, as of one moment; null if `known_version` is still the version.
Result<Loaded, Error> load(storage::Transaction& transaction, std::int64_t known_version) {
  const std::int64_t version = TRY(environments::configuration_version(transaction));
  if (version == known_version) return Loaded();
  std::vector<std::shared_ptr<const CatalogEntry>> entries;
  auto all = TRY(environments::list_environments(transaction));
  for (environments::Environment& environment : all) {
    auto its_applications = TRY(list_applications(transaction, environment.id));
    const Duration longest = TRY(longest_machine_token(transaction, environment.id));
    CatalogEntry entry = make_entry(std::move(environment), std::move(its_applications));
    entry.longest_machine_token = longest;
    entries.push_back(std::make_shared<const CatalogEntry>(std::move(entry)));
  }
  return Loaded(
      std::make_shared<const CatalogSnapshot>(make_snapshot(version, std::move(entries))));
}

// The other names that an environment goes by: with its scheme's own port written out, as some
// clients do [RFC 9110 §4.2.3], and on localhost, in development, the loopback addresses.
std::vector<std::string> other_authorities(const environments::Environment& environment) {
  constexpr std::string_view localhost = "localhost";
  const std::string authority = environment.authority();
  const bool has_port = authority.find(':', authority.find(']') + 1) != std::string::npos;
  const std::string usual_port = environment.is_https() ? ":443" : ":80";
  std::vector<std::string> others;
  if (!has_port) others.push_back(authority + usual_port);
  if (!environment.is_development() || !authority.starts_with(localhost)) return others;
  const std::string port = authority.substr(localhost.size());
  if (!port.empty() && port.front() != ':') return others;
  for (const std::string_view address : {"127.0.0.1", "[::1]"}) {
    others.push_back(std::string(address) + port);
    if (!has_port) others.push_back(std::string(address) + usual_port);
  }
  return others;
}

void note_callback(CatalogEntry& entry, RedirectUri uri) {
  if (uri.has_wildcard()) {
    entry.wildcard_callbacks.push_back(std::move(uri));
  } else if (auto origin = origin_of(uri.text()); origin.has_value()) {
    entry.callback_origins.push_back(std::move(*origin));
  }
}

}  // namespace

CatalogEntry make_entry(environments::Environment environment,
                        std::vector<Application> applications) {
  CatalogEntry entry{.environment = std::move(environment),
                     .by_client_id = {},
                     .client_ids = {},
                     .custom_claims = {},
                     .longest_machine_token = {},
                     .callback_origins = {},
                     .wildcard_callbacks = {}};
  entry.custom_claims = claims::ClaimSet(entry.environment.settings.custom_claims);
  for (Application& application : applications) {
    const RedirectRules rules = redirect_rules(entry.environment.kind, application.type);
    for (const std::string& text : application.callback_uris) {
      auto uri = RedirectUri::parse(text, rules);
      if (uri.ok()) note_callback(entry, std::move(uri).value());
    }
    entry.client_ids.emplace(application.id, application.client_id);
    std::string client_id = application.client_id;
    entry.by_client_id.emplace(std::move(client_id), std::move(application));
  }
  auto& origins = entry.callback_origins;
  std::sort(origins.begin(), origins.end());
  origins.erase(std::unique(origins.begin(), origins.end()), origins.end());
  return entry;
}

const Application* CatalogEntry::find(std::string_view client_id) const {
  const auto found = by_client_id.find(client_id);
  return found == by_client_id.end() ? nullptr : &found->second;
}

const Application* CatalogEntry::find(ApplicationId id) const {
  const auto found = client_ids.find(id);
  return found == client_ids.end() ? nullptr : find(found->second);
}

bool CatalogEntry::allows_origin(std::string_view origin) const {
  if (std::binary_search(callback_origins.begin(), callback_origins.end(), origin)) return true;
  return std::any_of(
      wildcard_callbacks.begin(), wildcard_callbacks.end(),
      [origin](const RedirectUri& uri) { return redirect_origin_matches(uri, origin); });
}

CatalogSnapshot make_snapshot(std::int64_t version,
                              std::vector<std::shared_ptr<const CatalogEntry>> entries) {
  CatalogSnapshot snapshot;
  snapshot.version = version;
  snapshot.entries = std::move(entries);
  for (std::size_t i = 0; i < snapshot.entries.size(); ++i) {
    const environments::Environment& environment = snapshot.entries[i]->environment;
    snapshot.authorities.emplace(environment.authority(), i);
    snapshot.ids.emplace(environment.id, i);
  }
  // A name of one's own goes before another's second name.
  for (std::size_t i = 0; i < snapshot.entries.size(); ++i) {
    for (std::string& authority : other_authorities(snapshot.entries[i]->environment)) {
      snapshot.authorities.emplace(std::move(authority), i);
    }
  }
  return snapshot;
}

std::shared_ptr<const CatalogEntry> CatalogSnapshot::by_authority(
    std::string_view authority) const {
  const auto found = authorities.find(authority);
  return found == authorities.end() ? nullptr : entries[found->second];
}

std::shared_ptr<const CatalogEntry> CatalogSnapshot::by_id(EnvironmentId id) const {
  const auto found = ids.find(id);
  return found == ids.end() ? nullptr : entries[found->second];
}

struct Catalog::State {
  explicit State(storage::Database& database_to_use)
      : database(database_to_use), snapshot(std::make_shared<const CatalogSnapshot>()) {}

  storage::Database& database;
  mutable std::mutex mutex;  // held for the copy of a pointer, never while reading
  Loaded snapshot;           // under `mutex`, as are the two below
  std::uint64_t begun = 0;   // how many refreshes began, and which of them was published last
  std::uint64_t published = 0;
};

Catalog::Catalog(storage::Database& database) : state_(std::make_unique<State>(database)) {}
Catalog::~Catalog() = default;

std::shared_ptr<const CatalogSnapshot> Catalog::current() const {
  const std::lock_guard lock(state_->mutex);
  return state_->snapshot;
}

Result<bool, Error> Catalog::refresh(const Context& context) {
  std::uint64_t ticket = 0;
  std::int64_t known_version = 0;
  {
    const std::lock_guard lock(state_->mutex);
    ticket = ++state_->begun;
    known_version = state_->snapshot->version;
  }
  Loaded loaded =
      TRY(storage::read(state_->database, context, [&](storage::Transaction& transaction) {
        return load(transaction, known_version);
      }));
  if (loaded == nullptr) return false;
  const std::lock_guard lock(state_->mutex);
  if (ticket < state_->published) return false;
  state_->published = ticket;
  state_->snapshot.swap(loaded);
  return true;
}

}  // namespace gatehouse::applications
