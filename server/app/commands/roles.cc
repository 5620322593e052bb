// gatehouse admin roles …

#include "server/app/commands/lookup.h"
#include "server/rbac/role.h"

namespace gatehouse::app::commands {
namespace {

using storage::Transaction;

Json describe(const rbac::Role& role) {
  return Json(
      Json::Object{{"name", text_json(role.name)},
                   {"display_name", text_json(role.display_name)},
                   {"description", text_json(role.description)},
                   {"organization",
                    role.organization.has_value() ? text_json(role.organization->text()) : Json()},
                   {"extends", optional_json(role.extends)},
                   {"default_for_creators", Json(role.is_default_creator)},
                   {"default_for_members", Json(role.is_default_member)},
                   {"id", text_json(role.id.text())}});
}

Result<Answer, Error> list(Act& act, const Values&) {
  const auto all = TRY(act.read([&](Transaction& transaction) {
    return rbac::list_roles(transaction, act.environment().id);
  }));
  Json::Array items;
  for (const rbac::Role& role : all) items.push_back(describe(role));
  return Answer{.document = Json(std::move(items)),
                .columns = {{"name", "NAME"},
                            {"display_name", "SHOWN AS"},
                            {"organization", "ORGANIZATION"},
                            {"default_for_creators", "FOR CREATORS"},
                            {"default_for_members", "FOR MEMBERS"}},
                .nothing = "No roles. They are made with the environment."};
}

using Change = Result<Unit, Error> (*)(Transaction&, EnvironmentId, OrgId, const Context&, Random&,
                                       UserId, std::string_view);

Result<Answer, Error> change(Act& act, const Values& values, Change how) {
  const EnvironmentId environment = act.environment().id;
  const auto roles =
      TRY(act.write([&](Transaction& transaction) -> Result<std::vector<std::string>, Error> {
        const auto org = TRY(find_organization(transaction, environment, values.text("org")));
        const auto user = TRY(find_user(transaction, environment, values.text("user")));
        TRY(how(transaction, environment, org.id, act.context, act.random, user.id,
                values.text("role")));
        return TRY(rbac::load_grants(transaction, environment, org.id, user.id)).roles;
      }));
  const Json held = texts_json(roles);
  std::string sentence = values.text("user") + " has ";
  for (std::size_t at = 0; at < roles.size(); ++at) sentence += (at == 0 ? "" : ", ") + roles[at];
  sentence += roles.empty() ? "no role there now." : " there now. New tokens carry it.";
  return Answer{.document = Json(Json::Object{{"organization", text_json(values.text("org"))},
                                              {"user", text_json(values.text("user"))},
                                              {"roles", held}}),
                .sentence = std::move(sentence)};
}

Result<Answer, Error> assign(Act& act, const Values& values) {
  return change(act, values, rbac::assign_role);
}

Result<Answer, Error> remove(Act& act, const Values& values) {
  return change(act, values, rbac::remove_role);
}

}  // namespace

std::vector<Verb> role_verbs() {
  const std::vector<Argument> arguments = {operand("org", "The organization's id: org_…"),
                                           operand("user", "Id or e-mail address"),
                                           operand("role", "The role's name")};
  return {
      {"roles", "list", "List the roles", {}, list},
      {"roles", "assign", "Give a member a role", arguments, assign},
      {"roles", "remove", "Take a role from a member", arguments, remove,
       "The member loses what this role allows."},
  };
}

}  // namespace gatehouse::app::commands
