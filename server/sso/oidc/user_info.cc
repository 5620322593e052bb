#include "server/sso/oidc/user_info.h"

#include "server/sso/saml/attribute_names.h"

namespace gatehouse::sso::oidc_rp {
namespace {

constexpr std::size_t identifier_bytes_max = 255;

Result<Json, Failure> get(ProviderDirectory& providers, const Relying& relying, std::string url,
                          const Secret& access_token, const Patience& patience) {
  ProviderCall call{.url = std::move(url), .headers = {}};
  call.headers.push_back(
      {.name = "Authorization", .value = "Bearer " + std::string(access_token.reveal())});
  const bool is_github = relying.proof == Relying::Proof::github;
  call.headers.push_back(
      {.name = "Accept", .value = is_github ? "application/vnd.github+json" : "application/json"});
  if (is_github) call.headers.push_back({.name = "X-GitHub-Api-Version", .value = "2022-11-28"});
  const net::HttpAnswer answer = TRY(providers.calls().send(relying, std::move(call), patience));
  if (answer.status != 200) {
    return Failure(Diagnosis::profile_request_failed, "HTTP 200",
                   "HTTP " + std::to_string(answer.status));
  }
  auto json = Json::parse(answer.body);
  if (!json.ok()) {
    return Failure(Diagnosis::profile_request_failed, "JSON", json.error().detail);
  }
  return std::move(json).value();
}

struct Address {
  std::string text;
  bool is_verified = false;
};

// The primary address; without one the first that is verified.
Address address_among(const Json& list) {
  Address found;
  const Json::Array* addresses = list.array();
  if (addresses == nullptr) return found;
  for (const Json& each : *addresses) {
    const auto text = each.string("email");
    const bool is_verified = each.boolean("verified") == true;
    if (!text.has_value()) continue;
    if (each.boolean("primary") == true) return {std::string(*text), is_verified};
    // No letter reaches what GitHub makes up for those who hide theirs.
    const bool is_made_up = text->ends_with("@users.noreply.github.com");
    if (found.text.empty() && is_verified && !is_made_up) found = {std::string(*text), true};
  }
  return found;
}

}  // namespace

Result<Json, Failure> read_user_info(ProviderDirectory& providers, const Relying& relying,
                                     const Endpoints& endpoints, const Secret& access_token,
                                     const Patience& patience) {
  if (endpoints.user_info_uri.empty()) {
    return Failure(Diagnosis::connection_incomplete, "user_info_uri", "nothing");
  }
  Json claims = TRY(get(providers, relying, endpoints.user_info_uri, access_token, patience));
  if (claims.object() == nullptr) {
    return Failure(Diagnosis::profile_request_failed, "claims in a JSON object",
                   "JSON of another kind");
  }
  return claims;
}

Result<Json, Failure> read_github_user(ProviderDirectory& providers, const Relying& relying,
                                       const Endpoints& endpoints, const Secret& access_token,
                                       const Patience& patience) {
  const Json user = TRY(read_user_info(providers, relying, endpoints, access_token, patience));
  const auto number = user.integer("id");
  if (!number.has_value() || *number <= 0) {
    return Failure(Diagnosis::subject_missing, "id: the number of the account", "none");
  }
  const Json list =
      TRY(get(providers, relying, endpoints.user_info_uri + "/emails", access_token, patience));
  const Address address = address_among(list);
  Json::Object claims;
  claims.push_back({"sub", Json(std::to_string(*number))});
  if (!address.text.empty()) {
    claims.push_back({"email", Json(address.text)});
    claims.push_back({"email_verified", Json(address.is_verified)});
  }
  const std::array<std::pair<const char*, const char*>, 3> renamed = {
      {{"name", "name"}, {"login", "preferred_username"}, {"avatar_url", "picture"}}};
  for (const auto& [theirs, ours] : renamed) {
    if (const auto text = user.string(theirs)) claims.push_back({ours, Json(std::string(*text))});
  }
  for (const char* const name : {"login", "html_url", "company", "location", "blog"}) {
    if (const auto text = user.string(name)) claims.push_back({name, Json(std::string(*text))});
  }
  return Json(std::move(claims));
}

Result<std::string, Failure> subject_of_user_info(const Relying& relying, const Json& claims) {
  std::string name = claims.find("sub") != nullptr ? "sub" : "id";
  for (const auto& [ours, theirs] : relying.attribute_mapping) {
    if (saml::means_person_id(ours)) name = theirs;
  }
  const auto number = claims.integer(name);
  if (number.has_value() && *number > 0 && name != "sub") return std::to_string(*number);
  const auto text = claims.string(name);
  if (text.has_value() && !text->empty() && text->size() <= identifier_bytes_max) {
    return std::string(*text);
  }
  return Failure(Diagnosis::subject_missing, name + ": a text or a number", "neither");
}

}  // namespace gatehouse::sso::oidc_rp
