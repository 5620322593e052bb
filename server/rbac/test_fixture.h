// What the tests of roles and permissions stand on.

#pragma once

#include <doctest/doctest.h>

#include "server/events/event.h"
#include "server/rbac/definition.h"
#include "server/rbac/invariants.h"
#include "tests/world/rows.h"

namespace gatehouse::rbac {

using Names = std::vector<std::string>;

// An environment with its default roles, another beside it, an organization, and one member in it.
class DefinitionFixture : public world::DomainFixture {
 public:
  using Transaction = storage::Transaction;

  DefinitionFixture() {
    for (const EnvironmentId environment : {here, elsewhere}) {
      must([&](Transaction& transaction) {
        return create_default_roles(transaction, environment, context, random);
      });
    }
    acme = organization("Acme");
    ada = member("ada@acme.test");
  }

  OrgId organization(std::string name) {
    return must([&](Transaction& transaction) {
             return orgs::create(transaction, here, context, random, {.display_name = name});
           })
        .id;
  }
  UserId member(std::string_view email) {
    const UserId user = must([&](Transaction& transaction) {
                          return users::create(transaction, here, context, random,
                                               {.email = users::Email::parse(email).value()});
                        }).id;
    join(acme, user);
    return user;
  }
  void join(OrgId organization, UserId user) {
    must([&](Transaction& transaction) {
      return orgs::add_member(transaction, here, organization, context, random, user,
                              orgs::Provisioning::org_creator);
    });
  }

  Result<Role, Error> create(const NewRole& wanted, EnvironmentId environment = here) {
    context.now += seconds(1);
    return act([&](Transaction& transaction) {
      return create_role(transaction, environment, context, random, wanted);
    });
  }
  // A role of the environment, called by its name.
  Role role(const std::string& name, std::optional<std::string> base = std::nullopt,
            Names permissions = {}) {
    return create({.name = name,
                   .display_name = name,
                   .extends = std::move(base),
                   .permissions = std::move(permissions)})
        .take();
  }
  Role organization_role(const std::string& name, std::optional<std::string> base = std::nullopt) {
    return create({.organization = acme,
                   .name = name,
                   .display_name = name,
                   .extends = std::move(base)})
        .take();
  }
  Result<Role, Error> update(const RoleName& which, const RoleChange& change) {
    return act([&](Transaction& transaction) {
      return update_role(transaction, here, context, random, which, change);
    });
  }
  Result<Role, Error> extend(const std::string& name, std::string base) {
    return update({.organization = std::nullopt, .name = name}, {.extends = std::move(base)});
  }
  Result<Unit, Error> remove(const RoleDeletion& deletion) {
    return act([&](Transaction& transaction) {
      return delete_role(transaction, here, context, random, deletion);
    });
  }
  Result<Role, Error> get(const RoleName& which, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) { return get_role(transaction, environment, which); });
  }
  Result<Role, Error> get(const std::string& name) {
    return get(RoleName{.organization = std::nullopt, .name = name});
  }
  Names roles_in(std::optional<OrgId> organization) {
    return must([&](Transaction& transaction) -> Result<Names, Error> {
      const auto roles = TRY(list_roles_in(transaction, here, organization));
      Names names;
      for (const Role& role : roles) names.push_back(role.name);
      return names;
    });
  }

  void permission(std::string name) {
    must([&](Transaction& transaction) {
      return create_permission(transaction, here, context, random,
                               {.name = name, .description = "what it allows"});
    });
  }
  Names permissions_of(std::string_view role_name, Reach reach = Reach::own) {
    return must([&](Transaction& transaction) -> Result<Names, Error> {
      const auto found = TRY(list_permissions_of(transaction, here, role_name, reach));
      Names names;
      for (const Permission& permission : found) names.push_back(permission.name);
      return names;
    });
  }

  Result<Unit, Error> assign(std::string_view name) { return assign(ada, name); }
  Result<Unit, Error> assign(UserId user, std::string_view name) {
    return act([&](Transaction& transaction) {
      return assign_role(transaction, here, acme, context, random, user, name);
    });
  }
  Result<Unit, Error> set(Names names) {
    return act([&](Transaction& transaction) {
      return set_roles(transaction, here, acme, context, random,
                       {.user = ada, .role_names = names});
    });
  }
  Grants grants() {
    return must(
        [&](Transaction& transaction) { return load_grants(transaction, here, acme, ada); });
  }
  std::int64_t count(const RoleName& which) {
    return must([&](Transaction& transaction) { return count_users(transaction, here, which); });
  }

  // The events of a type, newest first.
  std::vector<events::Event> told(std::string type) {
    return must([&](Transaction& transaction) {
             return events::list(transaction, here, {.types = {type}}, {.limit = 100});
           })
        .items;
  }
  std::vector<std::string> problems() {
    return must([](Transaction& transaction) { return check_invariants(transaction); });
  }

  UserId ada{1};
  OrgId acme{1};
};

}  // namespace gatehouse::rbac
