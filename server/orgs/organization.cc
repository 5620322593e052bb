// The rules of organizations: names, external ids, slugs, logos and metadata, and the acts with
// their audit records and events.

#include "server/orgs/organization.h"

#include <algorithm>

#include "server/encoding/uri.h"
#include "server/encoding/utf8.h"
#include "server/orgs/organization_change.h"
#include "server/orgs/organization_store.h"

namespace gatehouse::orgs {
namespace {

using storage::Transaction;

constexpr std::size_t name_characters_max = 200;
constexpr std::size_t name_bytes_max = 4 * name_characters_max;
constexpr std::size_t external_id_bytes_max = 255;
constexpr std::size_t slug_bytes_max = 253;
constexpr std::size_t slug_label_bytes_max = 63;
constexpr std::size_t logo_url_bytes_max = 1024;

Error not_allowed(std::string_view field, std::string message) {
  return refusal(ErrorCode::invalid_argument, std::move(message), std::string(field));
}

Result<std::string, Error> clean_organization_name(std::string_view text) {
  auto cleaned = clean_display_name(text, name_bytes_max);
  if (!cleaned.has_value() || count_characters(*cleaned).value_or(0) > name_characters_max) {
    return not_allowed("display_name", "display_name must have 1 to 200 visible characters");
  }
  return *std::move(cleaned);
}

// An external id is the customer's own key: kept byte for byte, so only what cannot be kept is
// refused.
Result<Unit, Error> check_external_id(const std::string& text) {
  if (clean_display_name(text, external_id_bytes_max) == text) return Unit{};
  return not_allowed("external_id",
                     "external_id must have 1 to 255 bytes, without control or invisible "
                     "characters and outer blanks");
}

bool is_slug_label(std::string_view label) {
  return !label.empty() && label.size() <= slug_label_bytes_max && !label.starts_with('-') &&
         !label.ends_with('-') && std::ranges::all_of(label, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

// What can stand in a path as it is, or be a host name.
Result<Unit, Error> check_slug(std::string_view text) {
  bool is_good = text.size() <= slug_bytes_max;
  while (is_good) {
    const std::size_t dot = text.find('.');
    is_good = is_slug_label(text.substr(0, dot));
    if (dot == std::string_view::npos) break;
    text.remove_prefix(dot + 1);
  }
  if (is_good) return Unit{};
  return not_allowed("slug",
                     "slug must be labels of a-z, 0-9 and inner hyphens, joined by dots, of at "
                     "most 253 characters");
}

Result<Unit, Error> check_logo_url(const std::string& text) {
  const auto uri = parse_uri(text);
  if (text.size() <= logo_url_bytes_max && uri.has_value() && uri->scheme == "https" &&
      !uri->userinfo.has_value()) {
    return Unit{};
  }
  return not_allowed("logo_url", "logo_url must be an https URL of at most 1024 characters");
}

Result<Unit, Error> check_metadata(const Metadata& metadata) {
  auto problem = metadata_problem(metadata, organization_metadata_pairs_max);
  if (!problem.has_value()) return Unit{};
  return not_allowed("metadata", *std::move(problem));
}

Result<Unit, Error> check_identifiers(const std::optional<std::string>& external_id,
                                      const std::optional<std::string>& slug,
                                      const std::optional<std::string>& logo_url) {
  if (external_id.has_value()) TRY(check_external_id(*external_id));
  if (slug.has_value()) TRY(check_slug(*slug));
  if (logo_url.has_value()) TRY(check_logo_url(*logo_url));
  return Unit{};
}

std::optional<std::string> unless_empty(const std::optional<std::string>& text) {
  return text.has_value() && text->empty() ? std::nullopt : text;
}

// Says which of them another organization has.
Result<Organization, Error> refuse_taken(Transaction& transaction, EnvironmentId environment,
                                         std::optional<OrgId> except,
                                         const std::optional<std::string>& external_id,
                                         const std::optional<std::string>& slug) {
  const Taken found = TRY(find_taken(transaction, environment, except, external_id, slug));
  const std::string_view field = found.external_id ? "external_id" : "slug";
  return refusal(ErrorCode::already_exists,
                 "an organization with this " + std::string(field) + " already exists",
                 std::string(field));
}

// The names of the fields, for the audit log.
std::string changed_fields(const OrganizationChange& change) {
  std::string names;
  const auto note = [&names](std::string_view name, const auto& value) {
    if (!value.has_value()) return;
    if (!names.empty()) names += ", ";
    names += name;
  };
  note("display_name", change.display_name);
  note("external_id", change.external_id);
  note("slug", change.slug);
  note("logo_url", change.logo_url);
  note("metadata", change.metadata);
  return names;
}

Result<OrganizationChange, Error> clean_change(const OrganizationChange& change) {
  OrganizationChange cleaned = change;
  if (change.display_name.has_value()) {
    cleaned.display_name = TRY(clean_organization_name(*change.display_name));
  }
  TRY(check_identifiers(unless_empty(change.external_id), unless_empty(change.slug),
                        unless_empty(change.logo_url)));
  if (change.metadata.has_value()) TRY(check_metadata(*change.metadata));
  return cleaned;
}

}  // namespace

std::string_view region_name(Region region) {
  switch (region) {
    case Region::us: return "US";
    case Region::eu: return "EU";
  }
  ensure_failed("region_name: not a Region");
}

Result<Organization, Error> create(Transaction& transaction, EnvironmentId environment,
                                   const Context& context, Random& random,
                                   const NewOrganization& wanted) {
  std::string display_name = TRY(clean_organization_name(wanted.display_name));
  TRY(check_identifiers(wanted.external_id, wanted.slug, wanted.logo_url));
  TRY(check_metadata(wanted.metadata));
  Organization organization{.id = OrgId::make(random, context.now),
                            .environment = environment,
                            .display_name = std::move(display_name),
                            .external_id = wanted.external_id,
                            .slug = wanted.slug,
                            .logo_url = wanted.logo_url,
                            .region = wanted.region,
                            .metadata = wanted.metadata,
                            .features = default_features(),
                            .created_at = context.now,
                            .updated_at = context.now};
  if (!TRY(insert_organization(transaction, environment, organization))) {
    return refuse_taken(transaction, environment, std::nullopt, wanted.external_id, wanted.slug);
  }
  TRY(tell_of_organization(transaction, environment, context, random,
                           audit::Event::organization_created, organization, {}));
  return organization;
}

Result<Organization, Error> update(Transaction& transaction, EnvironmentId environment,
                                   OrgId organization, const Context& context, Random& random,
                                   const OrganizationChange& change) {
  const OrganizationChange cleaned = TRY(clean_change(change));
  if (!TRY(update_row(transaction, environment, organization, cleaned, context.now))) {
    const auto found = TRY(find_organization(transaction, environment, organization));
    if (!found.has_value()) return organization_not_found();
    return refuse_taken(transaction, environment, organization, cleaned.external_id, cleaned.slug);
  }
  return tell_of_update(transaction, environment, organization, context, random,
                        changed_fields(cleaned));
}

Result<Unit, Error> delete_organization(Transaction& transaction, EnvironmentId environment,
                                        const Context& context, Random& random,
                                        OrgId organization) {
  const auto found = TRY(find_organization(transaction, environment, organization));
  if (!found.has_value()) return organization_not_found();
  if (!TRY(delete_row(transaction, environment, organization))) return organization_not_found();
  return tell_of_organization(transaction, environment, context, random,
                              audit::Event::organization_deleted, *found, {});
}

}  // namespace gatehouse::orgs
