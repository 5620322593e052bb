// What both users of libcurl share: its global state, one transfer's handle, and lists of strings.

#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "server/core/ensure.h"
#include "server/core/time.h"

namespace gatehouse::net {

// Keeps libcurl's global state alive; counted by libcurl, so each client has one of its own.
class CurlLibrary {
 public:
  CurlLibrary() { ENSURE(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); }
  ~CurlLibrary() { curl_global_cleanup(); }
  CurlLibrary(const CurlLibrary&) = delete;
  CurlLibrary& operator=(const CurlLibrary&) = delete;
};

// One transfer. Options go through set(), whose failure is a bug: a libcurl without what we need.
class CurlTransfer {
 public:
  CurlTransfer() : handle_(curl_easy_init(), &curl_easy_cleanup) { ENSURE(handle_ != nullptr); }

  template <class Value>
  void set(CURLoption option, Value value) {
    ENSURE(curl_easy_setopt(handle_.get(), option, value) == CURLE_OK);
  }
  [[nodiscard]] CURLcode perform() { return curl_easy_perform(handle_.get()); }
  [[nodiscard]] long response_code() {
    long code = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &code);
    return code;
  }

 private:
  std::unique_ptr<CURL, void (*)(CURL*)> handle_;
};

class CurlList {
 public:
  void add(const std::string& line) {
    curl_slist* longer = curl_slist_append(list_.get(), line.c_str());
    ENSURE(longer != nullptr);
    static_cast<void>(list_.release());
    list_.reset(longer);
  }
  [[nodiscard]] curl_slist* get() const { return list_.get(); }

 private:
  struct Free {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  std::unique_ptr<curl_slist, Free> list_;
};

class CurlUrl {
 public:
  CurlUrl() : handle_(curl_url(), &curl_url_cleanup) { ENSURE(handle_ != nullptr); }
  [[nodiscard]] bool set(CURLUPart part, const std::string& value) {
    return curl_url_set(handle_.get(), part, value.c_str(), 0) == CURLUE_OK;
  }
  // The part's text; empty if the URL does not have it.
  [[nodiscard]] std::string get(CURLUPart part) const {
    char* text = nullptr;
    if (curl_url_get(handle_.get(), part, &text, 0) != CURLUE_OK) return {};
    const std::unique_ptr<char, void (*)(void*)> owned(text, &curl_free);
    return text;
  }

 private:
  std::unique_ptr<CURLU, void (*)(CURLU*)> handle_;
};

// Whole milliseconds from now to `deadline`; zero or less when it has passed.
[[nodiscard]] inline long milliseconds_left(Deadline deadline) {
  const auto left = deadline - std::chrono::steady_clock::now();
  return static_cast<long>(std::chrono::duration_cast<milliseconds>(left).count());
}

}  // namespace gatehouse::net
