#include "server/net/curl_library.h"

#include <dlfcn.h>

#include <optional>

#include "server/core/ensure.h"

namespace gatehouse::net {
namespace {

constexpr const char* library_name = "libcurl.so.4";

template <class Function>
void resolve(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
}

std::optional<Curl> load() {
  // Never closed: its threads, handlers and statics may be used until the very end.
  void* library = ::dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::nullopt;
  Curl curl{};
  resolve(library, "curl_global_init", curl.global_init);
  resolve(library, "curl_easy_init", curl.easy_init);
  resolve(library, "curl_easy_cleanup", curl.easy_cleanup);
  resolve(library, "curl_easy_setopt", curl.easy_setopt);
  resolve(library, "curl_easy_perform", curl.easy_perform);
  resolve(library, "curl_easy_getinfo", curl.easy_getinfo);
  resolve(library, "curl_easy_strerror", curl.easy_strerror);
  resolve(library, "curl_slist_append", curl.slist_append);
  resolve(library, "curl_slist_free_all", curl.slist_free_all);
  resolve(library, "curl_url", curl.url);
  resolve(library, "curl_url_cleanup", curl.url_cleanup);
  resolve(library, "curl_url_set", curl.url_set);
  resolve(library, "curl_url_get", curl.url_get);
  resolve(library, "curl_free", curl.free);
  const bool is_whole = curl.global_init && curl.easy_init && curl.easy_cleanup &&
                        curl.easy_setopt && curl.easy_perform && curl.easy_getinfo &&
                        curl.easy_strerror && curl.slist_append && curl.slist_free_all &&
                        curl.url && curl.url_cleanup && curl.url_set && curl.url_get && curl.free;
  if (!is_whole || curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return std::nullopt;
  return curl;
}

}  // namespace

const Curl* find_curl() {
  static const std::optional<Curl> loaded = load();
  return loaded.has_value() ? &*loaded : nullptr;
}

const Curl& curl() {
  const Curl* found = find_curl();
  ENSURE(found != nullptr);
  return *found;
}

}  // namespace gatehouse::net
