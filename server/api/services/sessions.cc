// SessionService: the sessions of people, and their end. A signed-in person may see and end their
// own ones.

#include "scalekit/v1/sessions/sessions.pb.h"
#include "server/api/convert.h"
#include "server/api/services/all.h"
#include "server/sessions/device.h"
#include "server/sessions/session_list.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::sessions;
using sessions::SessionDetails;
using storage::Transaction;

constexpr PageLimits list_limits{.standard = 10, .max = 100};

bool is_their_own(const Caller& caller, UserId user) {
  return caller.kind != Caller::Kind::session || caller.user == user;
}

// What sessions and revoked sessions have in common.
template <class Message>
void encode_times(const SessionDetails& details, Message& message) {
  const sessions::Session& session = details.session;
  message.set_session_id(session.id.text());
  message.set_user_id(session.user.text());
  message.set_status(std::string(sessions::status_name(details.status)));
  *message.mutable_created_at() = to_timestamp(session.created_at);
  *message.mutable_updated_at() = to_timestamp(details.updated_at());
  *message.mutable_last_active_at() = to_timestamp(session.last_active_at);
  *message.mutable_idle_expires_at() = to_timestamp(session.idle_expires_at);
  *message.mutable_absolute_expires_at() = to_timestamp(session.expires_at);
  const auto over_at = details.over_at();
  if (details.status == sessions::Status::expired) {
    *message.mutable_expired_at() = to_timestamp(*over_at);
  }
  if (details.status == sessions::Status::logout) {
    *message.mutable_logout_at() = to_timestamp(*over_at);
  }
}

void encode_device(const sessions::Session& session, pb::DeviceDetails& message) {
  const sessions::Device device = sessions::parse_user_agent(session.user_agent);
  message.set_user_agent(session.user_agent);
  message.set_os(device.os);
  message.set_os_version(device.os_version);
  message.set_browser(device.browser);
  message.set_browser_version(device.browser_version);
  message.set_device_type(device.type);
  message.set_ip(session.client_address);
}

void encode_session(const SessionDetails& details, pb::SessionDetails& message) {
  encode_times(details, message);
  for (const OrgId organization : details.organizations()) {
    message.add_authenticated_organizations(organization.text());
  }
  if (details.session.organization.has_value()) {
    message.set_organization_id(details.session.organization->text());
  }
  encode_device(details.session, *message.mutable_device());
  for (const sessions::AuthenticatedClient& client : details.clients) {
    auto& encoded = *message.add_authenticated_clients();
    encoded.set_client_id(client.client_id);
    if (client.organization.has_value()) encoded.set_organization_id(client.organization->text());
  }
}

Result<sessions::SessionFilter, Error> to_filter(const pb::UserSessionFilter& given) {
  sessions::SessionFilter filter;
  for (const std::string& name : given.status()) {
    const auto status = sessions::parse_status(name);
    if (!status.has_value()) {
      return refusal(ErrorCode::invalid_argument,
                     "filter.status must be active, expired, revoked or logout", "filter.status");
    }
    filter.statuses.push_back(*status);
  }
  if (given.has_start_time()) {
    filter.created_from = TRY(to_instant(given.start_time(), "filter.start_time"));
  }
  if (given.has_end_time()) {
    filter.created_before = TRY(to_instant(given.end_time(), "filter.end_time"));
  }
  return filter;
}

Result<pb::SessionDetails, Error> get(const Call& call, const pb::SessionDetailsRequest& request) {
  const auto id = TRY(parse_id<SessionId>(request.session_id(), "session_id"));
  const SessionDetails details = TRY(call.read([&](Transaction& transaction) {
    return sessions::find_details(transaction, call.environment(), id, call.context.now);
  }));
  pb::SessionDetails response;
  encode_session(details, response);
  return response;
}

Result<pb::UserSessionDetails, Error> list(const Call& call,
                                           const pb::UserSessionDetailsRequest& request) {
  const auto user = TRY(parse_id<UserId>(request.user_id(), "user_id"));
  if (!is_their_own(call.caller, user)) return not_found("user");
  const auto filter = TRY(to_filter(request.filter()));
  const PageQuery query = TRY(page_query(request.page_size(), request.page_token(), list_limits));
  const auto page = TRY(call.read([&](Transaction& transaction) {
    return sessions::list_of_user(transaction, call.environment(), user, filter, query,
                                  call.context.now);
  }));
  pb::UserSessionDetails response;
  for (const SessionDetails& details : page.items) {
    encode_session(details, *response.add_sessions());
  }
  set_page_tokens(response, page);
  response.set_total_size(static_cast<std::uint32_t>(page.total));
  return response;
}

Result<pb::RevokeSessionResponse, Error> revoke(const Call& call,
                                                const pb::RevokeSessionRequest& request) {
  const auto id = TRY(parse_id<SessionId>(request.session_id(), "session_id"));
  const SessionDetails revoked =
      TRY(call.write([&](Transaction& transaction) -> Result<SessionDetails, Error> {
        const SessionDetails before =
            TRY(sessions::find_details(transaction, call.environment(), id, call.context.now));
        if (!is_their_own(call.caller, before.session.user)) return not_found("session");
        return sessions::revoke(transaction, call.environment(), call.context, call.deps.random,
                                id);
      }));
  pb::RevokeSessionResponse response;
  encode_times(revoked, *response.mutable_revoked_session());
  return response;
}

Result<pb::RevokeAllUserSessionsResponse, Error> revoke_all(
    const Call& call, const pb::RevokeAllUserSessionsRequest& request) {
  const auto user = TRY(parse_id<UserId>(request.user_id(), "user_id"));
  const auto revoked = TRY(call.write([&](Transaction& transaction) {
    return sessions::revoke_all_of_user(transaction, call.environment(), call.context,
                                        call.deps.random, user);
  }));
  pb::RevokeAllUserSessionsResponse response;
  for (const SessionDetails& details : revoked) {
    encode_times(details, *response.add_revoked_sessions());
  }
  response.set_total_revoked(static_cast<std::uint32_t>(revoked.size()));
  return response;
}

}  // namespace

void add_session_service(Methods& methods) {
  auto service = methods.service("scalekit.v1.sessions.SessionService");
  service.read("GetSession", get);
  service.read("GetUserSessions", list);
  service.write("RevokeSession", revoke);
  service.write("RevokeAllUserSessions", revoke_all);
  service.people_too("GetUserSessions");
  service.people_too("RevokeSession");
}

}  // namespace gatehouse::api
