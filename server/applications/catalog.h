// Catalog: all environments with their applications, held in memory as an immutable snapshot, so
// that the hot paths find issuer, client and settings without a query. A snapshot is replaced as a
// whole when the configuration version has moved: at once by this process's own changes, within a
// second by those of others (another node, `gatehouse admin` in a shell).

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/applications/application.h"
#include "server/claims/claim_set.h"

namespace gatehouse::applications {

// For maps that are asked with a std::string_view.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};
template <class Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

struct CatalogEntry {
  environments::Environment environment;
  TextMap<Application> by_client_id;
  std::unordered_map<ApplicationId, std::string> client_ids;
  claims::ClaimSet custom_claims;  // of the environment's settings, read once
  // Of the clients that are not in here, see machine_client.h.
  Duration longest_machine_token{};

  [[nodiscard]] const Application* find(std::string_view client_id) const;
  [[nodiscard]] const Application* find(ApplicationId id) const;
  // The CORS allow-list: the origins (scheme://host[:port]) of all callback URIs, sorted, and the
  // callback URIs with a wildcard, which have no one origin.
  std::vector<std::string> callback_origins;
  std::vector<RedirectUri> wildcard_callbacks;
  [[nodiscard]] bool allows_origin(std::string_view origin) const;
};
[[nodiscard]] CatalogEntry make_entry(environments::Environment environment,
                                      std::vector<Application> applications);

struct CatalogSnapshot {
  std::int64_t version = 0;
  std::vector<std::shared_ptr<const CatalogEntry>> entries;

  // By the request's authority (host[:port], lower case), the scheme's own port written or not. A
  // development environment on localhost also answers to 127.0.0.1 and [::1] on the same port.
  [[nodiscard]] std::shared_ptr<const CatalogEntry> by_authority(std::string_view authority) const;
  [[nodiscard]] std::shared_ptr<const CatalogEntry> by_id(EnvironmentId id) const;

  // Positions in `entries`.
  TextMap<std::size_t> authorities;
  std::unordered_map<EnvironmentId, std::size_t> ids;
};
// With every map filled in.
[[nodiscard]] CatalogSnapshot make_snapshot(
    std::int64_t version, std::vector<std::shared_ptr<const CatalogEntry>> entries);

class Catalog {
 public:
  explicit Catalog(storage::Database& database);
  ~Catalog();

  // Never null; empty before the first refresh.
  [[nodiscard]] std::shared_ptr<const CatalogSnapshot> current() const;
  // Reads the configuration version and, if it moved, everything; on an error the old snapshot
  // stays. A snapshot never gives way to one whose reading began earlier. Called at start, by a job
  // twice a second, and after this process's own changes. Returns whether the snapshot was
  // replaced.
  Result<bool, Error> refresh(const Context& context);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::applications
