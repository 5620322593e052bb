// What an App is made of: every object behind the sockets, in the order of their dependencies.

#pragma once

#include "server/api/api.h"
#include "server/app/app.h"
#include "server/app/domain_checks.h"
#include "server/app/key_policy.h"
#include "server/app/mail_sealer.h"
#include "server/app/maintenance.h"
#include "server/app/routes.h"
#include "server/cluster/lease.h"
#include "server/cluster/watch.h"
#include "server/oidc/back_channel.h"
#include "server/sso/metadata_update.h"

namespace gatehouse::app {

// Jobs and start-up work on all environments; where a context needs one, it is not read.
inline const EnvironmentId all_environments(1);

struct App::State {
  State(const Parts& given, AppSettings wanted, pages::Pages loaded, mail::Letters written);

  Parts parts;
  AppSettings settings;
  crypto::SealingKey key_seal;
  crypto::SealingKey client_secret_seal;
  crypto::SealingKey provider_key_seal;
  MailSealer mail_sealer;
  const std::string instance;
  std::atomic<bool> is_serving{false};
  std::atomic<bool> keys_may_be_missing{false};
  std::function<void()> wake_mail;
  std::function<void()> tell_change;

  pages::Pages pages;
  mail::Letters letters;
  mail::Outbox outbox;
  mail::Sender sender;
  audit::RefusalLog refusals;
  applications::SecretUses secret_uses;
  applications::Catalog catalog;
  keys::KeyRings keys;
  cluster::Watch watch;

  login::Deps login_deps;
  login::Steps login;
  login::InvitationPages invitations;
  sso::oidc_rp::ProviderDirectory providers;
  sso::KnownParties sso_parties;
  sso::ProviderKeys provider_keys;
  sso::Deps sso_deps;
  sso::Endpoints sso;
  oidc::Deps oidc_deps;
  oidc::AccessTokens access_tokens;
  oidc::AuthorizeEndpoint authorize;
  oidc::TokenEndpoint token;
  oidc::UserinfoEndpoint userinfo;
  oidc::IntrospectionEndpoint introspection;
  oidc::RevocationEndpoint revocation;
  oidc::EndSessionEndpoint end_session;
  oidc::DiscoveryEndpoint discovery;
  oidc::BackChannel back_channel;
  portal::Deps portal_deps;
  portal::AccountPages account;
  portal::AdminPortal admin_portal;

  api::Api api;

  std::vector<http::Route> routes;
  telemetry::Metrics metrics;
  Front front;
  std::vector<Job> jobs;

  std::vector<http::Route> all_routes();
  std::vector<Job> all_jobs();
  [[nodiscard]] Context context(EnvironmentId environment = all_environments) {
    return system_context(environment, parts.clock, parts.random);
  }
  [[nodiscard]] Context context_within(Duration patience);
  // Empty: it is.
  [[nodiscard]] std::string_view not_ready_because() const;
  [[nodiscard]] std::string metrics_text();
  // A job that one node of the cluster does.
  Job once(std::string_view name, Duration every, Result<Unit, Error> (State::*act)());
  Result<Unit, Error> load();
  Result<Unit, Error> load_keys();
  // `if_made` trusts that what is loaded was current a moment ago.
  enum class Reload { if_made, always };
  Result<Unit, Error> make_keys(Reload reload);
  Result<Unit, Error> follow_changes();
  Result<Unit, Error> follow_own_changes();
  Result<Unit, Error> make_missing_keys();
  Result<Unit, Error> rotate_keys() { return make_keys(Reload::always); }
  Result<Unit, Error> seal_audit() {
    return seal_audit_logs(parts.database, *catalog.current(), [this] { return context(); });
  }
  Result<Unit, Error> reclaim() {
    return app::reclaim(parts.database, sender, [this] { return context(); });
  }
  Result<Unit, Error> verify_domains() {
    return check_domains(parts.database, parts.random, txt_lookup(parts.dns),
                         [this] { return context(); });
  }
  [[nodiscard]] sso::MetadataDeps metadata_deps() {
    return {parts.database, parts.http, parts.random, client_secret_seal};
  }
  Result<Unit, Error> read_all_metadata() {
    for (const auto& entry : catalog.current()->entries) {
      const Context here = context(entry->environment.id);
      TRY(sso::update_all_metadata(metadata_deps(), here, entry->environment));
    }
    return Unit{};
  }
  Result<Unit, Error> sum_up_counts() {
    return app::sum_up_counts(parts.database, [this] { return context(); });
  }
};

}  // namespace gatehouse::app
