#include "server/orgs/organization_change.h"

#include "server/encoding/json.h"
#include "server/events/event.h"

namespace gatehouse::orgs {

using storage::Transaction;

Error organization_not_found() { return refusal(ErrorCode::not_found, "organization not found"); }

std::string organization_json(const Organization& organization, std::optional<Instant> deleted_at) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object()
      .field("id", organization.id.text())
      .field("create_time", to_rfc3339(organization.created_at))
      .field("update_time", to_rfc3339(organization.updated_at))
      .field("display_name", organization.display_name);
  if (deleted_at.has_value()) writer.field("deleted_at", to_rfc3339(*deleted_at));
  if (organization.region.has_value()) {
    writer.field("region_code", region_name(*organization.region));
  }
  if (organization.external_id.has_value()) writer.field("external_id", *organization.external_id);
  if (organization.slug.has_value()) writer.field("slug", *organization.slug);
  if (organization.logo_url.has_value()) writer.field("logo_url", *organization.logo_url);
  writer.key("metadata").raw(metadata_to_json(organization.metadata));
  writer.key("settings").begin_object().key("features").begin_array();
  for (const Feature feature : all_features) {
    writer.begin_object()
        .field("name", feature_name(feature))
        .field("enabled", organization.features.has(feature))
        .end_object();
  }
  writer.end_array().end_object().end_object();
  return text;
}

Result<Unit, Error> tell_of_organization(Transaction& transaction, EnvironmentId environment,
                                         const Context& context, Random& random, audit::Event event,
                                         const Organization& organization, std::string_view what) {
  TRY(audit::record(transaction, environment, context, random,
                    {.event = event,
                     .subject_type = "organization",
                     .subject_id = organization.id.text(),
                     .organization = organization.id,
                     .detail = std::string(what)}));
  std::optional<Instant> deleted_at;
  if (event == audit::Event::organization_deleted) deleted_at = context.now;
  TRY(events::record(transaction, environment, context, random,
                     {.type = audit::event_name(event),
                      .object = "Organization",
                      .organization = organization.id,
                      .data = organization_json(organization, deleted_at)}));
  return Unit{};
}

Result<Organization, Error> tell_of_update(Transaction& transaction, EnvironmentId environment,
                                           OrgId organization, const Context& context,
                                           Random& random, std::string_view what) {
  auto found = TRY(find_organization(transaction, environment, organization));
  if (!found.has_value()) return organization_not_found();
  TRY(tell_of_organization(transaction, environment, context, random,
                           audit::Event::organization_updated, *found, what));
  return *std::move(found);
}

}  // namespace gatehouse::orgs
