// What the tests of this module stand on: two environments, organizations with directories, people
// and groups in them.

#pragma once

#include "server/directories/roster.h"
#include "server/events/event.h"
#include "tests/world/rows.h"

namespace gatehouse::directories {

class DirectoryFixture : public world::DomainFixture {
 public:
  using Transaction = storage::Transaction;

  OrgId organization(EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
             return orgs::create(transaction, environment, context, random,
                                 {.display_name = "Acme"});
           })
        .id;
  }
  Result<Directory, Error> make(OrgId organization, const NewDirectory& wanted = {},
                                EnvironmentId environment = here) {
    tick();
    return act([&](Transaction& transaction) {
      return create(transaction, environment, organization, context, random, wanted);
    });
  }
  Result<Directory, Error> find(OrgId organization, DirectoryId id,
                                EnvironmentId environment = here) {
    return act(
        [&](Transaction& transaction) { return get(transaction, environment, organization, id); });
  }
  Directory again(const Directory& directory) {
    return find(directory.organization, directory.id).take();
  }
  // One of the acts that take a directory and nothing else.
  template <class Act>
  auto on(Act what, const Directory& directory) {
    tick();
    return act([&](Transaction& transaction) {
      return what(transaction, directory.environment, directory.organization, context, random,
                  directory.id);
    });
  }
  DirectoryUserId user(const Directory& directory, std::string name, std::string detail = "{}") {
    tick();
    return must([&](Transaction& transaction) {
      return upsert_user(transaction, here, directory.id, context, random,
                         {.external_id = name,
                          .email = name + "@acme.com",
                          .preferred_username = name,
                          .given_name = "Given",
                          .family_name = "Family",
                          .emails = {name + "@acme.com", name + "@acme.org"},
                          .detail = detail});
    });
  }
  DirectoryGroupId group(const Directory& directory, std::string name,
                         const std::vector<DirectoryUserId>& members = {}) {
    tick();
    return must([&](Transaction& transaction) -> Result<DirectoryGroupId, Error> {
      const auto id = TRY(upsert_group(transaction, here, directory.id, context, random,
                                       {.external_id = name, .display_name = name}));
      TRY(set_members(transaction, here, directory.id, context, id, members));
      return id;
    });
  }
  std::size_t told(std::string type) {
    return must([&](Transaction& transaction) {
             return events::list(transaction, here, {.types = {type}}, {});
           })
        .items.size();
  }
  void tick() { context.now += milliseconds(1); }
};

}  // namespace gatehouse::directories
