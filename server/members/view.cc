#include "server/members/view.h"

#include <algorithm>

#include "server/members/view_store.h"

namespace gatehouse::members {
namespace {

using storage::Transaction;

Result<MemberPage, Error> list_within(Transaction& transaction, EnvironmentId environment,
                                      const Scope& scope, const PageQuery& query) {
  auto found = TRY(list_people(transaction, environment, scope, query));
  MemberPage made{
      .page = make_page(query, std::move(found),
                        [](const MemberView& person) { return person.user.user.id.number(); }),
      .roles = {}};
  made.roles = TRY(load_roles(transaction, environment, scope, made.page.items));
  made.page.total = TRY(count_people(transaction, environment, scope));
  return made;
}

// People who are found by search stand anywhere among all others, so each is read alone: a page of
// a search has few.
Result<MemberPage, Error> load_each(Transaction& transaction, EnvironmentId environment,
                                    const Context& context, std::optional<OrgId> organization,
                                    const Page<UserId>& ids) {
  MemberPage made{.page = {.items = {}, .older = ids.older, .newer = ids.newer, .total = ids.total},
                  .roles = {}};
  for (const UserId id : ids.items) {
    auto found = TRY(find(transaction, environment, id, context, organization));
    if (!found.has_value()) continue;
    for (MembershipView& membership : found->member.memberships) {
      for (std::size_t& role : membership.roles) role += made.roles.size();
    }
    std::ranges::move(found->roles, std::back_inserter(made.roles));
    made.page.items.push_back(std::move(found->member));
  }
  return made;
}

Result<Unit, Error> check_organization(Transaction& transaction, EnvironmentId environment,
                                       OrgId organization) {
  if (TRY(orgs::find_organization(transaction, environment, organization)).has_value()) {
    return Unit{};
  }
  return refusal(ErrorCode::not_found, "organization not found");
}

}  // namespace

std::vector<std::string_view> permissions_of(const MembershipView& membership, const Roles& roles) {
  std::vector<std::string_view> permissions;
  for (const std::size_t role : membership.roles) {
    permissions.insert(permissions.end(), roles[role].permissions.begin(),
                       roles[role].permissions.end());
  }
  if (membership.roles.size() > 1) {
    std::ranges::sort(permissions);
    permissions.erase(std::unique(permissions.begin(), permissions.end()), permissions.end());
  }
  return permissions;
}

Result<std::optional<OneMember>, Error> find(Transaction& transaction, EnvironmentId environment,
                                             UserId user, const Context& context,
                                             std::optional<OrgId> only) {
  const Scope scope{.organization = only, .now = context.now};
  auto person = TRY(find_person(transaction, environment, scope, user));
  if (!person.has_value()) return std::optional<OneMember>();
  OneMember found{.member = *std::move(person), .roles = {}};
  if (!found.member.memberships.empty()) {
    found.roles = TRY(load_roles(transaction, environment, scope, {&found.member, 1}));
  }
  return std::optional<OneMember>(std::move(found));
}

Result<MemberPage, Error> list(Transaction& transaction, EnvironmentId environment,
                               const Context& context, const PageQuery& query) {
  return list_within(transaction, environment, {.now = context.now}, query);
}

Result<MemberPage, Error> search(Transaction& transaction, EnvironmentId environment,
                                 const Context& context, std::string_view query,
                                 const PageQuery& page) {
  const auto ids = TRY(users::search(transaction, environment, query, page));
  return load_each(transaction, environment, context, std::nullopt, ids);
}

Result<MemberPage, Error> list_in_organization(Transaction& transaction, EnvironmentId environment,
                                               OrgId organization, const Context& context,
                                               const PageQuery& query) {
  auto found = TRY(list_within(transaction, environment,
                               {.organization = organization, .now = context.now}, query));
  if (found.page.total == 0) TRY(check_organization(transaction, environment, organization));
  return found;
}

Result<MemberPage, Error> search_in_organization(Transaction& transaction,
                                                 EnvironmentId environment, OrgId organization,
                                                 const Context& context, std::string_view query,
                                                 const PageQuery& page) {
  TRY(check_organization(transaction, environment, organization));
  const bool is_large =
      TRY(has_more_members(transaction, environment, organization, scanned_members_max));
  const auto ids = TRY(search_members(transaction, environment, organization, query, page,
                                      is_large ? Scan::matches : Scan::members));
  return load_each(transaction, environment, context, organization, ids);
}

}  // namespace gatehouse::members
