// Id<Tag>: the identifier of one kind of thing. On the wire it is a prefix and a decimal number
// ("usr_7203948571234567890"), in the database a 64-bit integer, in code a type of its own: a
// UserId cannot be passed where an OrgId is meant.
//
// The number is 41 bits of milliseconds since 2024-01-01, 8 bits for who made it and 14 that count
// on (random.h): ids sort by age, and neither those of one process nor those of nodes clash. Of two
// commands the primary key refuses the rare clash.
// Prefixes and lengths follow the contract: 15 to 19 digits.

#pragma once

#include <charconv>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "server/core/ensure.h"
#include "server/core/random.h"
#include "server/core/time.h"

namespace gatehouse {

// The number of a fresh id.
[[nodiscard]] std::int64_t new_id_number(Random& random, Instant now);
// No id made at `instant` or later has a smaller number, no older one an equal or greater; but for
// those that ran ahead (OsRandom).
[[nodiscard]] std::int64_t least_id_number(Instant instant);

template <class Tag>
class Id {
 public:
  static constexpr std::string_view prefix = Tag::prefix;

  // From a stored number. ENSUREs that it is positive: zero and below are no ids.
  explicit constexpr Id(std::int64_t number) : number_(number) { ENSURE(number > 0); }

  [[nodiscard]] static Id make(Random& random, Instant now) {
    return Id(new_id_number(random, now));
  }

  // From text off the wire: exactly the prefix and 1 to 19 digits without a leading zero.
  [[nodiscard]] static std::optional<Id> parse(std::string_view text) {
    if (!text.starts_with(prefix)) return std::nullopt;
    const std::string_view digits = text.substr(prefix.size());
    if (digits.empty() || digits.size() > 19 || digits.front() == '0') return std::nullopt;
    std::int64_t number = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, status] = std::from_chars(digits.data(), end, number);
    if (status != std::errc{} || stop != end || number <= 0) return std::nullopt;
    return Id(number);
  }

  [[nodiscard]] std::int64_t number() const { return number_; }
  [[nodiscard]] std::string text() const { return std::string(prefix) + std::to_string(number_); }

  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  std::int64_t number_;
};

// clang-format off
struct EnvironmentTag  { static constexpr std::string_view prefix = "env_"; };
struct ApplicationTag  { static constexpr std::string_view prefix = "app_"; };
struct SecretTag       { static constexpr std::string_view prefix = "sks_"; };
struct OrgTag          { static constexpr std::string_view prefix = "org_"; };
struct UserTag         { static constexpr std::string_view prefix = "usr_"; };
struct RoleTag         { static constexpr std::string_view prefix = "role_"; };
struct PermissionTag   { static constexpr std::string_view prefix = "perm_"; };
struct SessionTag      { static constexpr std::string_view prefix = "ses_"; };
struct KeyTag          { static constexpr std::string_view prefix = "snk_"; };
struct TokenTag        { static constexpr std::string_view prefix = "tkn_"; };
struct FamilyTag       { static constexpr std::string_view prefix = "rtf_"; };
struct FlowTag         { static constexpr std::string_view prefix = "flw_"; };
struct AuditTag        { static constexpr std::string_view prefix = "aud_"; };
struct MailTag         { static constexpr std::string_view prefix = "msg_"; };
struct DeliveryTag     { static constexpr std::string_view prefix = "dlv_"; };
struct RequestTag      { static constexpr std::string_view prefix = "req_"; };
struct ConnectionTag    { static constexpr std::string_view prefix = "conn_"; };
struct DirectoryTag     { static constexpr std::string_view prefix = "dir_"; };
struct DirectorySecretTag { static constexpr std::string_view prefix = "sec_"; };
struct DirectoryUserTag { static constexpr std::string_view prefix = "diruser_"; };
struct DirectoryGroupTag { static constexpr std::string_view prefix = "dirgroup_"; };
struct ConnectionTestTag { static constexpr std::string_view prefix = "test_"; };
struct DomainTag        { static constexpr std::string_view prefix = "dom_"; };
struct PortalLinkTag    { static constexpr std::string_view prefix = "lnk_"; };
struct ApiTokenTag      { static constexpr std::string_view prefix = "apit_"; };
struct EventTag         { static constexpr std::string_view prefix = "evt_"; };
struct CredentialTag    { static constexpr std::string_view prefix = "wac_"; };
struct ResourceTag      { static constexpr std::string_view prefix = "res_"; };
struct ScopeTag         { static constexpr std::string_view prefix = "scp_"; };
struct ConsentTag       { static constexpr std::string_view prefix = "usrcnst_"; };
struct InvitationTag    { static constexpr std::string_view prefix = "inv_"; };
struct SsoAttemptTag    { static constexpr std::string_view prefix = "err_"; };
struct AuthRequestTag   { static constexpr std::string_view prefix = "areq_"; };
// clang-format on

using EnvironmentId = Id<EnvironmentTag>;
using ApplicationId = Id<ApplicationTag>;
using ClientSecretId = Id<SecretTag>;
using OrgId = Id<OrgTag>;
using UserId = Id<UserTag>;
using RoleId = Id<RoleTag>;
using PermissionId = Id<PermissionTag>;
using SessionId = Id<SessionTag>;
using KeyId = Id<KeyTag>;
using TokenId = Id<TokenTag>;
using FamilyId = Id<FamilyTag>;
using FlowId = Id<FlowTag>;
using AuditId = Id<AuditTag>;
using MailId = Id<MailTag>;
using DeliveryId = Id<DeliveryTag>;
using RequestId = Id<RequestTag>;
using ConnectionId = Id<ConnectionTag>;
using DirectoryId = Id<DirectoryTag>;
using DirectorySecretId = Id<DirectorySecretTag>;
using DirectoryUserId = Id<DirectoryUserTag>;
using DirectoryGroupId = Id<DirectoryGroupTag>;
using ConnectionTestId = Id<ConnectionTestTag>;
using DomainId = Id<DomainTag>;
using PortalLinkId = Id<PortalLinkTag>;
using ApiTokenId = Id<ApiTokenTag>;
using EventId = Id<EventTag>;
using CredentialId = Id<CredentialTag>;
using ResourceId = Id<ResourceTag>;
using ScopeId = Id<ScopeTag>;
using ConsentId = Id<ConsentTag>;
using InvitationId = Id<InvitationTag>;
using SsoAttemptId = Id<SsoAttemptTag>;
using AuthRequestId = Id<AuthRequestTag>;

}  // namespace gatehouse

template <class Tag>
struct std::hash<gatehouse::Id<Tag>> {
  std::size_t operator()(const gatehouse::Id<Tag>& id) const noexcept {
    return std::hash<std::int64_t>{}(id.number());
  }
};
