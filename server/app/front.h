// Front: what stands between the HTTP server and the handlers. For every request: which environment
// (by host), which route, which guards; then the handler; then the headers that every answer of its
// kind gets, the counters and one log line.

#pragma once

#include <string>
#include <vector>

#include "server/applications/catalog.h"
#include "server/core/log.h"
#include "server/http/route.h"
#include "server/http/server/server.h"
#include "server/pages/layout.h"
#include "server/telemetry/metrics.h"

namespace gatehouse::app {

class Front final : public http::server::Application {
 public:
  struct Deps {
    const applications::Catalog& catalog;
    const pages::Pages& pages;
    const Clock& clock;
    Random& random;
    Log& log;
    telemetry::Metrics& metrics;
    // Addresses of our own proxies, whose X-Forwarded-For is believed. Empty: nobody's is.
    std::vector<std::string> trusted_proxies;
    // Where handlers run that only read the database.
    http::server::Run reads = http::server::Run::inline_;
    // Answers calls by RPC of methods that do not exist; nullopt for everything else.
    std::function<std::optional<http::Response>(const Context&, const http::Request&)> unknown_call;
  };
  Front(Deps deps, std::vector<http::Route> routes);

  http::server::Plan plan(const http::Request& head) override;
  http::Response handle(http::Request request, const http::server::Plan& plan) override;
  void refused(int status, const char* reason, const std::string& peer_address) override;

  // The labels of the metrics, in the order of the routes.
  [[nodiscard]] static std::vector<std::string> labels(const std::vector<http::Route>& routes);
  [[nodiscard]] const http::RouteTable& routes() const { return table_; }

 private:
  using Entry = std::shared_ptr<const applications::CatalogEntry>;
  http::Response answer(const Context& context, const Entry& entry, const http::Request& request,
                        const http::Route* route) const;
  http::Response guarded(const Context& context, const applications::CatalogEntry& entry,
                         const http::Request& request, const http::Route& route) const;
  [[nodiscard]] Context make_context(const http::Request& request, const Entry& entry) const;

  Deps deps_;
  http::RouteTable table_;
};

}  // namespace gatehouse::app
