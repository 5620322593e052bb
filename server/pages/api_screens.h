// The reference of the management API: one page that lists its services, one for each of them.

#pragma once

#include <string>
#include <vector>

#include "server/pages/layout.h"

namespace gatehouse::pages {

struct ApiIndex {
  struct Service {
    std::string name, url, about;
    std::vector<std::string> methods = {};
  };
  std::string openapi_url;
  std::vector<Service> services;
  // Full names of methods that answer UNIMPLEMENTED.
  std::vector<std::string> unimplemented;
};
[[nodiscard]] Screen screen(const ApiIndex& page);

struct ApiService {
  struct Field {
    std::string name, type, about = {}, rules = {};
    enum class Presence { optional, required } presence = Presence::optional;
  };
  struct Binding {
    std::string verb, path;
  };
  struct Method {
    std::string name, summary, about, rpc_path;
    std::vector<Binding> bindings = {};
    std::vector<Field> request = {}, response = {};
    enum class State { offered, deprecated } state = State::offered;
  };
  std::string name, about, index_url;
  std::vector<Method> methods;
};
[[nodiscard]] Screen screen(const ApiService& page);

}  // namespace gatehouse::pages
