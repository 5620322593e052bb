#include "server/sso/metadata_update.h"

#include <algorithm>

#include "server/connections/connection_store.h"
#include "server/sso/addresses.h"
#include "server/sso/attempt.h"
#include "server/sso/metadata_store.h"

namespace gatehouse::sso {
namespace {

using connections::Connection;
using connections::RequestBinding;
using connections::SamlConfiguration;
using storage::Transaction;

constexpr int connections_per_page = 100;
constexpr int ok_status = 200;

Failure unreachable(const MetadataSource& source, const Error& error) {
  switch (error.code) {
    case ErrorCode::deadline_exceeded:
      return Failure(Diagnosis::provider_too_slow, "an answer within five seconds", source.url);
    case ErrorCode::permission_denied:
    case ErrorCode::invalid_argument:
      return Failure(Diagnosis::provider_address_refused, "a public https address", source.url);
    case ErrorCode::resource_exhausted:
      return Failure(Diagnosis::provider_answer_malformed, "metadata of at most 1 MiB",
                     error.detail);
    default: return Failure(Diagnosis::provider_unreachable, source.url, error.detail);
  }
}

// The certificates that are known already, by their DER form.
bool knows_one_of(const SamlConfiguration& settings,
                  const std::vector<crypto::Certificate>& certificates) {
  for (const connections::IdpCertificate& known : settings.certificates) {
    const auto parsed = crypto::parse_certificates(known.pem.text);
    if (!parsed.ok()) continue;
    for (const crypto::Certificate& one : parsed.value()) {
      if (std::ranges::any_of(
              certificates, [&](const crypto::Certificate& told) { return told.der == one.der; })) {
        return true;
      }
    }
  }
  return false;
}

bool has_all(const SamlConfiguration& settings,
             const std::vector<crypto::Certificate>& certificates) {
  return settings.certificates.size() == certificates.size() &&
         std::ranges::all_of(certificates, [&](const crypto::Certificate& certificate) {
           return knows_one_of(settings, {certificate});
         });
}

Result<Unit, Error> note_failure(const MetadataDeps& deps, const Context& context,
                                 const Connection& connection, const Failure& failure) {
  NewAttempt attempt = attempt_of(connection);
  attempt.failure = failure;
  attempt.checks.failed(failure);
  return storage::write(
      deps.database, context, [&](Transaction& transaction) -> Result<Unit, Error> {
        TRY(record_attempt(transaction, context.environment, context, deps.random, attempt));
        return Unit{};
      });
}

Result<MetadataOutcome, Error> take_over(const MetadataDeps& deps, const Context& context,
                                         const environments::Environment& environment,
                                         const Connection& before,
                                         const saml::IdpMetadata& metadata) {
  const auto& known = std::get<SamlConfiguration>(before.configuration);
  SamlConfiguration settings = known;
  apply_metadata(settings, metadata);
  const bool is_same = has_all(known, metadata.certificates) &&
                       connections::configuration_to_json(connections::Configuration(settings)) ==
                           connections::configuration_to_json(before.configuration);
  if (is_same) return MetadataOutcome::unchanged;
  if (before.is_enabled && !knows_one_of(known, metadata.certificates)) {
    TRY(note_failure(deps, context, before,
                     Failure(Diagnosis::metadata_keys_replaced,
                             "one of the certificates that the connection knows",
                             "none of them at " + known.idp_metadata_url.value_or(""))));
    return MetadataOutcome::held_back;
  }
  const connections::ConnectionChange change{
      .configuration = connections::Configuration(std::move(settings)),
      .idp_certificate = pem_of(metadata.certificates)};
  TRY(storage::write(deps.database, context, [&](Transaction& transaction) {
    return connections::update(transaction, environment, before.organization, context, deps.random,
                               deps.client_secrets, before.id, change);
  }));
  return MetadataOutcome::changed;
}

}  // namespace

Result<saml::IdpMetadata, Failure> fetch_metadata(net::HttpClient& http,
                                                  const environments::Environment& environment,
                                                  const MetadataSource& source, Instant now,
                                                  Deadline deadline) {
  const Deadline patience = std::chrono::steady_clock::now() + limits::outbound_deadline;
  const auto answer = http.send({.url = source.url,
                                 .deadline = std::min(deadline, patience),
                                 .response_bytes_max = limits::saml_metadata_bytes_max,
                                 .address_policy = address_policy(environment)});
  if (!answer.ok()) return unreachable(source, answer.error());
  if (answer.value().status != ok_status) {
    return Failure(Diagnosis::provider_unreachable, "status 200",
                   "status " + std::to_string(answer.value().status));
  }
  using connections::AddressRule;
  return saml::read_idp_metadata(
      answer.value().body, {.entity_id = source.entity_id,
                            .now = now,
                            .addresses = environment.is_development() ? AddressRule::http_too
                                                                      : AddressRule::https_only});
}

void apply_metadata(SamlConfiguration& settings, const saml::IdpMetadata& metadata) {
  const auto place = [](const saml::Endpoint& endpoint, connections::Text& url,
                        std::optional<RequestBinding>& binding) {
    const bool is_redirect = !endpoint.redirect_url.empty();
    const std::string& found = is_redirect ? endpoint.redirect_url : endpoint.post_url;
    url = found.empty() ? connections::Text() : connections::Text(found);
    if (url) binding = is_redirect ? RequestBinding::http_redirect : RequestBinding::http_post;
  };
  settings.idp_entity_id = metadata.entity_id;
  place(metadata.sign_in, settings.idp_sso_url, settings.idp_sso_request_binding);
  place(metadata.logout, settings.idp_slo_url, settings.idp_slo_request_binding);
  if (metadata.request_signing == saml::IdpMetadata::RequestSigning::wanted) {
    settings.want_request_signed = true;
  }
}

std::string pem_of(const std::vector<crypto::Certificate>& certificates) {
  std::string pem;
  for (const crypto::Certificate& certificate : certificates) pem += certificate.pem();
  return pem;
}

Result<MetadataOutcome, Error> update_metadata(const MetadataDeps& deps, const Context& context,
                                               const environments::Environment& environment,
                                               ConnectionId id) {
  const auto connection = TRY(storage::read(deps.database, context, [&](Transaction& transaction) {
    return connections::find_by_id(transaction, context.environment, id);
  }));
  if (!connection.has_value()) return MetadataOutcome::none;
  const auto* settings = std::get_if<SamlConfiguration>(&connection->configuration);
  if (settings == nullptr || settings->idp_metadata_url.value_or("").empty()) {
    return MetadataOutcome::none;
  }
  const MetadataSource source{.url = *settings->idp_metadata_url,
                              .entity_id = settings->idp_entity_id.value_or("")};
  const auto metadata =
      fetch_metadata(deps.http, environment, source, context.now, context.deadline);
  if (metadata.ok()) return take_over(deps, context, environment, *connection, metadata.value());
  TRY(note_failure(deps, context, *connection, metadata.error()));
  return MetadataOutcome::failed;
}

Result<Unit, Error> update_all_metadata(const MetadataDeps& deps, const Context& context,
                                        const environments::Environment& environment) {
  std::optional<ConnectionId> after;
  for (;;) {
    const auto page = TRY(storage::read(deps.database, context, [&](Transaction& transaction) {
      return list_saml_connections(transaction, context.environment, after, connections_per_page);
    }));
    for (const ConnectionId connection : page) {
      Context here = context;
      here.deadline = std::chrono::steady_clock::now() + limits::request_deadline;
      TRY(update_metadata(deps, here, environment, connection));
    }
    if (page.size() < static_cast<std::size_t>(connections_per_page)) return Unit{};
    after = page.back();
  }
}

}  // namespace gatehouse::sso
