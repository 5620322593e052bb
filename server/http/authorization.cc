#include "server/http/authorization.h"

#include <algorithm>
#include <array>
#include <optional>

#include "server/core/limits.h"
#include "server/encoding/base64.h"
#include "server/encoding/form.h"

namespace gatehouse::http {

namespace {

// The credentials after the scheme, of each Authorization header with that scheme.
std::vector<std::string_view> credentials_of(const Request& request, std::string_view scheme) {
  std::vector<std::string_view> found;
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const Headers::Field field = request.headers.at(i);
    if (!equal_ignoring_case(field.name, "authorization")) continue;
    const std::size_t end = std::min(field.value.find(' '), field.value.size());
    if (!equal_ignoring_case(field.value.substr(0, end), scheme)) continue;
    const std::size_t begin = std::min(field.value.find_first_not_of(' ', end), field.value.size());
    found.push_back(field.value.substr(begin));
  }
  return found;
}

constexpr std::array<bool, 256> make_b64token_bytes() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view("-._~+/")) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr std::array<bool, 256> b64token_bytes = make_b64token_bytes();

// b64token [RFC 6750 §2.1].
bool is_token(std::string_view text) {
  if (text.size() > limits::token_bytes_max) return false;
  while (text.ends_with('=')) text.remove_suffix(1);
  const bool* allowed = b64token_bytes.data();
  bool all = !text.empty();
  for (const char c : text) all &= allowed[static_cast<unsigned char>(c)];
  return all;
}

}  // namespace

BasicRead read_basic(const Request& request) {
  const auto headers = credentials_of(request, "Basic");
  if (headers.empty()) return BasicRead{};
  const BasicRead malformed{BasicRead::State::malformed, {}, {}};
  if (headers.size() > 1) return malformed;
  auto decoded = base64_decode(headers.front());
  if (!decoded) return malformed;
  const Secret pair(std::move(*decoded));  // wiped when it goes
  const std::size_t colon = pair.reveal().find(':');
  if (colon == std::string_view::npos) return malformed;
  auto client_id = decode_form_text(pair.reveal().substr(0, colon));
  auto client_secret = decode_form_text(pair.reveal().substr(colon + 1));
  if (!client_id || !client_secret || client_id->empty()) return malformed;
  return BasicRead{BasicRead::State::found, std::move(*client_id),
                   Secret(std::move(*client_secret))};
}

BearerRead read_bearer(const Request& request) {
  BearerRead read;
  for (const std::string_view text : credentials_of(request, "Bearer")) {
    if (is_token(text)) {
      read.tokens.emplace_back(std::string(text));
    } else {
      read.is_malformed = true;
    }
  }
  return read;
}

}  // namespace gatehouse::http
