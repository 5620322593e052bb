#include "server/sso/oidc/presets.h"

#include <algorithm>

namespace gatehouse::sso::oidc_rp {
namespace {

using connections::OAuthConfiguration;
using connections::Provider;

// The tenant of personal Microsoft accounts.
constexpr std::string_view personal_tenant = "9188040d-6c67-4c5b-b112-36a304b66dad";

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

bool is_guid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash_place = i == 8 || i == 13 || i == 18 || i == 23;
    const bool is_digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (is_dash_place ? text[i] != '-' : !is_digit) return false;
  }
  return true;
}

void set_google(Relying& relying) {
  relying.endpoints = {.issuer = "https://accounts.google.com",
                       .authorize_uri = "https://accounts.google.com/o/oauth2/v2/auth",
                       .token_uri = "https://oauth2.googleapis.com/token",
                       .user_info_uri = "https://openidconnect.googleapis.com/v1/userinfo",
                       .jwks_uri = "https://www.googleapis.com/oauth2/v3/certs",
                       .end_session_uri = {}};
}

// A list of tenants: their ids, with commas between. One alone has endpoints of its own.
Result<std::string, Failure> read_tenants(std::string_view setting, Tenants& tenants) {
  std::string rest = lower_case(setting);
  if (rest.empty() || rest == "common") {
    tenants.kind = Tenants::Kind::any;
    return std::string("common");
  }
  if (rest == "organizations") {
    tenants.kind = Tenants::Kind::organizations;
    return rest;
  }
  if (rest == "consumers") {
    tenants.ids.emplace_back(personal_tenant);
    return rest;
  }
  std::erase(rest, ' ');
  for (std::size_t begin = 0; begin <= rest.size();) {
    const std::size_t end = std::min(rest.find(',', begin), rest.size());
    std::string id = rest.substr(begin, end - begin);
    if (!is_guid(id)) {
      return Failure(Diagnosis::connection_incomplete,
                     "tenant_id: common, organizations, consumers or ids of tenants", id);
    }
    tenants.ids.push_back(std::move(id));
    begin = end + 1;
  }
  return tenants.ids.size() == 1 ? tenants.ids.front() : std::string("organizations");
}

Result<Unit, Failure> set_microsoft(const OAuthConfiguration& oauth, Relying& relying) {
  const std::string path = TRY(read_tenants(oauth.tenant_id.value_or(""), relying.tenants));
  const std::string base = "https://login.microsoftonline.com/";
  const bool is_one_tenant = is_guid(path);
  relying.endpoints = {.issuer = base + (is_one_tenant ? path : "{tenantid}") + "/v2.0",
                       .authorize_uri = base + path + "/oauth2/v2.0/authorize",
                       .token_uri = base + path + "/oauth2/v2.0/token",
                       .user_info_uri = "https://graph.microsoft.com/oidc/userinfo",
                       .jwks_uri = base + path + "/discovery/v2.0/keys",
                       .end_session_uri = base + path + "/oauth2/v2.0/logout"};
  return Unit{};
}

// Its tokens answer to requests in JSON only if asked to, and say who somebody is nowhere.
void set_github(Relying& relying) {
  relying.proof = Relying::Proof::github;
  relying.endpoints = {.issuer = "https://github.com",
                       .authorize_uri = "https://github.com/login/oauth/authorize",
                       .token_uri = "https://github.com/login/oauth/access_token",
                       .user_info_uri = "https://api.github.com/user",
                       .jwks_uri = {},
                       .end_session_uri = {}};
  relying.scopes = {"read:user", "user:email"};
}

void set_gitlab(Relying& relying) {
  relying.endpoints = {.issuer = "https://gitlab.com",
                       .authorize_uri = "https://gitlab.com/oauth/authorize",
                       .token_uri = "https://gitlab.com/oauth/token",
                       .user_info_uri = "https://gitlab.com/oauth/userinfo",
                       .jwks_uri = "https://gitlab.com/oauth/discovery/keys",
                       .end_session_uri = {}};
}

// PKCE is switched on there application by application, and elsewhere a verifier makes the token
// request fail.
void set_linkedin(Relying& relying) {
  relying.endpoints = {.issuer = "https://www.linkedin.com/oauth",
                       .authorize_uri = "https://www.linkedin.com/oauth/v2/authorization",
                       .token_uri = "https://www.linkedin.com/oauth/v2/accessToken",
                       .user_info_uri = "https://api.linkedin.com/v2/userinfo",
                       .jwks_uri = "https://www.linkedin.com/oauth/openid/jwks",
                       .end_session_uri = {}};
  relying.pkce = Relying::Pkce::off;
  relying.nonce = Relying::Nonce::if_present;
}

// tenant_id: empty or "login", "test" for sandboxes, or the host of a My Domain.
Result<Unit, Failure> set_salesforce(const OAuthConfiguration& oauth, Relying& relying) {
  std::string host = lower_case(oauth.tenant_id.value_or(""));
  if (host.empty()) host = "login";
  if (host == "login" || host == "test") host += ".salesforce.com";
  const bool is_host =
      host.ends_with(".salesforce.com") && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
      });
  if (!is_host) {
    return Failure(Diagnosis::connection_incomplete,
                   "tenant_id: login, test or a host below salesforce.com", host);
  }
  const std::string base = "https://" + host;
  relying.endpoints = {.issuer = base,
                       .authorize_uri = base + "/services/oauth2/authorize",
                       .token_uri = base + "/services/oauth2/token",
                       .user_info_uri = base + "/services/oauth2/userinfo",
                       .jwks_uri = base + "/id/keys",
                       .end_session_uri = {}};
  return Unit{};
}

}  // namespace

Result<bool, Failure> apply_preset(const OAuthConfiguration& oauth, Relying& relying) {
  relying.scopes = {"openid", "email", "profile"};
  switch (relying.provider) {
    case Provider::google: set_google(relying); return true;
    case Provider::github: set_github(relying); return true;
    case Provider::gitlab: set_gitlab(relying); return true;
    case Provider::linkedin: set_linkedin(relying); return true;
    case Provider::microsoft:
    case Provider::microsoft_ad: TRY(set_microsoft(oauth, relying)); return true;
    case Provider::salesforce: TRY(set_salesforce(oauth, relying)); return true;
    default: return false;
  }
}

}  // namespace gatehouse::sso::oidc_rp
