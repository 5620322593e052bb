#include "server/sso/oidc/provider.h"

#include "server/encoding/json.h"
#include "server/encoding/uri.h"

namespace gatehouse::sso::oidc_rp {
namespace {

constexpr std::string_view discovery_path = "/.well-known/openid-configuration";
constexpr std::string_view any_tenant = "{tenantid}";
constexpr std::size_t address_bytes_max = 2048;

std::string name_of(const Relying& relying, std::string_view what) {
  return relying.connection.text() + "\n" + relying.endpoints.issuer + "\n" + std::string(what);
}

// An address of a provider: https, or in development http to this machine, which the client holds
// it to.
bool is_address(std::string_view text, net::AddressPolicy policy) {
  if (text.size() > address_bytes_max) return false;
  const auto uri = parse_uri(text);
  if (!uri.has_value() || uri->host.empty() || uri->userinfo.has_value() ||
      uri->fragment.has_value()) {
    return false;
  }
  return uri->scheme == "https" ||
         (uri->scheme == "http" && policy == net::AddressPolicy::public_or_loopback &&
          is_loopback_host(*uri));
}

// Entra ID's documents for many tenants name an issuer with a place left open, in the place of the
// group of tenants that the document was asked for.
bool is_many_tenants_issuer(std::string_view stated, std::string_view asked) {
  const std::size_t open = stated.find(any_tenant);
  if (open == std::string_view::npos) return false;
  for (const std::string_view group : {"common", "organizations", "consumers"}) {
    const std::string closed = std::string(stated.substr(0, open)) + std::string(group) +
                               std::string(stated.substr(open + any_tenant.size()));
    if (asked == closed) return true;
  }
  return false;
}

// The issuer must be the one that was asked [OIDC Discovery §4.3]: else one provider could speak
// for another.
Result<Unit, Failure> check_issuer(const Relying& relying, std::string_view stated) {
  std::string asked = relying.endpoints.issuer;
  const bool is_set = !asked.empty();
  if (!is_set) {
    std::string_view base = relying.discovery_uri;
    base = base.substr(0, base.find('?'));
    if (base.ends_with(discovery_path)) base.remove_suffix(discovery_path.size());
    asked = std::string(base);
  }
  if (stated == asked) return Unit{};
  // The path is appended to an issuer without its closing slash, so both forms lead to one address.
  if (!is_set && stated == asked + "/") return Unit{};
  if (relying.is_microsoft() && is_many_tenants_issuer(stated, asked)) return Unit{};
  return Failure(Diagnosis::discovery_issuer_mismatch, asked, std::string(stated));
}

struct Field {
  std::string_view name;
  std::string Endpoints::*place;
  enum class Need { required, optional } need;
};
constexpr std::array fields = {
    Field{"authorization_endpoint", &Endpoints::authorize_uri, Field::Need::required},
    Field{"token_endpoint", &Endpoints::token_uri, Field::Need::required},
    Field{"jwks_uri", &Endpoints::jwks_uri, Field::Need::required},
    Field{"userinfo_endpoint", &Endpoints::user_info_uri, Field::Need::optional},
    Field{"end_session_endpoint", &Endpoints::end_session_uri, Field::Need::optional},
};

// The connection's own settings win.
Endpoints merged(Endpoints document, const Endpoints& given) {
  for (const Field& field : fields) {
    if (!(given.*field.place).empty()) document.*field.place = given.*field.place;
  }
  return document;
}

Result<Json, Failure> json_of(const net::HttpAnswer& answer, Diagnosis otherwise) {
  if (answer.status != 200) {
    return Failure(otherwise, "HTTP 200", "HTTP " + std::to_string(answer.status));
  }
  auto json = Json::parse(answer.body);
  if (!json.ok() || json.value().object() == nullptr) {
    return Failure(otherwise, "a JSON object",
                   json.ok() ? "JSON of another kind" : json.error().detail);
  }
  return std::move(json).value();
}

}  // namespace

ProviderDirectory::ProviderDirectory(net::HttpClient& http)
    : calls_(http),
      documents_({.fresh = hours(1), .usable = hours(24)}),
      keys_({.fresh = hours(1), .usable = hours(4)}) {}

Result<Endpoints, Failure> ProviderDirectory::read_document(const Relying& relying,
                                                            const Patience& patience) {
  const net::HttpAnswer answer = TRY(calls_.send(
      relying,
      {.url = relying.discovery_uri, .headers = {{.name = "Accept", .value = "application/json"}}},
      patience));
  const Json document = TRY(json_of(answer, Diagnosis::discovery_failed));
  Endpoints read;
  read.issuer = std::string(document.string("issuer").value_or(""));
  TRY(check_issuer(relying, read.issuer));
  for (const Field& field : fields) {
    const auto stated = document.string(field.name);
    const bool is_usable = stated.has_value() && is_address(*stated, relying.address_policy);
    if (is_usable) read.*field.place = std::string(*stated);
    if (is_usable || !(relying.endpoints.*field.place).empty()) continue;
    if (stated.has_value() || field.need == Field::Need::required) {
      return Failure(Diagnosis::discovery_incomplete,
                     std::string(field.name) + ": an https address",
                     std::string(stated.value_or("nothing")));
    }
  }
  if (document.boolean("authorization_response_iss_parameter_supported") == true) {
    read.response_issuer = Endpoints::ResponseIssuer::announced;
  }
  return read;
}

Result<Endpoints, Failure> ProviderDirectory::endpoints(const Relying& relying,
                                                        const Patience& patience) {
  if (relying.discovery_uri.empty()) return relying.endpoints;
  const std::string name = name_of(relying, relying.discovery_uri);
  const auto found = documents_.find(name, patience.now);
  if (found.asking == KeptAnswers<Endpoints>::Found::Asking::no) {
    return merged(*found.answer, relying.endpoints);
  }
  auto read = read_document(relying, patience);
  if (read.ok()) {
    return merged(*documents_.keep(name, std::move(read).value(), patience.now), relying.endpoints);
  }
  // A document that says something else now is news; one that cannot be had is not.
  const bool is_out_of_reach = read.error().diagnosis != Diagnosis::discovery_issuer_mismatch;
  if (found.answer != nullptr && is_out_of_reach) return merged(*found.answer, relying.endpoints);
  return std::move(read).error();
}

Result<ProviderDirectory::Keys, Failure> ProviderDirectory::read_keys(const Relying& relying,
                                                                      const Endpoints& endpoints,
                                                                      const Patience& patience) {
  const net::HttpAnswer answer = TRY(calls_.send(
      relying,
      {.url = endpoints.jwks_uri, .headers = {{.name = "Accept", .value = "application/json"}}},
      patience));
  TRY(json_of(answer, Diagnosis::keys_failed));
  auto keys = jose::ForeignKeys::parse(answer.body);
  if (!keys.ok()) return Failure(Diagnosis::keys_failed, "a key set", keys.error().detail);
  if (keys.value().size() == 0) {
    return Failure(Diagnosis::keys_failed, "a key for RS256, PS256, ES256 or EdDSA", "none");
  }
  return keys_.keep(name_of(relying, endpoints.jwks_uri), std::move(keys).value(), patience.now);
}

Result<ProviderDirectory::Keys, Failure> ProviderDirectory::keys(const Relying& relying,
                                                                 const Endpoints& endpoints,
                                                                 const Patience& patience) {
  const auto found = keys_.find(name_of(relying, endpoints.jwks_uri), patience.now);
  if (found.asking == KeptAnswers<jose::ForeignKeys>::Found::Asking::no) return found.answer;
  auto read = read_keys(relying, endpoints, patience);
  if (!read.ok() && found.answer != nullptr) return found.answer;
  return read;
}

Result<ProviderDirectory::Keys, Failure> ProviderDirectory::newer_keys(const Relying& relying,
                                                                       const Endpoints& endpoints,
                                                                       const Patience& patience) {
  const auto doubt = keys_.doubt(name_of(relying, endpoints.jwks_uri), patience.now);
  if (doubt == KeptAnswers<jose::ForeignKeys>::Doubt::taken) {
    auto read = read_keys(relying, endpoints, patience);
    if (read.ok()) return read;
  }
  return keys(relying, endpoints, patience);
}

void ProviderDirectory::doubt(const Relying& relying, Instant now) {
  if (relying.discovery_uri.empty()) return;
  const std::string name = name_of(relying, relying.discovery_uri);
  if (documents_.doubt(name, now) == KeptAnswers<Endpoints>::Doubt::taken) {
    documents_.make_due(name, now);
  }
}

}  // namespace gatehouse::sso::oidc_rp
