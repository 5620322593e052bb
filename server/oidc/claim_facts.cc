#include "server/oidc/claim_facts.h"

#include "server/oidc/claim_facts_store.h"

namespace gatehouse::oidc {
namespace {

Json text(const std::string& value) { return value.empty() ? Json() : Json(value); }
Json text(const std::optional<std::string>& value) { return text(value.value_or("")); }
Json time(Instant instant) { return Json(to_rfc3339(instant)); }

Json list(const std::vector<std::string>& items) {
  Json::Array array;
  for (const std::string& item : items) array.emplace_back(item);
  return Json(std::move(array));
}

Json pairs(const Metadata& metadata) {
  Json::Object object;
  for (const auto& [key, value] : metadata) object.push_back({key, Json(value)});
  return Json(std::move(object));
}

Json facts_of(const users::User& user, ClaimRow& row) {
  return Json(Json::Object{{"id", text(user.id.text())},
                           {"email", text(user.email.text())},
                           {"email_verified", Json(user.email_verified)},
                           {"name", text(user.name)},
                           {"given_name", text(user.given_name)},
                           {"family_name", text(user.family_name)},
                           {"picture", text(user.picture)},
                           {"locale", text(user.locale)},
                           {"external_id", text(user.external_id)},
                           {"metadata", std::move(row.user_metadata)},
                           {"preferred_username", text(row.profile.preferred_username)},
                           {"phone_number", text(row.profile.phone_number)},
                           {"gender", text(row.profile.gender)},
                           {"groups", list(row.profile.groups)},
                           {"custom_attributes", pairs(row.profile.custom_attributes)},
                           {"created_at", time(user.created_at)}});
}

}  // namespace

Result<Json, Error> load_claim_facts(storage::Transaction& transaction, EnvironmentId environment,
                                     const ClaimSubject& subject) {
  auto row = TRY(find_claim_row(transaction, environment,
                                {.user = subject.user.id, .organization = subject.organization}));
  if (!row.has_value()) return Error(ErrorCode::not_found, "no such user in this environment");
  Json organization, membership;
  if (row->organization.has_value()) {
    ClaimRow::Organization& of = *row->organization;
    organization = Json(Json::Object{{"id", text(subject.organization->text())},
                                     {"name", text(of.display_name)},
                                     {"display_name", text(of.display_name)},
                                     {"external_id", text(subject.organization_external_id)},
                                     {"slug", text(of.slug)},
                                     {"metadata", std::move(of.metadata)},
                                     {"created_at", time(of.created_at)}});
    membership = Json(Json::Object{{"roles", list(subject.grants.roles)},
                                   {"permissions", list(subject.grants.permissions)},
                                   {"metadata", std::move(of.membership_metadata)},
                                   {"created_at", time(of.joined_at)}});
  }
  return Json(Json::Object{{"user", facts_of(subject.user, *row)},
                           {"organization", std::move(organization)},
                           {"membership", std::move(membership)}});
}

}  // namespace gatehouse::oidc
