#include "server/sso/diagnosis_value.h"

#include <algorithm>
#include <array>

#include "server/encoding/utf8.h"

namespace gatehouse::sso {
namespace {

constexpr std::string_view cut_mark = "…";
constexpr std::string_view left_out = "[left out]";
constexpr char32_t replacement = 0xfffd;

// Longer runs of these characters are tokens or encoded documents; fingerprints and ids are
// shorter.
constexpr std::size_t word_bytes_max = 70;
constexpr std::size_t path_bytes_max = 120;

// Parameters of requests and answers whose values somebody could use.
constexpr std::array<std::string_view, 16> secret_parameters = {
    "code",          "state",         "nonce",         "id_token",
    "access_token",  "refresh_token", "client_secret", "password",
    "code_verifier", "token",         "assertion",     "signature",
    "samlresponse",  "samlrequest",   "relaystate",    "client_assertion"};

// C0, DEL, C1, and what turns the direction of text around.
bool is_control(char32_t value) {
  return value < 0x20 || (value >= 0x7f && value < 0xa0) || value == 0x200e || value == 0x200f ||
         (value >= 0x202a && value <= 0x202e) || (value >= 0x2066 && value <= 0x2069);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}

bool is_word(char c) { return is_alphanumeric(c) || c == '+' || c == '=' || c == '_' || c == '-'; }
bool is_path(char c) { return is_word(c) || c == '/'; }
bool is_jwt(char c) { return is_word(c) || c == '.'; }
// Of the part before the "@"; bytes of other scripts too.
bool is_local(char c) {
  return is_alphanumeric(c) || std::string_view("._%+-'#").find(c) != std::string_view::npos ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

std::string without_xml(const std::string& text) {
  const bool is_xml = text.find("</") != std::string::npos ||
                      text.find("<?") != std::string::npos || text.find("/>") != std::string::npos;
  if (!is_xml) return text;
  return text.substr(0, text.find('<')) + std::string(left_out);
}

// Where the value begins if a parameter of a secret stands at `at`: "code=…", "\"code\":\"…".
std::size_t secret_begin(std::string_view text, std::size_t at) {
  if (at > 0 && (is_alphanumeric(text[at - 1]) || text[at - 1] == '_')) return std::string::npos;
  std::size_t end = at;
  while (end < text.size() && (is_alphanumeric(text[end]) || text[end] == '_')) ++end;
  std::string name(text.substr(at, end - at));
  std::transform(name.begin(), name.end(), name.begin(), lower);
  const bool is_secret = std::find(secret_parameters.begin(), secret_parameters.end(), name) !=
                         secret_parameters.end();
  if (!is_secret) return std::string::npos;
  if (text.substr(end).starts_with('=')) return end + 1;
  for (const std::string_view colon : {"\":\"", "\": \""}) {
    if (text.substr(end).starts_with(colon)) return end + colon.size();
  }
  return std::string::npos;
}

std::string without_secrets(std::string_view text) {
  constexpr std::string_view ends = "& \"',;}";
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = secret_begin(text, at);
    if (begin == std::string::npos) {
      out.push_back(text[at++]);
      continue;
    }
    out.append(text.substr(at, begin - at));
    const std::size_t end = std::min(text.find_first_of(ends, begin), text.size());
    if (end > begin) out.append(cut_mark);
    at = end;
  }
  return out;
}

std::size_t run_length(std::string_view text, bool (*belongs)(char)) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), belongs) -
                                  text.begin());
}

std::string without_tokens(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t length = 0;
    const std::size_t jwt = text.starts_with("eyJ") ? run_length(text, is_jwt) : 0;
    const std::size_t word = run_length(text, is_word);
    const std::size_t path = run_length(text, is_path);
    if (jwt > 20) length = jwt;
    if (word > word_bytes_max) length = std::max(length, word);
    if (path > path_bytes_max) length = std::max(length, path);
    if (length > 0) {
      out.append(left_out);
      text.remove_prefix(length);
      continue;
    }
    // A run is judged as a whole, at its beginning.
    const std::size_t passed = std::max<std::size_t>(word, 1);
    out.append(text.substr(0, passed));
    text.remove_prefix(passed);
  }
  return out;
}

// "ada@example.com" to "…@example.com"; "%40" is an "@" too.
std::string without_local_parts(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const bool is_encoded = text.substr(at).starts_with("%40");
    if (text[at] != '@' && !is_encoded) {
      out.push_back(text[at++]);
      continue;
    }
    const std::size_t width = is_encoded ? 3 : 1;
    std::size_t begin = out.size();
    if (begin > 1 && out[begin - 1] == '"') {
      const std::size_t opened = out.rfind('"', begin - 2);
      if (opened != std::string::npos) begin = opened;
    } else {
      while (begin > 0 && is_local(out[begin - 1])) --begin;
    }
    const bool is_address =
        begin < out.size() && at + width < text.size() && is_local(text[at + width]);
    if (is_address) out.replace(begin, std::string::npos, cut_mark);
    out.append(text.substr(at, width));
    at += width;
  }
  return out;
}

}  // namespace

std::string clean_value(std::string_view text) {
  std::string out;
  std::size_t kept = 0;  // how much of `out` stays if it has to be cut
  while (!text.empty()) {
    const auto point = first_code_point(text);
    const bool is_blank = text.front() == '\n' || text.front() == '\r' || text.front() == '\t';
    if (!point.has_value()) {
      append_utf8(out, replacement);
    } else if (is_blank) {
      if (!out.empty() && out.back() != ' ') out.push_back(' ');
    } else if (!is_control(point->value)) {
      out.append(text.substr(0, point->bytes));
    }
    if (out.size() > shown_value_bytes_max) return out.substr(0, kept) + std::string(cut_mark);
    if (out.size() + cut_mark.size() <= shown_value_bytes_max) kept = out.size();
    text.remove_prefix(point.has_value() ? point->bytes : 1);
  }
  return out;
}

std::string redact_value(std::string_view text) {
  const std::string without = without_secrets(without_xml(clean_value(text)));
  return clean_value(without_local_parts(without_tokens(without)));
}

}  // namespace gatehouse::sso
