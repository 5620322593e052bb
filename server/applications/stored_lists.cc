#include "server/applications/stored_lists.h"

#include "server/encoding/json.h"

namespace gatehouse::applications {

std::string texts_to_json(const std::vector<std::string>& texts) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_array();
  for (const std::string& text : texts) writer.value(text);
  writer.end_array();
  return json;
}

std::optional<std::vector<std::string>> texts_from_json(std::string_view json) {
  const auto document = Json::parse(json);
  if (!document.ok() || document.value().array() == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  for (const Json& item : *document.value().array()) {
    const auto text = item.string();
    if (!text.has_value()) return std::nullopt;
    texts.emplace_back(*text);
  }
  return texts;
}

std::string claims_to_json(const std::vector<CustomClaim>& claims) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_array();
  for (const CustomClaim& claim : claims) {
    writer.begin_array().value(claim.key).value(claim.value).end_array();
  }
  writer.end_array();
  return json;
}

std::optional<std::vector<CustomClaim>> claims_from_json(std::string_view json) {
  const auto document = Json::parse(json);
  if (!document.ok() || document.value().array() == nullptr) return std::nullopt;
  std::vector<CustomClaim> claims;
  for (const Json& item : *document.value().array()) {
    const Json::Array* pair = item.array();
    if (pair == nullptr || pair->size() != 2) return std::nullopt;
    const auto key = pair->front().string();
    const auto value = pair->back().string();
    if (!key.has_value() || !value.has_value()) return std::nullopt;
    claims.push_back({.key = std::string(*key), .value = std::string(*value)});
  }
  return claims;
}

}  // namespace gatehouse::applications
