// The API's documents for people and tools: /api/openapi.json, /api/docs and a page a service.

#pragma once

#include <memory>
#include <vector>

#include "server/api/methods.h"
#include "server/http/route.h"
#include "server/pages/layout.h"

namespace gatehouse::api {

// What the routes need; all of it outlives them.
struct ReferenceDeps {
  const Contract& contract;
  const Methods& methods;
  const applications::Catalog& catalog;
  const pages::Pages& pages;
};
[[nodiscard]] std::vector<http::Route> reference_routes(const ReferenceDeps& deps);

// docs/api/methods.md: every method with its paths, and those that are not implemented.
[[nodiscard]] std::string methods_document(const Contract& contract, const Methods& methods);

}  // namespace gatehouse::api
