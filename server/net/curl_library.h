// libcurl, loaded when the first call or letter goes out. It brings some twenty libraries with it,
// a fifth of an idle server's memory and of its start, and many servers call nobody for long.

#pragma once

#include <curl/curl.h>

namespace gatehouse::net {

// The functions that we use, under their names without `curl_`, as curl.h declares them.
struct Curl {
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_perform) easy_perform;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
  decltype(&::curl_url) url;
  decltype(&::curl_url_cleanup) url_cleanup;
  decltype(&::curl_url_set) url_set;
  decltype(&::curl_url_get) url_get;
  decltype(&::curl_free) free;
};

// Loads and starts libcurl at the first call, from any thread; it stays until the process ends.
// nullptr if this machine does not have it.
[[nodiscard]] const Curl* find_curl();
inline constexpr const char* curl_is_missing = "this machine has no libcurl.so.4";
// For code that stands behind a successful find_curl(): ENSUREs that there is one.
[[nodiscard]] const Curl& curl();

}  // namespace gatehouse::net
