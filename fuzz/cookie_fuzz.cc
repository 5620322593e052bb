// A Cookie field of any content gives one value, none, or a refusal; a second cookie is never
// missed.

// fuzz-modules: encoding http

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/core/ensure.h"
#include "server/http/cookies.h"

namespace gatehouse::http {
namespace {

void check(std::string_view input) {
  if (!is_field_value(input)) return;
  Request request;
  request.headers.add("Cookie", input);
  const CookieRead read = read_cookie(request, "s");
  using State = CookieRead::State;
  if (read.state == State::found) {
    // It could have been set by us, and what we set for it reads the same.
    Response response;
    set_cookie(response, {.name = "s", .value = read.value});
    const std::string_view field = *response.headers.get("Set-Cookie");
    Request again;
    again.headers.add("Cookie", field.substr(0, field.find(';')));
    ENSURE(read_cookie(again, "s").value == read.value);
  } else {
    ENSURE(read.value.empty());
  }
  request.headers.add("Cookie", "s=x");
  const CookieRead both = read_cookie(request, "s");
  ENSURE((both.state == State::found) == (read.state == State::absent));
  ENSURE(both.value == (read.state == State::absent ? "x" : ""));
}

}  // namespace
}  // namespace gatehouse::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gatehouse::http::check(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
