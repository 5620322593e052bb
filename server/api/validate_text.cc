#include "server/api/validate_text.h"

#include <algorithm>

#include "server/core/ensure.h"
#include "server/encoding/uri.h"
#include "server/users/email.h"

namespace gatehouse::api {
namespace {

std::uint64_t count_characters(std::string_view text) {
  const auto is_first = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; };
  return static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), is_first));
}

bool is_uri(std::string_view text) { return parse_uri(text).has_value(); }

std::string characters(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " character" : " characters");
}

}  // namespace

TextRules::TextRules(const buf::validate::StringRules& rules) : rules_(rules) {
  if (!rules.has_pattern()) return;
  RE2::Options options;
  options.set_log_errors(false);
  pattern_ = std::make_unique<const RE2>(rules.pattern(), options);
  ENSURE(pattern_->ok());
}

std::optional<TextRules::Broken> TextRules::check(std::string_view text) const {
  const std::uint64_t length = count_characters(text);
  if (rules_.has_min_len() && length < rules_.min_len()) {
    if (length == 0) return Broken{"must not be empty", "min_len"};
    return Broken{"must have at least " + characters(rules_.min_len()), "min_len"};
  }
  if (rules_.has_max_len() && length > rules_.max_len()) {
    return Broken{"must have at most " + characters(rules_.max_len()), "max_len"};
  }
  if (rules_.has_prefix() && !text.starts_with(rules_.prefix())) {
    return Broken{"must begin with " + rules_.prefix(), "prefix"};
  }
  if (pattern_ != nullptr &&
      !RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *pattern_)) {
    return Broken{"must match " + rules_.pattern(), "pattern"};
  }
  if (rules_.in_size() > 0 &&
      std::find(rules_.in().begin(), rules_.in().end(), text) == rules_.in().end()) {
    return Broken{"is not one of the values that are possible here", "in"};
  }
  if (rules_.email() && !users::Email::parse(text).has_value()) {
    return Broken{"must be an e-mail address", "email"};
  }
  if (rules_.uri() && !is_uri(text)) return Broken{"must be an absolute URI", "uri"};
  return std::nullopt;
}

}  // namespace gatehouse::api
