// Configurations as JSON and back. Reading stops at the first member that is not what it should be
// and says which.

#include <charconv>

#include "server/connections/configuration_fields.h"
#include "server/encoding/json.h"

namespace gatehouse::connections {
namespace {

constexpr std::size_t text_bytes_max = 2048;
constexpr std::size_t items_max = 50;

constexpr const auto& names_of(OidcScope) { return oidc_scopes; }
constexpr const auto& names_of(TokenAuth) { return token_auths; }
constexpr const auto& names_of(NameIdFormat) { return name_id_formats; }
constexpr const auto& names_of(RequestBinding) { return request_bindings; }
constexpr const auto& names_of(SamlSigning) { return saml_signings; }
constexpr const auto& names_of(PasswordlessType) { return passwordless_types; }
constexpr const auto& names_of(CodeChallengeType) { return code_challenge_types; }

template <class T>
concept Named = std::is_enum_v<T>;
template <class T>
concept Structure = std::is_class_v<T> && requires(T& value) {
  visit_fields(value, [](const char*, auto&) {});
};

class Writer {
 public:
  explicit Writer(JsonWriter& out) : out_(out) {}

  template <class T>
  void operator()(const char* name, const std::optional<T>& member) const {
    if (!member.has_value()) return;
    out_.key(name);
    write(*member);
  }
  template <class T>
  void operator()(const char* name, const std::vector<T>& members) const {
    if (members.empty()) return;
    out_.key(name).begin_array();
    for (const T& member : members) write(member);
    out_.end_array();
  }
  template <class T>
  void operator()(const char* name, const T& member) const {
    out_.key(name);
    write(member);
  }

  void write(const std::string& text) const { out_.value(text); }
  void write(const Pem& pem) const { out_.value(pem.text); }
  template <std::same_as<bool> Boolean>
  void write(Boolean truth) const {
    out_.value(truth);
  }
  void write(std::uint32_t number) const { out_.value(number); }
  void write(std::int64_t number) const { out_.value(number); }
  void write(seconds time) const { out_.value(std::to_string(time.count()) + "s"); }
  template <Named Enum>
  void write(Enum value) const {
    out_.value(names_of(value).name(value));
  }
  void write(const std::map<std::string, std::string>& pairs) const {
    out_.begin_object();
    for (const auto& [key, value] : pairs) out_.field(key, value);
    out_.end_object();
  }
  template <Structure T>
  void write(const T& structure) const {
    out_.begin_object();
    visit_fields(structure, *this);
    out_.end_object();
  }

 private:
  JsonWriter& out_;
};

std::optional<seconds> parse_seconds(std::string_view text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, count);
  if (status != std::errc{} || stop == end || (*stop != 's' && *stop != '.')) return std::nullopt;
  return seconds(count);
}

class Reader {
 public:
  explicit Reader(const Json& object) : object_(object) {}

  [[nodiscard]] const std::string& wrong() const { return wrong_; }

  template <class T>
  void operator()(const char* name, T& member) {
    const Json* json = object_.find(name);
    if (json == nullptr || json->is_null() || !wrong_.empty()) return;
    if (!read(*json, member) && wrong_.empty()) wrong_ = name;
  }

 private:
  template <class T>
  bool read(const Json& json, std::optional<T>& member) {
    member.emplace();
    return read(json, *member);
  }
  template <class T>
  bool read(const Json& json, std::vector<T>& members) {
    if (json.array() == nullptr || json.array()->size() > items_max) return false;
    for (const Json& item : *json.array()) {
      if (!read(item, members.emplace_back())) return false;
    }
    return true;
  }
  bool read(const Json& json, std::string& text) {
    if (!json.string().has_value()) return false;
    text = *json.string();
    return text.size() <= text_bytes_max;
  }
  bool read(const Json& json, Pem& pem) {
    if (!json.string().has_value()) return false;
    pem.text = *json.string();
    return true;
  }
  template <std::same_as<bool> Boolean>
  bool read(const Json& json, Boolean& truth) {
    truth = json.boolean().value_or(false);
    return json.boolean().has_value();
  }
  bool read(const Json& json, std::uint32_t& number) {
    const auto value = json.integer();
    if (!value.has_value() || *value < 0 || *value > UINT32_MAX) return false;
    number = static_cast<std::uint32_t>(*value);
    return true;
  }
  bool read(const Json& json, std::int64_t& number) {
    number = json.integer().value_or(0);
    return json.integer().has_value();
  }
  bool read(const Json& json, seconds& time) {
    const auto parsed = json.string().has_value() ? parse_seconds(*json.string()) : std::nullopt;
    time = parsed.value_or(seconds(0));
    return parsed.has_value();
  }
  template <Named Enum>
  bool read(const Json& json, Enum& value) {
    const auto parsed =
        json.string().has_value() ? names_of(Enum{}).parse(*json.string()) : std::nullopt;
    if (parsed.has_value()) value = *parsed;
    return parsed.has_value();
  }
  bool read(const Json& json, std::map<std::string, std::string>& pairs) {
    if (json.object() == nullptr || json.object()->size() > items_max) return false;
    for (const Json::Member& member : *json.object()) {
      if (member.key.size() > text_bytes_max || !read(member.value, pairs[member.key]))
        return false;
    }
    return true;
  }
  template <Structure T>
  bool read(const Json& json, T& structure) {
    if (json.object() == nullptr) return false;
    Reader inner(json);
    visit_fields(structure, inner);
    wrong_ = inner.wrong_;
    return wrong_.empty();
  }

  const Json& object_;
  std::string wrong_;
};

}  // namespace

ConnectionType type_of(const Configuration& configuration) {
  return static_cast<ConnectionType>(configuration.index());
}

std::string_view settings_name(ConnectionType type) {
  switch (type) {
    case ConnectionType::oidc: return "oidc_config";
    case ConnectionType::saml: return "saml_config";
    case ConnectionType::oauth: return "oauth_config";
    case ConnectionType::passwordless: return "passwordless_config";
    case ConnectionType::webauthn: return "webauthn_config";
  }
  ensure_failed("settings_name: not a ConnectionType");
}

Configuration empty_configuration(ConnectionType type) {
  switch (type) {
    case ConnectionType::oidc: return OidcConfiguration{};
    case ConnectionType::saml: return SamlConfiguration{};
    case ConnectionType::oauth: return OAuthConfiguration{};
    case ConnectionType::passwordless: return PasswordlessConfiguration{};
    case ConnectionType::webauthn: return WebauthnConfiguration{};
  }
  ensure_failed("empty_configuration: not a ConnectionType");
}

std::string configuration_to_json(const Configuration& configuration) {
  std::string text;
  JsonWriter out(text);
  const Writer writer(out);
  std::visit([&](const auto& structure) { writer.write(structure); }, configuration);
  return text;
}

Result<Configuration, Error> configuration_from_json(ConnectionType type, std::string_view json) {
  const Json document = TRY(Json::parse(json));
  Configuration configuration = empty_configuration(type);
  Reader reader(document);
  std::visit([&](auto& structure) { visit_fields(structure, reader); }, configuration);
  if (!reader.wrong().empty()) {
    return refusal(ErrorCode::invalid_argument,
                   reader.wrong() + " has a value that is not allowed, or is too long",
                   "connection." + std::string(settings_name(type)) + "." + reader.wrong());
  }
  return configuration;
}

}  // namespace gatehouse::connections
