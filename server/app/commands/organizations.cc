// gatehouse admin organizations …

#include "server/app/commands/lookup.h"
#include "server/members/organization_deletion.h"
#include "server/rbac/role.h"
#include "server/sessions/session.h"

namespace gatehouse::app::commands {
namespace {

using orgs::Organization;
using storage::Transaction;

Json describe(const Organization& organization) {
  return Json(Json::Object{{"id", text_json(organization.id.text())},
                           {"name", text_json(organization.display_name)},
                           {"external_id", optional_json(organization.external_id)},
                           {"slug", optional_json(organization.slug)},
                           {"created_at", time_json(organization.created_at)},
                           {"updated_at", time_json(organization.updated_at)}});
}

Result<std::optional<OrgId>, Error> before(const Values& values) {
  if (!values.has("--before")) return std::optional<OrgId>();
  return std::optional(TRY(parse_id<OrgId>(values.text("--before"), "an organization")));
}

Result<Answer, Error> list(Act& act, const Values& values) {
  const int limit = TRY(parse_limit(values));
  const auto older_than = TRY(before(values));
  const auto all = TRY(act.read([&](Transaction& transaction) {
    return orgs::list_organizations(transaction, act.environment().id, older_than, limit);
  }));
  Json::Array items;
  for (const Organization& organization : all) items.push_back(describe(organization));
  return Answer{.document = Json(std::move(items)),
                .columns = {{"name", "NAME"},
                            {"id", "ID"},
                            {"external_id", "EXTERNAL ID"},
                            {"created_at", "CREATED"}},
                .nothing =
                    "No organization. Make one: gatehouse admin organizations create"
                    " --name Acme"};
}

Result<Answer, Error> create(Act& act, const Values& values) {
  const auto made = TRY(act.write([&](Transaction& transaction) {
    return orgs::create(transaction, act.environment().id, act.context, act.random,
                        {.display_name = values.text("--name"),
                         .external_id = values.optional("--external-id"),
                         .slug = values.optional("--slug")});
  }));
  return Answer{.document = describe(made),
                .sentence = "Organization " + made.display_name + " is there: " + made.id.text()};
}

Result<Answer, Error> rename(Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  const auto renamed = TRY(act.write([&](Transaction& transaction) -> Result<Organization, Error> {
    const auto found = TRY(find_organization(transaction, environment, values.text("org")));
    return orgs::update(transaction, environment, found.id, act.context, act.random,
                        {.display_name = values.text("name")});
  }));
  return Answer{.document = describe(renamed),
                .sentence = "It is called " + renamed.display_name + " now."};
}

Result<Answer, Error> remove(Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  const auto gone = TRY(act.write([&](Transaction& transaction) -> Result<Organization, Error> {
    auto found = TRY(find_organization(transaction, environment, values.text("org")));
    TRY(members::delete_organization(transaction, environment, found.id, act.context, act.random));
    return found;
  }));
  return Answer{.document = describe(gone), .sentence = "Deleted " + gone.display_name + "."};
}

Json describe_member(const orgs::Member& member, const rbac::Grants& grants) {
  return Json(
      Json::Object{{"user_id", text_json(member.user.id.text())},
                   {"email", text_json(member.user.email.text())},
                   {"name", text_json(member.user.name)},
                   {"status", text_json(orgs::membership_status_name(member.membership.status))},
                   {"roles", texts_json(grants.roles)},
                   {"since", time_json(member.membership.created_at)}});
}

Result<Answer, Error> members(Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  const int limit = TRY(parse_limit(values));
  std::optional<UserId> older_than;
  if (values.has("--before")) {
    older_than = TRY(parse_id<UserId>(values.text("--before"), "a user"));
  }
  auto items = TRY(act.read([&](Transaction& transaction) -> Result<Json::Array, Error> {
    const auto found = TRY(find_organization(transaction, environment, values.text("org")));
    const auto all = TRY(orgs::list_members(transaction, environment, found.id, older_than, limit));
    Json::Array described;
    for (const orgs::Member& member : all) {
      const auto grants =
          TRY(rbac::load_grants(transaction, environment, found.id, member.user.id));
      described.push_back(describe_member(member, grants));
    }
    return described;
  }));
  return Answer{.document = Json(std::move(items)),
                .columns = {{"email", "E-MAIL"},
                            {"name", "NAME"},
                            {"roles", "ROLES"},
                            {"status", "STATUS"},
                            {"user_id", "USER ID"}},
                .nothing = "No member. Add one: gatehouse admin organizations add-member " +
                           values.text("org") + " ada@example.com"};
}

Answer membership_answer(const Values& values, std::string_view done) {
  return {.document = Json(Json::Object{{"organization", text_json(values.text("org"))},
                                        {"user", text_json(values.text("user"))},
                                        {"done", text_json(done)}}),
          .sentence = values.text("user") + " is " + std::string(done) + "."};
}

Result<Answer, Error> add_member(Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  TRY(act.write([&](Transaction& transaction) -> Result<Unit, Error> {
    const auto found = TRY(find_organization(transaction, environment, values.text("org")));
    const auto user = TRY(find_user(transaction, environment, values.text("user")));
    TRY(orgs::add_member(transaction, environment, found.id, act.context, act.random, user.id,
                         orgs::Provisioning::direct_provision));
    if (values.has("--role")) {
      return rbac::assign_role(transaction, environment, found.id, act.context, act.random, user.id,
                               values.text("--role"));
    }
    return rbac::assign_default_role(transaction, environment, found.id, act.context, act.random,
                                     user.id, rbac::DefaultRole::member);
  }));
  return membership_answer(values, "a member");
}

Result<Answer, Error> remove_member(Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  TRY(act.write([&](Transaction& transaction) -> Result<Unit, Error> {
    const auto found = TRY(find_organization(transaction, environment, values.text("org")));
    const auto user = TRY(find_user(transaction, environment, values.text("user")));
    TRY(sessions::end_all_in_organization(transaction, environment, found.id, act.context,
                                          act.random, sessions::EndReason::revoked, user.id));
    return orgs::remove_member(transaction, environment, found.id, act.context, act.random,
                               user.id);
  }));
  return membership_answer(values, "no longer a member");
}

}  // namespace

std::vector<Verb> organization_verbs() {
  const std::string noun = "organizations";
  const Argument org = operand("org", "The organization's id: org_…");
  const Argument user = operand("user", "Id or e-mail address");
  const Argument older = option("--before", "Only those older than this id, for the next page");
  return {
      {noun, "list", "List organizations, newest first", {limit_option(), older}, list},
      {noun,
       "create",
       "Make an organization",
       {required_option("--name", "What people see"), option("--external-id", "Your own id of it"),
        option("--slug", "Its short name in URLs")},
       create},
      {noun, "rename", "Change what people see", {org, operand("name", "The new name")}, rename},
      {noun,
       "delete",
       "Delete an organization",
       {org},
       remove,
       "This deletes the organization, signs its members out, and deletes the people who"
       " belong to no other organization."},
      {noun, "members", "List who belongs to it", {org, limit_option(), older}, members},
      {noun,
       "add-member",
       "Add a user as a member",
       {org, user, option("--role", "The role to give; the default for members unless said")},
       add_member},
      {noun,
       "remove-member",
       "Take a member out",
       {org, user},
       remove_member,
       "This ends the membership, and the sessions that are in the organization."},
  };
}

}  // namespace gatehouse::app::commands
