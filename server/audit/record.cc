#include "server/audit/record.h"

#include <array>

#include "server/audit/audit_store.h"
#include "server/audit/stored_form.h"
#include "server/core/ensure.h"
#include "server/core/limits.h"
#include "server/encoding/utf8.h"

namespace gatehouse::audit {
namespace {

constexpr std::size_t name_bytes_max = 256;  // ids and types: some are shown to us by strangers
constexpr std::size_t detail_bytes_max = 500;

struct EventName {
  Event event;
  std::string_view name;
};

constexpr std::array event_names{
    EventName{Event::environment_created, "environment.created"},
    EventName{Event::environment_updated, "environment.updated"},
    EventName{Event::application_created, "application.created"},
    EventName{Event::application_updated, "application.updated"},
    EventName{Event::application_deleted, "application.deleted"},
    EventName{Event::secret_created, "secret.created"},
    EventName{Event::secret_deactivated, "secret.deactivated"},
    EventName{Event::secret_deleted, "secret.deleted"},
    EventName{Event::signing_key_created, "signing_key.created"},
    EventName{Event::signing_key_activated, "signing_key.activated"},
    EventName{Event::signing_key_retired, "signing_key.retired"},
    EventName{Event::signing_key_removed, "signing_key.removed"},
    EventName{Event::organization_created, "organization.created"},
    EventName{Event::organization_updated, "organization.updated"},
    EventName{Event::organization_deleted, "organization.deleted"},
    EventName{Event::user_created, "user.created"},
    EventName{Event::user_updated, "user.updated"},
    EventName{Event::user_disabled, "user.disabled"},
    EventName{Event::user_enabled, "user.enabled"},
    EventName{Event::user_deleted, "user.deleted"},
    EventName{Event::membership_created, "membership.created"},
    EventName{Event::membership_updated, "membership.updated"},
    EventName{Event::membership_deleted, "membership.deleted"},
    EventName{Event::role_created, "role.created"},
    EventName{Event::permission_created, "permission.created"},
    EventName{Event::login_started, "login.started"},
    EventName{Event::login_code_sent, "login.code_sent"},
    EventName{Event::login_succeeded, "login.succeeded"},
    EventName{Event::login_refused, "login.refused"},
    EventName{Event::session_created, "session.created"},
    EventName{Event::session_renewed, "session.renewed"},
    EventName{Event::session_ended, "session.ended"},
    EventName{Event::code_issued, "code.issued"},
    EventName{Event::code_redeemed, "code.redeemed"},
    EventName{Event::code_reused, "code.reused"},
    EventName{Event::token_refused, "token.refused"},
    EventName{Event::token_revoked, "token.revoked"},
    EventName{Event::refresh_reused, "refresh.reused"},
    EventName{Event::authorize_refused, "authorize.refused"},
    EventName{Event::logout_refused, "logout.refused"},
    EventName{Event::api_token_created, "api_token.created"},
    EventName{Event::api_token_updated, "api_token.updated"},
    EventName{Event::api_token_invalidated, "api_token.invalidated"},
    EventName{Event::passwordless_sent, "passwordless.sent"},
    EventName{Event::passwordless_verified, "passwordless.verified"},
    EventName{Event::passwordless_refused, "passwordless.refused"},
    EventName{Event::credential_created, "credential.created"},
    EventName{Event::credential_updated, "credential.updated"},
    EventName{Event::credential_deleted, "credential.deleted"},
    EventName{Event::identity_linked, "user.identity_linked"},
    EventName{Event::sso_refused, "login.sso_refused"},
    EventName{Event::invitation_sent, "invitation.sent"},
    EventName{Event::invitation_accepted, "invitation.accepted"},
    EventName{Event::invitation_refused, "invitation.refused"},
    EventName{Event::domain_created, "domain.created"},
    EventName{Event::domain_deleted, "domain.deleted"},
    EventName{Event::domain_verified, "domain.verified"},
    EventName{Event::domain_verification_failed, "domain.verification_failed"},
    EventName{Event::connection_created, "connection.created"},
    EventName{Event::connection_updated, "connection.updated"},
    EventName{Event::connection_enabled, "connection.enabled"},
    EventName{Event::connection_disabled, "connection.disabled"},
    EventName{Event::connection_deleted, "connection.deleted"},
    EventName{Event::directory_created, "directory.created"},
    EventName{Event::directory_updated, "directory.updated"},
    EventName{Event::directory_enabled, "directory.enabled"},
    EventName{Event::directory_disabled, "directory.disabled"},
    EventName{Event::directory_deleted, "directory.deleted"},
    EventName{Event::directory_secret_created, "directory_secret.created"},
    EventName{Event::secret_activated, "secret.activated"},
    EventName{Event::client_created, "client.created"},
    EventName{Event::client_updated, "client.updated"},
    EventName{Event::client_deleted, "client.deleted"},
    EventName{Event::resource_created, "resource.created"},
    EventName{Event::resource_updated, "resource.updated"},
    EventName{Event::resource_deleted, "resource.deleted"},
    EventName{Event::scope_created, "scope.created"},
    EventName{Event::scope_updated, "scope.updated"},
    EventName{Event::scope_deleted, "scope.deleted"},
    EventName{Event::consent_granted, "consent.granted"},
    EventName{Event::consent_revoked, "consent.revoked"},
    EventName{Event::portal_link_created, "portal_link.created"},
    EventName{Event::portal_link_deleted, "portal_link.deleted"},
    EventName{Event::portal_link_opened, "portal_link.opened"},
    EventName{Event::portal_link_refused, "portal_link.refused"},
    EventName{Event::api_call_refused, "api_call.refused"},
    EventName{Event::role_updated, "role.updated"},
    EventName{Event::role_deleted, "role.deleted"},
    EventName{Event::permission_updated, "permission.updated"},
    EventName{Event::permission_deleted, "permission.deleted"},
    EventName{Event::users_imported, "users.imported"},
    EventName{Event::data_restored, "data.restored"},
    EventName{Event::refusals_dropped, "refusals.dropped"},
};

consteval bool names_stand_in_enum_order() {
  for (std::size_t i = 0; i < event_names.size(); ++i) {
    if (static_cast<std::size_t>(event_names[i].event) != i) return false;
  }
  return event_names.size() == event_count;
}
static_assert(names_stand_in_enum_order());

// As much of `text` as fits; what is not printable UTF-8 becomes "?", a byte at a time.
std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string kept;
  while (!text.empty()) {
    const auto point = first_code_point(text);
    const bool shown =
        point.has_value() && point->value >= 0x20 && (point->value < 0x7f || point->value > 0x9f);
    const std::string_view piece = shown ? text.substr(0, point->bytes) : "?";
    if (kept.size() + piece.size() > bytes_max) break;
    kept.append(piece);
    text.remove_prefix(point.has_value() ? point->bytes : 1);
  }
  return kept;
}

}  // namespace

std::string_view event_name(Event event) {
  const auto index = static_cast<std::size_t>(event);
  ENSURE(index < event_names.size());
  return event_names[index].name;
}

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::success: return "success";
    case Outcome::refused: return "refused";
  }
  ensure_failed("outcome_name: not an Outcome");
}

StoredRecord stored_form(AuditId id, const Context& context, const Record& entry) {
  std::optional<std::string> client_id;
  if (entry.client_id.has_value()) client_id = printable(*entry.client_id, name_bytes_max);
  return {.id = id,
          .at = context.now,
          .event = std::string(event_name(entry.event)),
          .outcome = std::string(outcome_name(entry.outcome)),
          .actor_type = std::string(actor_type_name(context.actor.type)),
          .actor_id = printable(context.actor.id, name_bytes_max),
          .subject_type = printable(entry.subject_type, name_bytes_max),
          .subject_id = printable(entry.subject_id, name_bytes_max),
          .organization = entry.organization,
          .client_id = std::move(client_id),
          .request = context.request,
          .client_address = printable(context.client_address, name_bytes_max),
          .user_agent = printable(context.user_agent, limits::user_agent_bytes_max),
          .detail = printable(entry.detail, detail_bytes_max)};
}

Result<Unit, Error> record(storage::Transaction& transaction, EnvironmentId environment,
                           const Context& context, Random& random, const Record& entry) {
  const AuditId id = AuditId::make(random, context.now);
  return insert_record(transaction, environment, stored_form(id, context, entry));
}

}  // namespace gatehouse::audit
