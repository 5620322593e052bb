#include "server/applications/client_rules.h"

#include <algorithm>

#include "server/applications/stored_lists.h"
#include "server/core/limits.h"
#include "server/encoding/utf8.h"

namespace gatehouse::applications {
namespace {

constexpr std::size_t scopes_max = 100;
constexpr std::size_t audience_max = 20;
constexpr std::size_t audience_bytes_max = 256;
constexpr std::size_t custom_claims_max = 50;
constexpr std::size_t custom_claims_bytes_max = 2048;  // of all, as they stand in a token
constexpr std::size_t claim_key_characters_max = 128;

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
  }));
}

bool is_scope_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
    return letter > 0x20 && letter < 0x7f && letter != '"' && letter != '\\';
  });
}

bool is_printable(std::string_view text) {
  return is_utf8(text) && std::none_of(text.begin(), text.end(), [](char letter) {
           return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
         });
}

}  // namespace

Error invalid(std::string why, std::string field) {
  return refusal(ErrorCode::invalid_argument, std::move(why), std::move(field));
}

bool has_repetition(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return std::adjacent_find(texts.begin(), texts.end()) != texts.end();
}

Result<std::string, Error> checked_text(std::string_view text, const TextRule& rule) {
  if (text.empty() && rule.empty == TextRule::Empty::allowed) return std::string();
  auto cleaned = clean_display_name(text, rule.characters_max * 4);
  if (!cleaned.has_value() || count_characters(*cleaned) > rule.characters_max) {
    const std::string field(rule.field);
    return invalid(field + " must be 1 to " + std::to_string(rule.characters_max) +
                       " characters of plain text",
                   field);
  }
  return std::move(*cleaned);
}

Result<Unit, Error> check_scopes(const std::vector<std::string>& scopes) {
  std::size_t bytes = 0;
  for (const std::string& scope : scopes) {
    if (!is_scope_token(scope)) {
      return invalid("scope \"" + scope + "\" is not a scope token", "scopes");
    }
    bytes += scope.size() + 1;
  }
  if (scopes.size() > scopes_max || bytes > limits::scope_bytes_max) {
    return invalid("too many scopes", "scopes");
  }
  if (has_repetition(scopes)) return invalid("a scope is named twice", "scopes");
  return Unit{};
}

Result<Unit, Error> check_audience(const std::vector<std::string>& audience) {
  for (const std::string& name : audience) {
    if (!is_scope_token(name) || name.size() > audience_bytes_max) {
      return invalid("audience \"" + name + "\" is not 1 to 256 visible ASCII characters",
                     "audience");
    }
  }
  if (audience.size() > audience_max) return invalid("too many audiences", "audience");
  if (has_repetition(audience)) return invalid("an audience is named twice", "audience");
  return Unit{};
}

Result<Unit, Error> check_custom_claims(const std::vector<CustomClaim>& claims) {
  constexpr const char* field = "custom_claims";
  std::vector<std::string> keys;
  for (const CustomClaim& claim : claims) {
    if (claim.key.empty() || !is_printable(claim.key) ||
        count_characters(claim.key) > claim_key_characters_max) {
      return invalid("the key of a custom claim is 1 to 128 printable characters", field);
    }
    if (!is_printable(claim.value)) {
      return invalid("the value of a custom claim is printable text", field);
    }
    keys.push_back(claim.key);
  }
  if (claims.size() > custom_claims_max ||
      claims_to_json(claims).size() > custom_claims_bytes_max) {
    return invalid("too many custom claims: 50, and 2048 bytes in all", field);
  }
  if (has_repetition(std::move(keys))) return invalid("a custom claim is given twice", field);
  return Unit{};
}

}  // namespace gatehouse::applications
