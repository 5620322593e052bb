#include "server/encoding/metadata.h"

#include "server/encoding/json.h"
#include "server/encoding/utf8.h"

namespace gatehouse {

std::optional<std::string> metadata_problem(const Metadata& metadata, std::size_t pairs_max) {
  if (metadata.size() > pairs_max) {
    return "metadata has more than " + std::to_string(pairs_max) + " pairs";
  }
  for (const auto& [key, value] : metadata) {
    const auto key_length = count_characters(key);
    if (!key_length.has_value() || *key_length < metadata_key_characters_min ||
        *key_length > metadata_key_characters_max) {
      return "a key of metadata must have " + std::to_string(metadata_key_characters_min) + " to " +
             std::to_string(metadata_key_characters_max) + " characters";
    }
    const auto value_length = count_characters(value);
    if (!value_length.has_value() || *value_length == 0 ||
        *value_length > metadata_value_characters_max) {
      return "a value of metadata must have 1 to " + std::to_string(metadata_value_characters_max) +
             " characters";
    }
    // Neither JSON nor any text column of a database holds it.
    if (key.find('\0') != std::string::npos || value.find('\0') != std::string::npos) {
      return "metadata must not contain NUL";
    }
  }
  return std::nullopt;
}

std::string metadata_to_json(const Metadata& metadata) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  for (const auto& [key, value] : metadata) writer.field(key, value);
  writer.end_object();
  return text;
}

Result<Metadata, Error> metadata_from_json(std::string_view json) {
  const Json document = TRY(Json::parse(json));
  const Json::Object* members = document.object();
  if (members == nullptr) return Error(ErrorCode::invalid_argument, "metadata: no JSON object");
  Metadata metadata;
  for (const Json::Member& member : *members) {
    const auto value = member.value.string();
    if (!value.has_value()) {
      return Error(ErrorCode::invalid_argument, "metadata: a value that is no text");
    }
    metadata.emplace(member.key, *value);
  }
  return metadata;
}

}  // namespace gatehouse
