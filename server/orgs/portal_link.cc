// The rules of portal links: what they may be limited to, and the acts with their audit records.

#include "server/orgs/portal_link.h"

#include "server/crypto/hash.h"
#include "server/encoding/base64.h"
#include "server/encoding/hex.h"
#include "server/orgs/organization_change.h"
#include "server/orgs/portal_link_store.h"

namespace gatehouse::orgs {
namespace {

using storage::Transaction;

constexpr std::size_t session_token_bytes = 32;

// 122 random bits in the form that clients know: a UUID of version 4 [RFC 9562 §5.4].
std::string make_uuid(Random& random) {
  std::string bytes = random_bytes(random, 16);
  bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0fU) | 0x40U);
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3fU) | 0x80U);
  std::string text = hex_encode(bytes);
  for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, 1, '-');
  return text;
}

Result<Unit, Error> record_act(Transaction& transaction, EnvironmentId environment,
                               OrgId organization, const Context& context, Random& random,
                               audit::Event event, std::string subject, std::string detail) {
  return audit::record(transaction, environment, context, random,
                       {.event = event,
                        .subject_type = "portal_link",
                        .subject_id = std::move(subject),
                        .organization = organization,
                        .detail = std::move(detail)});
}

Result<Unit, Error> check_has_all(const Organization& organization, FeatureSet wanted) {
  for (const Feature feature : all_features) {
    if (wanted.has(feature) && !organization.features.has(feature)) {
      return refusal(
          ErrorCode::invalid_argument,
          "feature " + std::string(feature_name(feature)) + " is not enabled for this organization",
          "features");
    }
  }
  return Unit{};
}

}  // namespace

FeatureSet FoundPortalLink::visible_features() const {
  if (link.features.empty()) return organization.features;
  FeatureSet visible;
  for (const Feature feature : all_features) {
    if (link.features.has(feature) && organization.features.has(feature)) visible.add(feature);
  }
  return visible;
}

Result<CreatedPortalLink, Error> create_portal_link(Transaction& transaction,
                                                    EnvironmentId environment, OrgId organization,
                                                    const Context& context, Random& random,
                                                    FeatureSet features) {
  const auto owner = TRY(find_organization(transaction, environment, organization));
  if (!owner.has_value()) return organization_not_found();
  TRY(check_has_all(*owner, features));
  const PortalLink link{.id = PortalLinkId::make(random, context.now),
                        .organization = organization,
                        .features = features,
                        .created_at = context.now,
                        .expires_at = context.now + portal_link_lifetime,
                        .session_expires_at = std::nullopt};
  Secret token(make_uuid(random));
  TRY(insert_portal_link(transaction, environment, link, crypto::sha256(token.reveal())));
  TRY(record_act(transaction, environment, organization, context, random,
                 audit::Event::portal_link_created, link.id.text(), feature_set_to_json(features)));
  return CreatedPortalLink{.link = link, .token = std::move(token)};
}

Result<std::vector<PortalLink>, Error> list_portal_links(Transaction& transaction,
                                                         EnvironmentId environment,
                                                         OrgId organization, Instant now) {
  if (!TRY(find_organization(transaction, environment, organization)).has_value()) {
    return organization_not_found();
  }
  return load_portal_links(transaction, environment, organization, now);
}

Result<Unit, Error> delete_portal_link(Transaction& transaction, EnvironmentId environment,
                                       OrgId organization, const Context& context, Random& random,
                                       PortalLinkId link) {
  if (!TRY(delete_portal_link_row(transaction, environment, organization, link))) {
    return refusal(ErrorCode::not_found, "portal link not found");
  }
  return record_act(transaction, environment, organization, context, random,
                    audit::Event::portal_link_deleted, link.text(), {});
}

Result<Unit, Error> delete_portal_links(Transaction& transaction, EnvironmentId environment,
                                        OrgId organization, const Context& context,
                                        Random& random) {
  if (!TRY(find_organization(transaction, environment, organization)).has_value()) {
    return organization_not_found();
  }
  const auto count = TRY(delete_portal_link_rows(transaction, environment, organization));
  if (count == 0) return Unit{};
  return record_act(transaction, environment, organization, context, random,
                    audit::Event::portal_link_deleted, {}, std::to_string(count) + " links");
}

Result<std::optional<OpenedPortal>, Error> open_portal_link(Transaction& transaction,
                                                            EnvironmentId environment,
                                                            const Context& context, Random& random,
                                                            std::string_view token) {
  const Secret session_source(random_bytes(random, session_token_bytes));
  Secret session_token(base64url_encode(session_source.reveal()));
  const PortalSessionStart start{.session_hash = crypto::sha256(session_token.reveal()),
                                 .now = context.now,
                                 .expires_at = context.now + portal_session_lifetime};
  const auto opened = TRY(update_opened(transaction, environment, crypto::sha256(token), start));
  if (!opened.has_value()) return std::optional<OpenedPortal>();
  TRY(record_act(transaction, environment, opened->organization, context, random,
                 audit::Event::portal_link_opened, opened->link.text(), {}));
  return std::optional(
      OpenedPortal{.session_token = std::move(session_token), .expires_at = start.expires_at});
}

}  // namespace gatehouse::orgs
