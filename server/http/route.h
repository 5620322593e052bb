// Route: one line of the route table: which requests go to which handler, where the handler runs,
// how large a body may be, and which guards stand in front of it.

#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/core/context.h"
#include "server/http/message.h"

namespace gatehouse::http {

// The closed list of guards. `page` and `api` also decide which headers every answer gets.
enum class Guard {
  page,          // an HTML page: strict CSP, no-store, no framing, no referrer
  api,           // JSON for programs: no-store, nosniff
  cacheable,     // may be cached: takes no-store back off
  cors,          // readable by the origins of the environment's applications
  same_origin,   // a form of ours: Origin or Sec-Fetch-Site must say so, else 403
  no_prefetch,   // answers prefetches, HEAD and fetch() with 204 and no side effect
  operations,    // health and metrics: no environment, no browser headers
  conversation,  // gRPC streams whose callers wait for an answer to each message
};

// What a handler may take from the path: the segments named in braces, in order.
struct PathParameters {
  std::vector<std::string> values;
};

enum class RunOn {
  inline_,  // on the connection's thread: computes, or reads memory
  read,     // there too, if a read of the database waits for nothing; else as pooled
  pooled,   // on a worker: writes, or does much
  hash,
};

using Handler = std::function<Response(const Context&, const Request&, const PathParameters&)>;

struct Route {
  Method method;  // GET also answers HEAD
  // "/sso/v1/saml/{connection}": a brace segment matches one segment; "/users/{id}:enable" one that
  // ends in ":enable".
  std::string path;
  RunOn run_on;
  std::size_t body_bytes_max;
  std::vector<Guard> guards;
  Handler handler;

  [[nodiscard]] bool has(Guard guard) const;
};

// Finds the route of a request. Built once, read from every thread. One slash at the end of a path
// changes nothing. A literal path wins over one with braces, a verb after a brace over none.
class RouteTable {
 public:
  // ENSUREs that no two routes answer the same method and path, and that each path is well formed.
  explicit RouteTable(std::vector<Route> routes);

  struct Match {
    const Route* route = nullptr;  // null: nothing answers
    std::string allow;             // null route, path known: methods for the Allow header
  };
  [[nodiscard]] Match match(Method method, std::string_view path) const;
  // What the braces of the route stand for in a path that it matched.
  [[nodiscard]] static PathParameters parameters(const Route& route, std::string_view path);
  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

 private:
  struct PathHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view path) const {
      return std::hash<std::string_view>{}(path);
    }
  };
  // The routes of one path: few, so a list of indexes is searched from the front.
  using Indexes = std::vector<std::size_t>;

  [[nodiscard]] const Route* choose(const Indexes& indexes, Method method) const;

  std::vector<Route> routes_;
  std::unordered_map<std::string, Indexes, PathHash, std::equal_to<>> literal_;
  std::map<std::size_t, Indexes> patterns_;  // by their number of segments
};

}  // namespace gatehouse::http
