// What can be wrong with a connection before anybody signs in by it.

#include <map>

#include "server/app/commands/connection_view.h"
#include "server/app/commands/doctor_sso.h"
#include "server/applications/application.h"
#include "server/connections/list.h"
#include "server/net/http_client.h"
#include "server/sso/addresses.h"
#include "server/sso/metadata_update.h"
#include "server/sso/oidc/provider.h"

namespace gatehouse::app::commands {
namespace {

using connections::Connection;
using connections::ConnectionType;
using connections::SamlConfiguration;
using connections::Text;
using storage::Transaction;
using enum Check::Status;

constexpr Duration expires_soon = days(30);
constexpr int attempts_looked_at = 200;

struct Patient {
  const ConnectionCheckup& checkup;
  const Connection& connection;
  Checks& checks;

  void note(Check::Status status, std::string_view name, std::string detail,
            std::string fix = {}) const {
    checks.push_back({status, std::string(name), std::move(detail), std::move(fix)});
  }
  void note(std::string_view name, const sso::Failure& failure) const {
    const auto& text = sso::text_of(failure.diagnosis);
    std::string detail = std::string(text.name) + ": " + std::string(text.explanation);
    if (!failure.expected.empty()) detail += " Expected " + failure.expected + ".";
    if (!failure.received.empty()) detail += " Received " + failure.received + ".";
    note(fail, name, std::move(detail),
         std::string(sso::remedy_for(failure.diagnosis, connection.provider)));
  }
  [[nodiscard]] std::string command(std::string_view verb) const {
    return "gatehouse admin connection " + std::string(verb) + " " + connection.id.text();
  }
};

void check_state(const Patient& patient) {
  const auto missing = missing_settings(patient.connection);
  if (!missing.empty()) {
    std::string names;
    for (const std::string& name : missing) names += " " + name;
    patient.note(fail, "settings", "connection_incomplete: not set are" + names,
                 patient.command("update") + names);
  } else {
    patient.note(ok, "settings", headline(patient.connection));
  }
  if (!patient.connection.is_enabled) {
    patient.note(fail, "enabled", "connection_disabled: nobody can sign in by it",
                 patient.command("enable"));
  }
}

void check_domains(const Patient& patient, const std::vector<orgs::Domain>& domains,
                   const std::map<std::string, std::size_t>& rivals) {
  if (!patient.connection.organization.has_value()) return;
  std::string verified;
  for (const orgs::Domain& domain : domains) {
    if (!domain.is_verified()) {
      patient.note(warn, "domain", domain.name + " is not verified, so it leads nowhere",
                   "put " + domain.txt_record_secret + " into the TXT record " +
                       std::string(orgs::txt_record_key) + "." + domain.name);
      continue;
    }
    verified += (verified.empty() ? "" : ", ") + domain.name;
    const auto several = rivals.find(domain.name);
    if (several != rivals.end() && several->second > 1) {
      patient.note(warn, "domain",
                   domain.name + " leads to several enabled connections; the newest is taken",
                   patient.command("domains") + " --only …");
    }
  }
  if (verified.empty()) {
    patient.note(fail, "domains",
                 "the organization has no verified domain: no address leads to the connection, "
                 "and every address has to be proven by a code",
                 patient.command("domains") + " --add example.com");
  } else {
    patient.note(ok, "domains", verified);
  }
}

void check_certificates(const Patient& patient, const SamlConfiguration& saml) {
  const Instant now = patient.checkup.context.now;
  const bool follows_metadata = saml.idp_metadata_url.has_value();
  std::size_t good = 0;
  for (const auto& certificate : saml.certificates) {
    const Instant end = instant_from_ms(certificate.expires_at_ms);
    const std::string name = certificate.issuer + ", until " + to_rfc3339(end);
    if (end <= now) {
      patient.note(warn, "certificate", name + ": it has expired",
                   patient.command("update") + " --certificate-file …");
    } else if (end <= now + expires_soon) {
      patient.note(warn, "certificate", name + ": it expires soon",
                   follows_metadata ? "the new one is taken over as soon as the metadata has it"
                                    : patient.command("update") +
                                          " --certificate-file … with the old and the new one");
    } else {
      patient.note(ok, "certificate", name);
    }
    if (end > now) ++good;
  }
  if (good == 0) patient.note("certificates", sso::Failure(sso::Diagnosis::certificate_missing));
}

bool same(const Text& setting, const std::string& published) {
  return setting.value_or("") == published;
}

void compare(const Patient& patient, const SamlConfiguration& saml,
             const sso::saml::IdpMetadata& metadata) {
  if (!same(saml.idp_entity_id, metadata.entity_id)) {
    patient.note("metadata", sso::Failure(sso::Diagnosis::issuer_mismatch,
                                          saml.idp_entity_id.value_or(""), metadata.entity_id));
  }
  const bool is_there = same(saml.idp_sso_url, metadata.sign_in.redirect_url) ||
                        same(saml.idp_sso_url, metadata.sign_in.post_url);
  if (!is_there) {
    patient.note(
        warn, "metadata",
        "the provider takes sign-ins at another address than " +
            saml.idp_sso_url.value_or("(none)"),
        patient.command("update") + " --metadata-url " + saml.idp_metadata_url.value_or(""));
  }
  for (const crypto::Certificate& published : metadata.certificates) {
    const std::string pem = published.pem();
    bool is_known = false;
    for (const auto& known : saml.certificates) is_known = is_known || known.pem.text == pem;
    if (is_known) continue;
    patient.note(
        warn, "metadata",
        "the provider publishes a certificate that the connection does not have (until " +
            to_rfc3339(published.not_after) + ")",
        patient.command("update") + " --metadata-url " + saml.idp_metadata_url.value_or(""));
  }
}

void check_metadata(const Patient& patient, const SamlConfiguration& saml) {
  if (!saml.idp_metadata_url.has_value() || saml.idp_metadata_url->empty()) return;
  const std::string& url = *saml.idp_metadata_url;
  const auto client = net::make_http_client({});
  const auto read =
      sso::fetch_metadata(*client, patient.checkup.environment, {.url = url},
                          patient.checkup.context.now, patient.checkup.context.deadline);
  if (!read.ok()) {
    patient.note("metadata", read.error());
    return;
  }
  patient.note(ok, "metadata", url + " can be read");
  compare(patient, saml, read.value());
}

// Where a sign-in that the provider starts would go, as sso::begin_for_provider decides it.
void check_initiate_login(const Patient& patient, const SamlConfiguration& saml,
                          const std::vector<applications::Application>& all) {
  if (!saml.allow_idp_initiated_login.value_or(true)) {
    patient.note(ok, "app tile", "sign-ins that the provider starts are refused");
    return;
  }
  const std::string wanted = saml.default_redirect_uri.value_or("");
  std::string only;
  std::string chosen;
  int beginnings = 0;
  for (const auto& application : all) {
    if (!application.initiate_login_uri.has_value()) continue;
    only = *application.initiate_login_uri;
    ++beginnings;
    const bool is_wanted = only == wanted;
    const bool is_default = application.type == applications::Type::env && chosen.empty();
    if (is_wanted || is_default) chosen = only;
    if (is_wanted) break;
  }
  if (chosen.empty() && beginnings == 1) chosen = only;
  if (!chosen.empty()) {
    patient.note(ok, "app tile", "sign-ins that the provider starts go to " + chosen);
  } else if (beginnings > 1) {
    patient.note(warn, "app tile",
                 "initiate_login_missing: several applications have an initiate-login URI, and "
                 "none is the default",
                 patient.command("update") + " --initiate-login-uri https://…");
  } else {
    patient.note(warn, "app tile",
                 "initiate_login_missing: no application says where sign-ins begin, so a click on "
                 "the provider's tile ends in an error",
                 "gatehouse admin applications set CLIENT_ID initiate_login_uri=https://…");
  }
}

void check_provider(const Patient& patient) {
  const auto& [checkup, connection, checks] = patient;
  const auto client = net::make_http_client({});
  sso::oidc_rp::ProviderDirectory directory(*client);
  Secret secret;
  if (!connection.sealed_client_secret.empty()) {
    if (!checkup.master_key.ok()) {
      patient.note(fail, "master key", checkup.master_key.error().detail);
      return;
    }
    const auto key = checkup.master_key.value().sealing_key(connections::client_secret_seal_label);
    auto opened = connections::open_client_secret(key, connection);
    if (!opened.ok()) {
      patient.note(fail, "client secret", "it was sealed with another master key",
                   patient.command("update") + " --client-secret-file …");
      return;
    }
    secret = std::move(opened).value();
  }
  const auto relying = sso::oidc_rp::relying_of(
      connection, std::move(secret), sso::connection_urls(checkup.environment, connection),
      sso::address_policy(checkup.environment));
  if (!relying.ok()) return;  // what is missing stands above
  const sso::oidc_rp::Patience patience{checkup.context.now, checkup.context.deadline};
  const auto endpoints = directory.endpoints(relying.value(), patience);
  if (!endpoints.ok()) {
    patient.note("discovery", endpoints.error());
    return;
  }
  patient.note(ok, "discovery", "issuer " + endpoints.value().issuer);
  if (relying.value().proof != sso::oidc_rp::Relying::Proof::id_token) return;
  const auto keys = directory.keys(relying.value(), endpoints.value(), patience);
  if (!keys.ok()) {
    patient.note("keys", keys.error());
    return;
  }
  patient.note(ok, "keys", endpoints.value().jwks_uri);
}

void check_attempts(const Patient& patient, const Page<sso::Attempt>& attempts) {
  std::map<std::string_view, int> counts;
  for (const auto& attempt : attempts.items) {
    if (attempt.failure.has_value()) ++counts[sso::text_of(attempt.failure->diagnosis).name];
  }
  if (counts.empty()) {
    patient.note(ok, "attempts", "none failed in the last seven days");
    return;
  }
  std::string text;
  for (const auto& [name, count] : counts) {
    text += (text.empty() ? "" : ", ") + std::string(name) + " " + std::to_string(count);
  }
  patient.note(warn, "attempts", "failed in the last seven days: " + text,
               "gatehouse doctor sso --connection " + patient.connection.id.text() + " --last 5");
}

// What is stored about it.
struct History {
  ShownConnection shown;
  std::map<std::string, std::size_t> rivals;  // enabled connections that a domain leads to
  std::vector<applications::Application> applications;
  Page<sso::Attempt> attempts;
};

Result<History, Error> load_history(Transaction& transaction, EnvironmentId environment,
                                    ConnectionId id) {
  auto connection = TRY(connection_named(transaction, environment, id.text()));
  History history{TRY(load_shown(transaction, environment, std::move(connection))), {}, {}, {}};
  for (const orgs::Domain& domain : history.shown.domains) {
    const auto rivals = TRY(connections::list_of_domain(transaction, environment, domain.name,
                                                        connections::Include::active));
    history.rivals[domain.name] = rivals.size();
  }
  history.applications = TRY(applications::list_applications(transaction, environment));
  history.attempts = TRY(sso::list_attempts(transaction, environment, {.connection = id},
                                            {.limit = attempts_looked_at}));
  return history;
}

}  // namespace

Result<Checks, Error> check_connection(const ConnectionCheckup& checkup, ConnectionId id) {
  const auto history =
      TRY(storage::read(checkup.database, checkup.context, [&](Transaction& transaction) {
        return load_history(transaction, checkup.environment.id, id);
      }));
  Checks checks;
  const Connection& connection = history.shown.connection;
  const Patient patient{checkup, connection, checks};
  check_state(patient);
  check_domains(patient, history.shown.domains, history.rivals);
  if (const auto* saml = std::get_if<SamlConfiguration>(&connection.configuration)) {
    if (connection.provider != connections::Provider::idp_simulator) {
      check_certificates(patient, *saml);
      check_metadata(patient, *saml);
    }
    check_initiate_login(patient, *saml, history.applications);
  } else {
    check_provider(patient);
  }
  check_attempts(patient, history.attempts);
  return checks;
}

}  // namespace gatehouse::app::commands
