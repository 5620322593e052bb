// The rules of organizations: names, external ids and slugs, and the acts with their audit records.

#include "server/orgs/organization.h"

#include <algorithm>

#include "server/audit/record.h"
#include "server/core/limits.h"
#include "server/encoding/utf8.h"
#include "server/orgs/organization_store.h"

namespace gatehouse::orgs {
namespace {

using storage::Transaction;

constexpr std::size_t external_id_bytes_max = 255;
constexpr std::size_t slug_bytes_max = 63;

Error unknown_organization() {
  return {ErrorCode::not_found, "no such organization in this environment"};
}

Result<std::string, Error> clean_organization_name(std::string_view text) {
  auto cleaned = clean_display_name(text, limits::display_name_bytes_max);
  if (!cleaned.has_value()) {
    return Error(ErrorCode::invalid_argument,
                 "organization name: UTF-8, something visible, at most 200 bytes");
  }
  return *std::move(cleaned);
}

bool is_external_id(const std::string& text) {
  return !text.empty() && clean_display_name(text, external_id_bytes_max) == text;
}

// Lower-case letters, digits and inner hyphens: what can stand in a host name or a path as it is.
bool is_slug(const std::string& text) {
  return !text.empty() && text.size() <= slug_bytes_max && !text.starts_with('-') &&
         !text.ends_with('-') && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

Result<Unit, Error> record_act(Transaction& transaction, EnvironmentId environment,
                               OrgId organization, const Context& context, Random& random,
                               audit::Event event) {
  return audit::record(transaction, environment, context, random,
                       {.event = event,
                        .subject_type = "organization",
                        .subject_id = organization.text(),
                        .organization = organization});
}

}  // namespace

Result<Organization, Error> create(Transaction& transaction, EnvironmentId environment,
                                   const Context& context, Random& random,
                                   const NewOrganization& wanted) {
  std::string display_name = TRY(clean_organization_name(wanted.display_name));
  if (wanted.external_id.has_value() && !is_external_id(*wanted.external_id)) {
    return Error(ErrorCode::invalid_argument,
                 "external id: 1 to 255 bytes, no control or invisible characters");
  }
  if (wanted.slug.has_value() && !is_slug(*wanted.slug)) {
    return Error(ErrorCode::invalid_argument,
                 "slug: 1 to 63 of a-z, 0-9 and hyphens that are not at an end");
  }
  Organization organization{.id = OrgId::make(random, context.now),
                            .environment = environment,
                            .display_name = std::move(display_name),
                            .external_id = wanted.external_id,
                            .slug = wanted.slug,
                            .created_at = context.now,
                            .updated_at = context.now};
  if (!TRY(insert_organization(transaction, environment, organization))) {
    return Error(ErrorCode::already_exists, "the external id or the slug is taken");
  }
  TRY(record_act(transaction, environment, organization.id, context, random,
                 audit::Event::organization_created));
  return organization;
}

Result<Unit, Error> rename(Transaction& transaction, EnvironmentId environment,
                           const Context& context, Random& random, OrgId organization,
                           std::string_view display_name) {
  const std::string cleaned = TRY(clean_organization_name(display_name));
  if (!TRY(update_display_name(transaction, environment, organization, cleaned, context.now))) {
    return unknown_organization();
  }
  return record_act(transaction, environment, organization, context, random,
                    audit::Event::organization_updated);
}

Result<Unit, Error> delete_organization(Transaction& transaction, EnvironmentId environment,
                                        const Context& context, Random& random,
                                        OrgId organization) {
  if (!TRY(delete_row(transaction, environment, organization))) return unknown_organization();
  return record_act(transaction, environment, organization, context, random,
                    audit::Event::organization_deleted);
}

}  // namespace gatehouse::orgs
