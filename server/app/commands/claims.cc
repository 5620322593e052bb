// gatehouse admin claims …: what the tokens of people say beyond what they always say.

#include "server/app/commands/lookup.h"
#include "server/claims/claim_set.h"
#include "server/oidc/claim_facts.h"

namespace gatehouse::app::commands {
namespace {

using claims::Rule;
using storage::Transaction;
using Rules = std::vector<Rule>;

auto find_rule(const Rules& rules, std::string_view name) {
  return std::ranges::find(rules, name, &Rule::name);
}

Json describe(const Rules& rules) {
  Json::Array items;
  for (const Rule& rule : rules) {
    items.emplace_back(
        Json::Object{{"name", text_json(rule.name)}, {"expression", text_json(rule.expression)}});
  }
  return Json(std::move(items));
}

Answer table_of(const Rules& rules) {
  return Answer{.document = describe(rules),
                .columns = {{"name", "CLAIM"}, {"expression", "EXPRESSION"}},
                .nothing =
                    "No custom claims. Add one: gatehouse admin claims add"
                    " plan 'user.metadata.plan ?? \"free\"'"};
}

// Changes the rules as they are at that moment, in one transaction.
Result<Rules, Error> change(Act& act, FunctionRef<Result<Unit, Error>(Rules&)> how) {
  const EnvironmentId id = act.environment().id;
  return act.write([&](Transaction& transaction) -> Result<Rules, Error> {
    const auto environment = TRY(environments::find_environment(transaction, id));
    ENSURE(environment.has_value());
    environments::Settings settings = environment->settings;
    TRY(how(settings.custom_claims));
    TRY(environments::set_settings(transaction, id, act.context, act.random, settings));
    return std::move(settings.custom_claims);
  });
}

Result<Answer, Error> list(Act& act, const Values&) {
  return table_of(act.environment().settings.custom_claims);
}

Result<Answer, Error> add(Act& act, const Values& values) {
  const Rule wanted{.name = values.text("name"), .expression = values.text("expression")};
  Answer answer = table_of(TRY(change(act, [&](Rules& rules) -> Result<Unit, Error> {
    const auto found = find_rule(rules, wanted.name);
    if (found == rules.end()) {
      rules.push_back(wanted);
    } else if (values.has("--replace")) {
      rules[static_cast<std::size_t>(found - rules.begin())] = wanted;
    } else {
      return Error(ErrorCode::already_exists,
                   "there is a claim '" + wanted.name + "'; change it with --replace");
    }
    return Unit{};
  })));
  answer.sentence = "Set. New tokens carry it within a second.";
  return answer;
}

Result<Answer, Error> remove(Act& act, const Values& values) {
  const std::string& name = values.text("name");
  Answer answer = table_of(TRY(change(act, [&](Rules& rules) -> Result<Unit, Error> {
    const auto found = find_rule(rules, name);
    if (found == rules.end()) return Error(ErrorCode::not_found, "no claim '" + name + "'");
    rules.erase(found);
    return Unit{};
  })));
  answer.sentence = "Removed. New tokens are without it within a second.";
  return answer;
}

struct Previewed {
  Json facts;
  std::string organization;  // whose member the person is taken as; empty: of none
};

// As tokens would see them: in the organization named, else in the one last used.
Result<Previewed, Error> load_facts(Transaction& transaction, Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  const users::User user = TRY(find_user(transaction, environment, values.text("user")));
  std::optional<orgs::Organization> organization;
  if (const auto named = values.optional("--org")) {
    organization = TRY(find_organization(transaction, environment, *named));
  } else {
    const auto all = TRY(orgs::list_memberships_of_user(transaction, environment, user.id));
    const auto active = std::ranges::find_if(all, &orgs::Membership::is_active);
    if (active != all.end()) {
      organization = TRY(orgs::find_organization(transaction, environment, active->organization));
    }
  }
  Previewed previewed;
  rbac::Grants grants;
  if (organization.has_value()) {
    const auto membership =
        TRY(orgs::find_membership(transaction, environment, organization->id, user.id));
    if (!membership.has_value() || !membership->is_active()) {
      return Error(ErrorCode::failed_precondition, "the user is not an active member there");
    }
    grants = TRY(rbac::load_grants(transaction, environment, organization->id, user.id));
    previewed.organization = organization->display_name;
  }
  previewed.facts = TRY(oidc::load_claim_facts(
      transaction, environment,
      {.user = user,
       .organization = organization.has_value() ? std::optional(organization->id) : std::nullopt,
       .organization_external_id =
           organization.has_value() ? organization->external_id : std::nullopt,
       .grants = grants}));
  return previewed;
}

Result<Answer, Error> preview(Act& act, const Values& values) {
  Rules rules = act.environment().settings.custom_claims;
  if (const auto tried = values.optional("--expression")) {
    rules = {{.name = "preview", .expression = *tried}};
    if (const auto problem = claims::rules_problem(rules)) {
      return Error(ErrorCode::invalid_argument, *problem);
    }
  }
  const auto previewed =
      TRY(act.read([&](Transaction& transaction) { return load_facts(transaction, act, values); }));
  Json::Array items;
  for (const auto& outcome : claims::ClaimSet(rules).evaluate(previewed.facts)) {
    Json value = outcome.json.empty() ? Json() : TRY(Json::parse(outcome.json));
    items.emplace_back(
        Json::Object{{"name", text_json(outcome.name)},
                     {"value", std::move(value)},
                     {"shown", text_json(!outcome.json.empty()      ? outcome.json
                                         : !outcome.problem.empty() ? "left out, " + outcome.problem
                                                                    : "left out: it is null")}});
  }
  Answer answer = table_of({});
  answer.document = Json(std::move(items));
  answer.columns = {{"name", "CLAIM"}, {"shown", "VALUE"}};
  answer.sentence =
      values.text("user") + (previewed.organization.empty()
                                 ? ", in no organization:"
                                 : ", as a member of " + previewed.organization + ":");
  return answer;
}

}  // namespace

std::vector<Verb> claim_verbs() {
  const Argument name = operand("name", "The claim's name, as tokens carry it");
  return {
      {"claims", "list", "List the custom claims of people's tokens", {}, list},
      {"claims",
       "add",
       "Add a claim to access and ID tokens",
       {name,
        operand("expression",
                "What it is made of, as in 'organization?.metadata.plan ?? \"free\"'"),
        flag("--replace", "Change the claim of that name")},
       add},
      {"claims",
       "remove",
       "Remove a claim",
       {name},
       remove,
       "Applications that read this claim no longer find it."},
      {"claims",
       "preview",
       "Show what the claims come to for a user",
       {operand("user", "Id or e-mail address"),
        option("--org", "The organization's id; the one last used unless said"),
        option("--expression", "Try this one instead of those that are stored")},
       preview},
  };
}

}  // namespace gatehouse::app::commands
