#include "server/directories/stored_lists.h"

#include "server/encoding/json.h"

namespace gatehouse::directories {
namespace {

std::string text_of(const Json& object, std::string_view key) {
  return std::string(object.string(key).value_or(""));
}

// What we stored ourselves is an array.
template <class Make>
auto list_of(std::string_view json, Make make) {
  const Json document = Json::parse(json, {.bytes_max = 4 * 1024 * 1024}).value();
  ENSURE(document.array() != nullptr);
  std::vector<std::invoke_result_t<Make, const Json&>> all;
  for (const Json& item : *document.array()) all.push_back(make(item));
  return all;
}

}  // namespace

std::string mappings_to_json(const std::vector<AttributeMapping>& mappings) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_array();
  for (const AttributeMapping& mapping : mappings) {
    writer.begin_object()
        .field("key", mapping.key)
        .field("map_to", mapping.map_to)
        .field("display_name", mapping.display_name)
        .end_object();
  }
  writer.end_array();
  return text;
}

std::vector<AttributeMapping> mappings_from_json(std::string_view json) {
  return list_of(json, [](const Json& item) {
    return AttributeMapping{.key = text_of(item, "key"),
                            .map_to = text_of(item, "map_to"),
                            .display_name = text_of(item, "display_name")};
  });
}

std::string groups_to_json(const std::vector<TrackedGroup>& groups) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_array();
  for (const TrackedGroup& group : groups) {
    writer.begin_object()
        .field("external_id", group.external_id)
        .field("display_name", group.display_name)
        .field("email", group.email)
        .end_object();
  }
  writer.end_array();
  return text;
}

std::vector<TrackedGroup> groups_from_json(std::string_view json) {
  return list_of(json, [](const Json& item) {
    return TrackedGroup{.external_id = text_of(item, "external_id"),
                        .display_name = text_of(item, "display_name"),
                        .email = text_of(item, "email")};
  });
}

std::string texts_to_json(const std::vector<std::string>& texts) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_array();
  for (const std::string& text : texts) writer.value(text);
  writer.end_array();
  return out;
}

std::vector<std::string> texts_from_json(std::string_view json) {
  return list_of(json, [](const Json& item) { return std::string(item.string().value_or("")); });
}

}  // namespace gatehouse::directories
