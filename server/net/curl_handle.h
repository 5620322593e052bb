// What both users of libcurl share: one transfer's handle, lists of strings, and URLs. All of it is
// for code behind a successful find_curl().

#pragma once

#include <memory>
#include <string>

#include "server/core/ensure.h"
#include "server/core/time.h"
#include "server/net/curl_library.h"

namespace gatehouse::net {

// One transfer. Options go through set(), whose failure is a bug: a libcurl without what we need.
class CurlTransfer {
 public:
  CurlTransfer() : handle_(curl().easy_init(), curl().easy_cleanup) { ENSURE(handle_ != nullptr); }

  template <class Value>
  void set(CURLoption option, Value value) {
    ENSURE(curl().easy_setopt(handle_.get(), option, value) == CURLE_OK);
  }
  [[nodiscard]] CURLcode perform() { return curl().easy_perform(handle_.get()); }
  [[nodiscard]] long response_code() {
    long code = 0;
    curl().easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &code);
    return code;
  }

 private:
  std::unique_ptr<CURL, void (*)(CURL*)> handle_;
};

class CurlList {
 public:
  void add(const std::string& line) {
    curl_slist* longer = curl().slist_append(list_.get(), line.c_str());
    ENSURE(longer != nullptr);
    static_cast<void>(list_.release());
    list_.reset(longer);
  }
  [[nodiscard]] curl_slist* get() const { return list_.get(); }

 private:
  struct Free {
    void operator()(curl_slist* list) const { curl().slist_free_all(list); }
  };
  std::unique_ptr<curl_slist, Free> list_;
};

class CurlUrl {
 public:
  CurlUrl() : handle_(curl().url(), curl().url_cleanup) { ENSURE(handle_ != nullptr); }
  [[nodiscard]] bool set(CURLUPart part, const std::string& value) {
    return curl().url_set(handle_.get(), part, value.c_str(), 0) == CURLUE_OK;
  }
  // The part's text; empty if the URL does not have it.
  [[nodiscard]] std::string get(CURLUPart part) const {
    char* text = nullptr;
    if (curl().url_get(handle_.get(), part, &text, 0) != CURLUE_OK) return {};
    const std::unique_ptr<char, void (*)(void*)> owned(text, curl().free);
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
