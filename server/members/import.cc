#include "server/members/import.h"

#include <algorithm>

#include "server/audit/record.h"
#include "server/members/import_store.h"
#include "server/orgs/membership_store.h"
#include "server/rbac/role_store.h"
#include "server/users/user_store.h"

namespace gatehouse::members {
namespace {

using storage::Transaction;

constexpr int id_tries_max = 64;

// What is wrong with a line, as opposed to with the database.
bool is_problem_of_line(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::not_found:
    case ErrorCode::already_exists:
    case ErrorCode::resource_exhausted: return true;
    default: return false;
  }
}

Error no_seat() {
  return refusal(ErrorCode::resource_exhausted,
                 "the organization has as many users as it is allowed");
}

}  // namespace

Result<Import::Outcome, Error> Import::run(Transaction& transaction, const Context& context,
                                           Random& random, std::span<const ImportedUser> batch) {
  Outcome outcome;
  for (const ImportedUser& wanted : batch) {
    const auto imported = import_one(transaction, context, random, wanted, outcome.counts);
    if (imported.ok()) continue;
    const Error& error = imported.error();
    if (!is_problem_of_line(error.code)) return error;
    outcome.problems.push_back(
        {.line = wanted.line, .reason = error.message.empty() ? error.detail : error.message});
  }
  if (outcome.counts.created == 0 && outcome.counts.memberships == 0) return outcome;
  TRY(users::change_count(transaction, environment_, context, random, outcome.counts.created));
  TRY(audit::record(transaction, environment_, context, random,
                    {.event = audit::Event::users_imported,
                     .subject_type = "environment",
                     .subject_id = environment_.text(),
                     .organization = organization_,
                     .detail = std::to_string(outcome.counts.created) + " users, " +
                               std::to_string(outcome.counts.memberships) + " memberships"}));
  return outcome;
}

Result<Unit, Error> Import::import_one(Transaction& transaction, const Context& context,
                                       Random& random, const ImportedUser& wanted,
                                       ImportCounts& counts) {
  const Plan plan = TRY(this->plan(transaction, wanted));
  const Found found = TRY(find_or_create(transaction, context, random, wanted));
  if (plan.target.has_value()) {
    if (TRY(join(transaction, plan, found.user, context.now))) {
      ++counts.memberships;
    } else if (found.how == Found::How::created) {
      // Somebody new is no member yet, so there was no seat: nothing of this line stays.
      TRY(users::delete_row(transaction, environment_, found.user));
      return no_seat();
    } else if (!TRY(orgs::find_membership(transaction, environment_, plan.target->organization,
                                          found.user))
                    .has_value()) {
      return no_seat();
    }
  }
  ++(found.how == Found::How::created ? counts.created : counts.existing);
  return Unit{};
}

// Whether a membership was made.
Result<bool, Error> Import::join(Transaction& transaction, const Plan& plan, UserId user,
                                 Instant now) {
  const OrgId organization = plan.target->organization;
  const auto joined =
      plan.target->is_limited
          ? orgs::insert_membership(transaction, environment_, organization, {.user = user}, now)
          : insert_imported_member(transaction, environment_, organization, user, now);
  if (!TRY(joined)) return false;
  for (const RoleId role : plan.roles) {
    TRY(insert_imported_role(transaction, environment_, organization, user, role));
  }
  return true;
}

Result<Import::Plan, Error> Import::plan(Transaction& transaction, const ImportedUser& wanted) {
  Plan plan;
  plan.target = TRY(find_organization(transaction, wanted));
  if (!plan.target.has_value()) {
    if (wanted.roles.empty()) return plan;
    return refusal(ErrorCode::invalid_argument, "roles are of an organization, and there is none");
  }
  const OrgId organization = plan.target->organization;
  if (wanted.roles.empty()) {
    plan.roles.push_back(TRY(find_role(transaction, organization, "")));
  }
  for (const std::string& name : wanted.roles) {
    plan.roles.push_back(TRY(find_role(transaction, organization, name)));
  }
  return plan;
}

Result<std::optional<ImportTarget>, Error> Import::find_organization(Transaction& transaction,
                                                                     const ImportedUser& wanted) {
  if (wanted.organization_external_id.has_value()) {
    const std::string& external_id = *wanted.organization_external_id;
    const auto known = by_external_id_.find(external_id);
    if (known != by_external_id_.end()) return std::optional(known->second);
    const auto found = TRY(find_target_by_external_id(transaction, environment_, external_id));
    if (!found.has_value()) {
      return refusal(ErrorCode::not_found,
                     "there is no organization with the external id '" + external_id + "'");
    }
    by_external_id_.emplace(external_id, *found);
    return found;
  }
  const std::optional<OrgId> id =
      wanted.organization.has_value() ? wanted.organization : organization_;
  if (!id.has_value()) return std::optional<ImportTarget>();
  const auto known = by_id_.find(*id);
  if (known != by_id_.end()) return std::optional(known->second);
  const auto found = TRY(find_target(transaction, environment_, *id));
  if (!found.has_value()) {
    return refusal(ErrorCode::not_found, "there is no organization " + id->text());
  }
  by_id_.emplace(*id, *found);
  return found;
}

Result<RoleId, Error> Import::find_role(Transaction& transaction, OrgId organization,
                                        const std::string& name) {
  const auto key = std::pair(organization, name);
  const auto known = roles_.find(key);
  if (known != roles_.end()) return known->second;
  std::optional<RoleId> role;
  if (name.empty()) {
    const auto found = TRY(rbac::find_default_role(transaction, environment_, organization,
                                                   rbac::DefaultRole::member));
    if (found.has_value()) role = found->id;
  } else {
    role = TRY(rbac::find_role(transaction, environment_, organization, name));
  }
  if (!role.has_value()) {
    return refusal(ErrorCode::not_found, name.empty() ? "there is no default role for members"
                                                      : "there is no role '" + name + "'");
  }
  roles_.emplace(key, *role);
  return *role;
}

// Ids of one moment are given out one after the other: random ones would clash among so many, and
// neighbours are stored faster.
Result<Import::Found, Error> Import::find_or_create(Transaction& transaction,
                                                    const Context& context, Random& random,
                                                    const ImportedUser& wanted) {
  for (int tries = 0; tries < id_tries_max; ++tries) {
    last_user_ = std::max(last_user_ + 1, least_id_number(context.now));
    const UserId id(last_user_);
    const auto details = TRY(users::check_new_user(wanted.user, environment_, id, context.now));
    if (TRY(users::insert_user(transaction, environment_, details))) {
      return Found{.user = id, .how = Found::How::created};
    }
    const auto same_address =
        TRY(users::find_user_by_email(transaction, environment_, wanted.user.email));
    if (same_address.has_value()) {
      return Found{.user = same_address->id, .how = Found::How::existing};
    }
    if (wanted.user.external_id.has_value() &&
        TRY(users::find_by_external_id(transaction, environment_, *wanted.user.external_id))
            .has_value()) {
      return refusal(ErrorCode::already_exists, "the external id is another user's");
    }
    // The id is somebody's who was made in this moment too.
    last_user_ += static_cast<std::int64_t>(random_below(random, 1000));
  }
  return Error(ErrorCode::aborted, "no free id for a user");
}

}  // namespace gatehouse::members
