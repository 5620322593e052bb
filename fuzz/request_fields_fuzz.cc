// The fields of a request that we take apart ourselves, all given the same content.

// fuzz-modules: encoding http

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/core/ensure.h"
#include "server/core/limits.h"
#include "server/http/authorization.h"
#include "server/http/csrf.h"
#include "server/http/form_body.h"
#include "server/http/redirect.h"

namespace gatehouse::http {
namespace {

void check_fields(std::string_view input) {
  if (!is_field_value(input)) return;
  Request request;
  for (const char* name : {"Authorization", "Content-Type", "Referer", "Sec-Purpose", "Purpose"}) {
    request.headers.add(name, input);
  }
  const BasicRead basic = read_basic(request);
  ENSURE((basic.state == BasicRead::State::found) == !basic.client_id.empty());
  const BearerRead bearer = read_bearer(request);
  ENSURE(bearer.tokens.size() + (bearer.is_malformed ? 1 : 0) <= 1);
  ENSURE(basic.state == BasicRead::State::absent ||
         (bearer.tokens.empty() && !bearer.is_malformed));
  for (const Secret& token : bearer.tokens) ENSURE(token.size() <= limits::token_bytes_max);

  (void)has_content_type(request, "application/x-www-form-urlencoded");
  (void)is_speculative(request);
  if (is_same_origin(request, "https://auth.test")) {
    ENSURE(input.size() >= 17 && equal_ignoring_case(input.substr(0, 17), "https://auth.test"));
  }
}

void check_targets(std::string_view input) {
  if (is_local_target(input)) (void)see_other(input);  // can stand in a Location
  const std::string url = with_query("https://a.test/cb?x=1", {{"state", std::string(input)}});
  ENSURE(is_field_value(url));
  ENSURE(url.find('#') == std::string::npos && url.find('&') == url.rfind('&'));
}

}  // namespace
}  // namespace gatehouse::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  gatehouse::http::check_fields(input);
  gatehouse::http::check_targets(input);
  return 0;
}
