#include "server/orgs/domain_name.h"

#include <algorithm>
#include <array>

#include "server/orgs/open_domains.h"

namespace gatehouse::orgs {
namespace {

constexpr std::size_t name_bytes_max = 253;  // [RFC 1035 §2.3.4], as text
constexpr std::size_t label_bytes_max = 63;

// Second levels below which countries give out names.
constexpr std::array country_second_levels = std::to_array<std::string_view>(
    {"ac", "co", "com", "edu", "gob", "gov", "gv", "mil", "ne", "net", "nom", "or", "org"});
static_assert(std::ranges::is_sorted(country_second_levels));

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= label_bytes_max && text.front() != '-' &&
         text.back() != '-' &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

}  // namespace

std::optional<DomainName> DomainName::parse(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  const std::size_t last_dot = text.rfind('.');
  if (text.size() > name_bytes_max || last_dot == std::string_view::npos) return std::nullopt;
  std::string name(text);
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  std::string_view rest = name;
  for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    if (!is_label(rest.substr(0, dot))) return std::nullopt;
    rest.remove_prefix(dot + 1);
  }
  // No top-level domain is a number, but the last piece of an IPv4 address is [RFC 3696 §2].
  if (!is_label(rest) || std::ranges::all_of(rest, is_digit)) return std::nullopt;
  return DomainName(std::move(name));
}

bool DomainName::is_open_to_anybody() const {
  std::string_view name = text_;
  const std::size_t dot = name.find('.');
  if (name.size() - dot == 3 && name.find('.', dot + 1) == std::string_view::npos &&
      std::ranges::binary_search(country_second_levels, name.substr(0, dot))) {
    return true;
  }
  while (name.find('.') != std::string_view::npos) {
    if (std::ranges::binary_search(mail_providers, name) ||
        std::ranges::binary_search(disposable_providers, name)) {
      return true;
    }
    name.remove_prefix(name.find('.') + 1);
  }
  return false;
}

}  // namespace gatehouse::orgs
