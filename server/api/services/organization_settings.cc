// OrganizationService, second part: features, session policy, user limit, portal links.

#include "server/api/services/organizations.h"
#include "server/orgs/portal_link.h"
#include "server/orgs/session_policy.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::organizations;
namespace commons = scalekit::v1::commons;
using google::protobuf::Empty;
using orgs::SessionPolicy;
using orgs::TimeUnit;
using storage::Transaction;

Error not_allowed(std::string field, std::string_view rule) {
  std::string message = field + " " + std::string(rule);
  return refusal(ErrorCode::invalid_argument, std::move(message), std::move(field));
}

// --- features

Result<std::vector<orgs::FeatureChange>, Error> to_changes(
    const pb::OrganizationSettings& settings) {
  std::vector<orgs::FeatureChange> changes;
  for (int i = 0; i < settings.features_size(); ++i) {
    const auto& given = settings.features(i);
    const auto feature = orgs::parse_feature(given.name());
    if (!feature.has_value()) {
      return not_allowed("settings.features[" + std::to_string(i) + "].name",
                         "must be sso, dir_sync, domain_verification or session_policy");
    }
    changes.push_back(
        {.feature = *feature, .wanted = given.enabled() ? orgs::Switch::on : orgs::Switch::off});
  }
  return changes;
}

Result<pb::GetOrganizationResponse, Error> update_settings(
    const Call& call, const pb::UpdateOrganizationSettingsRequest& request) {
  const auto id = TRY(parse_id<OrgId>(request.id(), "id"));
  const auto changes = TRY(to_changes(request.settings()));
  const auto changed =
      TRY(call.write([&](Transaction& transaction) -> Result<orgs::Organization, Error> {
        if (!changes.empty()) {
          TRY(orgs::change_features(transaction, call.environment(), id, call.context,
                                    call.deps.random, changes));
        }
        auto found = TRY(orgs::find_organization(transaction, call.environment(), id));
        if (!found.has_value()) return not_found("organization");
        return *std::move(found);
      }));
  pb::GetOrganizationResponse response;
  encode_organization(changed, *response.mutable_organization());
  return response;
}

// --- session policy

commons::TimeUnit from_unit(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::minutes: return commons::MINUTES;
    case TimeUnit::hours: return commons::HOURS;
    case TimeUnit::days: return commons::DAYS;
  }
  ensure_failed("api: not a TimeUnit");
}

Result<std::optional<TimeUnit>, Error> to_unit(commons::TimeUnit unit, std::string_view field) {
  switch (unit) {
    case commons::SESSION_TIME_UNIT_UNSPECIFIED: return std::optional<TimeUnit>();
    case commons::MINUTES: return std::optional(TimeUnit::minutes);
    case commons::HOURS: return std::optional(TimeUnit::hours);
    case commons::DAYS: return std::optional(TimeUnit::days);
    default: break;
  }
  return not_allowed(std::string(field), "must be MINUTES, HOURS or DAYS");
}

Result<std::optional<SessionPolicy::Source>, Error> to_source(pb::SessionPolicyType type) {
  using Source = SessionPolicy::Source;
  switch (type) {
    case pb::SESSION_POLICY_TYPE_UNSPECIFIED: return std::optional<Source>();
    case pb::APPLICATION: return std::optional(Source::application);
    case pb::CUSTOM: return std::optional(Source::custom);
    default: break;
  }
  return not_allowed("policy_source", "must be APPLICATION or CUSTOM");
}

Result<orgs::SessionPolicyChange, Error> to_change(
    const pb::UpdateOrganizationSessionPolicyRequest& request) {
  orgs::SessionPolicyChange change;
  change.source = TRY(to_source(request.policy_source()));
  change.absolute_unit =
      TRY(to_unit(request.absolute_session_timeout_unit(), "absolute_session_timeout_unit"));
  change.idle_unit = TRY(to_unit(request.idle_session_timeout_unit(), "idle_session_timeout_unit"));
  if (request.has_absolute_session_timeout()) {
    change.absolute_count = request.absolute_session_timeout().value();
  }
  if (request.has_idle_session_timeout_enabled()) {
    change.idle_rule = request.idle_session_timeout_enabled().value()
                           ? SessionPolicy::Idle::limited
                           : SessionPolicy::Idle::ignored;
  }
  if (request.has_idle_session_timeout()) {
    change.idle_count = request.idle_session_timeout().value();
  }
  return change;
}

// A policy that is the application's has nothing of its own to show.
void encode_policy(const SessionPolicy& policy, pb::OrganizationSessionPolicySettings& message) {
  if (policy.source == SessionPolicy::Source::application) {
    message.set_policy_source(pb::APPLICATION);
    return;
  }
  message.set_policy_source(pb::CUSTOM);
  if (policy.absolute.has_value()) {
    message.mutable_absolute_session_timeout()->set_value(
        static_cast<std::int32_t>(policy.absolute->count));
    message.set_absolute_session_timeout_unit(from_unit(policy.absolute->unit));
  }
  message.mutable_idle_session_timeout_enabled()->set_value(policy.idle_rule ==
                                                            SessionPolicy::Idle::limited);
  if (policy.idle.has_value()) {
    message.mutable_idle_session_timeout()->set_value(
        static_cast<std::int32_t>(policy.idle->count));
    message.set_idle_session_timeout_unit(from_unit(policy.idle->unit));
  }
}

Result<pb::GetOrganizationSessionPolicyResponse, Error> get_session_policy(
    const Call& call, const pb::GetOrganizationSessionPolicyRequest& request) {
  const auto id = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto policy = TRY(call.read([&](Transaction& transaction) -> Result<SessionPolicy, Error> {
    TRY(check_right(call, transaction, id, OrganizationRight::see_session_policy));
    return orgs::find_session_policy(transaction, call.environment(), id);
  }));
  pb::GetOrganizationSessionPolicyResponse response;
  encode_policy(policy, *response.mutable_policy());
  return response;
}

Result<pb::UpdateOrganizationSessionPolicyResponse, Error> update_session_policy(
    const Call& call, const pb::UpdateOrganizationSessionPolicyRequest& request) {
  const auto id = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto change = TRY(to_change(request));
  const auto policy = TRY(call.write([&](Transaction& transaction) -> Result<SessionPolicy, Error> {
    TRY(check_right(call, transaction, id, OrganizationRight::change_session_policy));
    return orgs::update_session_policy(transaction, call.environment(), id, call.context,
                                       call.deps.random, call.entry.environment.settings, change);
  }));
  pb::UpdateOrganizationSessionPolicyResponse response;
  encode_policy(policy, *response.mutable_policy());
  return response;
}

Result<pb::GetApplicationSessionPolicyResponse, Error> get_application_session_policy(
    const Call& call, const pb::GetApplicationSessionPolicyRequest& request) {
  const auto id = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  TRY(call.read([&](Transaction& transaction) -> Result<Unit, Error> {
    TRY(check_right(call, transaction, id, OrganizationRight::see_session_policy));
    const auto found = TRY(orgs::find_organization(transaction, call.environment(), id));
    if (!found.has_value()) return not_found("organization");
    return Unit{};
  }));
  const auto in_minutes = [](Duration duration) {
    return static_cast<std::int32_t>(std::chrono::ceil<minutes>(duration).count());
  };
  const auto& settings = call.entry.environment.settings;
  pb::GetApplicationSessionPolicyResponse response;
  auto& policy = *response.mutable_application_policy();
  policy.set_absolute_session_timeout(in_minutes(settings.session_absolute_lifetime));
  policy.set_absolute_session_timeout_unit(commons::MINUTES);
  policy.set_idle_session_timeout_enabled(true);
  policy.set_idle_session_timeout(in_minutes(settings.session_idle_lifetime));
  policy.set_idle_session_timeout_unit(commons::MINUTES);
  policy.set_access_token_expiry(static_cast<std::int32_t>(
      std::chrono::duration_cast<seconds>(settings.access_token_lifetime).count()));
  return response;
}

// --- user limit

void encode_limit(const orgs::UserLimit& limit, pb::OrganizationUserManagementSettings& message) {
  if (!limit.max_allowed_users.has_value()) return;
  message.mutable_max_allowed_users()->set_value(
      static_cast<std::int32_t>(*limit.max_allowed_users));
}

Result<pb::UpsertUserManagementSettingsResponse, Error> set_user_management(
    const Call& call, const pb::UpsertUserManagementSettingsRequest& request) {
  const auto id = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  orgs::UserLimit limit;
  if (request.settings().has_max_allowed_users()) {
    limit.max_allowed_users = request.settings().max_allowed_users().value();
  }
  TRY(call.write([&](Transaction& transaction) {
    return orgs::set_user_limit(transaction, call.environment(), id, call.context, call.deps.random,
                                limit);
  }));
  pb::UpsertUserManagementSettingsResponse response;
  encode_limit(limit, *response.mutable_settings());
  return response;
}

Result<pb::GetOrganizationUserManagementSettingsResponse, Error> get_user_management(
    const Call& call, const pb::GetOrganizationUserManagementSettingsRequest& request) {
  const auto id = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto limit = TRY(call.read([&](Transaction& transaction) {
    return orgs::find_user_limit(transaction, call.environment(), id);
  }));
  pb::GetOrganizationUserManagementSettingsResponse response;
  encode_limit(limit, *response.mutable_settings());
  return response;
}

// --- portal links

// How old clients ask for the same; the contract marks these fields, and the compiler their
// readers.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
void add_old_features(const pb::GeneratePortalLinkRequest& request, orgs::FeatureSet& features) {
  if (request.sso()) features.add(orgs::Feature::sso);
  if (request.directory_sync()) features.add(orgs::Feature::dir_sync);
}
#pragma GCC diagnostic pop

Result<orgs::FeatureSet, Error> to_features(const pb::GeneratePortalLinkRequest& request) {
  orgs::FeatureSet features;
  for (int i = 0; i < request.features_size(); ++i) {
    switch (request.features(i)) {
      case pb::sso: features.add(orgs::Feature::sso); break;
      case pb::dir_sync: features.add(orgs::Feature::dir_sync); break;
      default: return not_allowed("features[" + std::to_string(i) + "]", "must be sso or dir_sync");
    }
  }
  add_old_features(request, features);
  return features;
}

Result<pb::GeneratePortalLinkResponse, Error> generate_portal_link(
    const Call& call, const pb::GeneratePortalLinkRequest& request) {
  const auto id = TRY(parse_id<OrgId>(request.id(), "id"));
  const auto features = TRY(to_features(request));
  const auto made = TRY(call.write([&](Transaction& transaction) {
    return orgs::create_portal_link(transaction, call.environment(), id, call.context,
                                    call.deps.random, features);
  }));
  pb::GeneratePortalLinkResponse response;
  pb::Link& link = *response.mutable_link();
  link.set_id(made.link.id.text());
  link.set_location(call.base_url() + "/magicLink/" + std::string(made.token.reveal()));
  *link.mutable_expire_time() = to_timestamp(made.link.expires_at);
  return response;
}

// Without their locations: only who made a link knows it.
Result<pb::GetPortalLinksResponse, Error> get_portal_links(
    const Call& call, const pb::GetPortalLinkRequest& request) {
  const auto id = TRY(parse_id<OrgId>(request.id(), "id"));
  const auto links = TRY(call.read([&](Transaction& transaction) {
    return orgs::list_portal_links(transaction, call.environment(), id, call.context.now);
  }));
  pb::GetPortalLinksResponse response;
  for (const orgs::PortalLink& link : links) {
    auto& encoded = *response.add_links();
    encoded.set_id(link.id.text());
    *encoded.mutable_expire_time() = to_timestamp(link.expires_at);
  }
  return response;
}

Result<Empty, Error> delete_portal_link(const Call& call,
                                        const pb::DeletePortalLinkByIdRequest& request) {
  const auto id = TRY(parse_id<OrgId>(request.id(), "id"));
  const auto link = TRY(parse_id<PortalLinkId>(request.link_id(), "link_id"));
  TRY(call.write([&](Transaction& transaction) {
    return orgs::delete_portal_link(transaction, call.environment(), id, call.context,
                                    call.deps.random, link);
  }));
  return Empty();
}

Result<Empty, Error> delete_portal_links(const Call& call,
                                         const pb::DeletePortalLinkRequest& request) {
  const auto id = TRY(parse_id<OrgId>(request.id(), "id"));
  TRY(call.write([&](Transaction& transaction) {
    return orgs::delete_portal_links(transaction, call.environment(), id, call.context,
                                     call.deps.random);
  }));
  return Empty();
}

}  // namespace

void add_organization_settings(Methods::Service& service) {
  service.write("UpdateOrganizationSettings", update_settings);
  service.read("GetOrganizationSessionPolicy", get_session_policy);
  service.write("UpdateOrganizationSessionPolicy", update_session_policy);
  service.read("GetApplicationSessionPolicy", get_application_session_policy);
  for (const char* name : {"GetOrganizationSessionPolicy", "UpdateOrganizationSessionPolicy",
                           "GetApplicationSessionPolicy"}) {
    service.people_too(name);
  }
  service.write("UpsertUserManagementSettings", set_user_management);
  service.read("GetOrganizationUserManagementSetting", get_user_management);
  service.write("GeneratePortalLink", generate_portal_link);
  service.read("GetPortalLinks", get_portal_links);
  service.write("DeletePortalLinkByID", delete_portal_link);
  service.write("DeletePortalLink", delete_portal_links);
}

}  // namespace gatehouse::api
