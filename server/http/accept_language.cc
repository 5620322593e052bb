#include "server/http/accept_language.h"

#include <algorithm>
#include <optional>

#include "server/core/ensure.h"

namespace gatehouse::http {

namespace {

// How many ranges are looked at: nobody speaks more, and the header is the sender's.
constexpr int ranges_max = 32;

// The weight in thousandths; 0 for one that is malformed, which means "not this one".
int parse_weight(std::string_view parameters) {
  parameters = trim_blanks(parameters);
  if (parameters.empty()) return 1000;
  if (!parameters.starts_with("q=") && !parameters.starts_with("Q=")) return 0;
  std::string_view text = parameters.substr(2);
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
  if (text.size() > 1 && text[1] != '.') return 0;
  int weight = (text[0] - '0') * 1000;
  int place = 100;
  for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (c < '0' || c > '9') return 0;
    weight += (c - '0') * place;
    place /= 10;
  }
  return weight > 1000 ? 0 : weight;
}

bool begins_tag(std::string_view prefix, std::string_view tag) {
  return tag.size() > prefix.size() && tag[prefix.size()] == '-' &&
         equal_ignoring_case(tag.substr(0, prefix.size()), prefix);
}

std::optional<std::string_view> find_language(std::string_view range,
                                              std::span<const std::string_view> supported) {
  for (const std::string_view tag : supported) {
    if (equal_ignoring_case(tag, range)) return tag;
  }
  for (const std::string_view tag : supported) {
    if (begins_tag(range, tag)) return tag;
  }
  for (const std::string_view tag : supported) {
    if (begins_tag(tag, range)) return tag;
  }
  return std::nullopt;
}

}  // namespace

std::string best_language(const Request& request, std::span<const std::string_view> supported) {
  ENSURE(!supported.empty());
  std::string_view best = supported.front();
  int best_weight = 0;
  std::string_view rest = request.headers.get("Accept-Language").value_or("");
  for (int i = 0; i < ranges_max && !rest.empty(); ++i) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view item = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    const int weight = parse_weight(item.substr(std::min(semicolon + 1, item.size())));
    const auto language = find_language(trim_blanks(item.substr(0, semicolon)), supported);
    if (language && weight > best_weight) {
      best = *language;
      best_weight = weight;
    }
  }
  return std::string(best);
}

}  // namespace gatehouse::http
