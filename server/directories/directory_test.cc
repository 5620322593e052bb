#include "server/directories/directory.h"

#include <doctest/doctest.h>

#include "server/core/limits.h"
#include "server/crypto/hash.h"
#include "server/directories/invariants.h"
#include "server/directories/test_fixture.h"

namespace gatehouse::directories {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

constexpr Sql insert_role_sql{
    "test.insert_role",
    "INSERT INTO roles (id, environment_id, organization_id, name, display_name, description, "
    "extends_id, is_default_creator, is_default_member, created_at_ms, updated_at_ms) "
    "VALUES ($1, 1, $2, $3, $3, '', NULL, 0, 0, 0, 0)"};
constexpr Sql hashes_sql{"test.directory_hashes", "SELECT hash FROM directory_secrets ORDER BY id"};
constexpr Sql break_sql{"test.break_directory", "UPDATE directory_secrets SET suffix = ''"};

template <class T>
ErrorCode code_of(const Result<T, Error>& outcome) {
  return outcome.error().code;
}

class Fixture : public DirectoryFixture {
 public:
  RoleId role(std::string_view name, std::optional<OrgId> organization = std::nullopt) {
    const RoleId id = RoleId::make(random, context.now);
    must([&](Transaction& transaction) {
      return transaction.execute(insert_role_sql, {id, organization, name});
    });
    return id;
  }
  Result<Unit, Error> assign(const Directory& directory, const std::vector<WantedRole>& wanted) {
    return act([&](Transaction& transaction) {
      return assign_roles(transaction, here, directory.organization, context, random, directory.id,
                          wanted);
    });
  }
  Result<Unit, Error> change(const Directory& directory, const DirectoryChange& wanted) {
    tick();
    return act([&](Transaction& transaction) {
      return update(transaction, here, directory.organization, context, random, directory.id,
                    wanted);
    });
  }
  std::vector<DirectoryId> ids(OrgId organization) {
    std::vector<DirectoryId> all;
    for (const Directory& directory :
         must([&](Transaction& transaction) { return list(transaction, here, organization); })) {
      all.push_back(directory.id);
    }
    return all;
  }
};

}  // namespace

TEST_CASE("directories: a SCIM one works from the start, and says so") {
  Fixture fixture;
  const OrgId acme = fixture.organization();
  const Directory made = fixture.make(acme, {.provider = Provider::okta}).take();
  CHECK(made.is_enabled);
  CHECK(made.status == Status::completed);
  CHECK(made.name == "Okta directory");
  const Directory found = fixture.again(made);
  CHECK(found.type == DirectoryType::scim);
  CHECK(found.provider == Provider::okta);
  CHECK(found.stats.users == 0);
  CHECK_FALSE(found.stats.user_updated_at.has_value());
  CHECK(found.secrets.empty());
  CHECK_FALSE(found.last_synced_at.has_value());
  CHECK(fixture.audited("directory.created") == 1);
  CHECK(fixture.told("organization.directory_enabled") == 1);
}

TEST_CASE("directories: kinds that call their provider wait until they are connected to it") {
  Fixture fixture;
  const Directory made = fixture.make(fixture.organization(), {.type = DirectoryType::poll}).take();
  CHECK_FALSE(made.is_enabled);
  CHECK(made.status == Status::draft);
  CHECK(code_of(fixture.on(enable, made)) == ErrorCode::failed_precondition);
  CHECK(fixture.told("organization.directory_enabled") == 0);
  CHECK(fixture.on(delete_directory, made).ok());
}

TEST_CASE("directories: enabling and disabling twice is one change each") {
  Fixture fixture;
  const Directory made = fixture.make(fixture.organization()).take();
  CHECK(fixture.on(enable, made).ok());
  CHECK(fixture.told("organization.directory_enabled") == 1);
  CHECK(fixture.on(disable, made).ok());
  CHECK(fixture.on(disable, made).ok());
  CHECK_FALSE(fixture.again(made).is_enabled);
  CHECK(fixture.told("organization.directory_disabled") == 1);
  CHECK(fixture.on(enable, made).ok());
  CHECK(fixture.again(made).is_enabled);
  CHECK(fixture.told("organization.directory_enabled") == 2);
}

TEST_CASE("directories: an enabled one is not deleted, a disabled one goes with all it had") {
  Fixture fixture;
  const Directory made = fixture.make(fixture.organization()).take();
  fixture.group(made, "staff", {fixture.user(made, "ann")});
  REQUIRE(fixture.on(create_secret, made).ok());
  const auto refused = fixture.on(delete_directory, made);
  CHECK(code_of(refused) == ErrorCode::failed_precondition);
  CHECK(refused.error().message.find("directory is enabled") != std::string::npos);
  CHECK(refused.error().message.find("disable") != std::string::npos);
  CHECK(fixture.again(made).stats.users == 1);
  REQUIRE(fixture.on(disable, made).ok());
  CHECK(fixture.on(delete_directory, made).ok());
  CHECK(fixture.find(made.organization, made.id).error().message == "directory not found");
  CHECK(code_of(fixture.on(delete_directory, made)) == ErrorCode::not_found);
  CHECK(fixture.audited("directory.deleted") == 1);
}

TEST_CASE("directories: nobody else's organization or environment sees or touches one") {
  Fixture fixture;
  const OrgId acme = fixture.organization();
  const Directory made = fixture.make(acme).take();
  Directory stolen = made;
  stolen.organization = fixture.organization();
  CHECK(code_of(fixture.find(stolen.organization, made.id)) == ErrorCode::not_found);
  CHECK(code_of(fixture.find(acme, made.id, elsewhere)) == ErrorCode::not_found);
  CHECK(code_of(fixture.on(disable, stolen)) == ErrorCode::not_found);
  CHECK(code_of(fixture.on(enable, stolen)) == ErrorCode::not_found);
  CHECK(code_of(fixture.on(delete_directory, stolen)) == ErrorCode::not_found);
  CHECK(code_of(fixture.on(create_secret, stolen)) == ErrorCode::not_found);
  CHECK(code_of(fixture.on(regenerate_secret, stolen)) == ErrorCode::not_found);
  CHECK(code_of(fixture.change(stolen, {.name = "x"})) == ErrorCode::not_found);
  CHECK(code_of(fixture.assign(stolen, {})) == ErrorCode::not_found);
  CHECK(code_of(fixture.make(acme, {}, elsewhere)) == ErrorCode::not_found);
  CHECK(fixture.make(OrgId(9)).error().message == "organization not found");
  CHECK(fixture.again(made).is_enabled);
}

TEST_CASE("directories: the list begins with the one in use, and has parts of its own") {
  Fixture fixture;
  const OrgId acme = fixture.organization();
  CHECK(fixture.ids(acme).empty());
  const Directory first = fixture.make(acme).take();
  const Directory second = fixture.make(acme).take();
  CHECK(fixture.ids(acme) == std::vector{first.id, second.id});
  REQUIRE(fixture.on(disable, first).ok());
  CHECK(fixture.ids(acme) == std::vector{second.id, first.id});
  const IssuedSecret secret = fixture.on(create_secret, second).take();
  const auto all =
      fixture.must([&](Transaction& transaction) { return list(transaction, here, acme); });
  REQUIRE(all[0].secrets.size() == 1);
  CHECK(all[0].secrets[0].id == secret.record.id);
  CHECK(all[1].secrets.empty());
  const auto unknown =
      fixture.act([&](Transaction& transaction) { return list(transaction, here, OrgId(9)); });
  CHECK(unknown.error().message == "organization not found");
}

TEST_CASE("directories: an organization has so many and no more") {
  Fixture fixture;
  const OrgId acme = fixture.organization();
  for (int i = 0; i < limits::directories_per_organization_max; ++i) {
    REQUIRE(fixture.make(acme).ok());
  }
  CHECK(code_of(fixture.make(acme)) == ErrorCode::resource_exhausted);
}

TEST_CASE("directories: what is changed is changed, the rest stays") {
  Fixture fixture;
  const Directory made = fixture.make(fixture.organization()).take();
  const std::vector<AttributeMapping> mappings{{"dept", "department", "Department"}};
  const std::vector<TrackedGroup> groups{{"g1", "Staff", "staff@acme.com"}};
  CHECK(fixture.change(made, {.name = " HR  system ", .attribute_mappings = mappings}).ok());
  CHECK(fixture.change(made, {.provider = Provider::onelogin, .tracked_groups = groups}).ok());
  const Directory found = fixture.again(made);
  CHECK(found.name == "HR system");
  CHECK(found.provider == Provider::onelogin);
  CHECK(found.attribute_mappings == mappings);
  CHECK(found.tracked_groups == groups);
  CHECK(found.updated_at == fixture.context.now);
  CHECK(fixture.audited("directory.updated") == 2);
  const auto field = [&](const DirectoryChange& wanted) {
    const auto refused = fixture.change(made, wanted);
    CHECK(code_of(refused) == ErrorCode::invalid_argument);
    return refused.error().field;
  };
  CHECK(field({.name = " "}) == "directory.name");
  CHECK(field({.name = std::string(257, 'x')}) == "directory.name");
  CHECK(field({.attribute_mappings = std::vector<AttributeMapping>(101, mappings[0])}) ==
        "directory.mappings");
  CHECK(field({.attribute_mappings = {{{"", "x"}}}}) == "directory.mappings");
  CHECK(field({.tracked_groups = std::vector<TrackedGroup>(501, groups[0])}) == "directory.groups");
  CHECK(field({.tracked_groups = {{{"a\nb"}}}}) == "directory.groups");
}

TEST_CASE("directories: a secret is shown once and stored as its hash") {
  Fixture fixture;
  const Directory made = fixture.make(fixture.organization()).take();
  const IssuedSecret first = fixture.on(create_secret, made).take();
  const std::string plain(first.plain.reveal());
  CHECK(plain.starts_with("scim_"));
  CHECK(plain.size() == 48);
  CHECK(plain.ends_with(first.record.suffix));
  const auto hashes = [&] {
    return fixture.must([](Transaction& transaction) {
      return transaction.list(hashes_sql, {},
                              [](const Row& row) { return std::string(row.blob(0)); });
    });
  };
  CHECK(hashes() == std::vector{crypto::sha256(plain)});
  const IssuedSecret second = fixture.on(create_secret, made).take();
  CHECK(second.plain.reveal() != plain);
  CHECK(code_of(fixture.on(create_secret, made)) == ErrorCode::resource_exhausted);
  CHECK(fixture.again(made).secrets.size() == 2);
  const IssuedSecret fresh = fixture.on(regenerate_secret, made).take();
  CHECK(hashes() == std::vector{crypto::sha256(fresh.plain.reveal())});
  CHECK(fixture.again(made).secrets.at(0).id == fresh.record.id);
  CHECK(fixture.audited("directory_secret.created") == 3);
}

TEST_CASE("directories: groups bring roles of the organization and the environment") {
  Fixture fixture;
  const Directory made = fixture.make(fixture.organization()).take();
  const Directory other = fixture.make(fixture.organization()).take();
  const DirectoryGroupId staff = fixture.group(made, "staff");
  const DirectoryGroupId heads = fixture.group(made, "heads");
  const DirectoryGroupId foreign = fixture.group(other, "foreign");
  const RoleId member = fixture.role("member");
  fixture.role("editor");
  const RoleId own_editor = fixture.role("editor", made.organization);
  fixture.role("secret", other.organization);
  REQUIRE(fixture
              .assign(made, {{.group = staff, .role_name = "member"},
                             {.group = heads, .role_name = "editor"},
                             {.group = heads, .role_name = "member", .role = member}})
              .ok());
  const auto assigned = fixture.again(made).role_assignments;
  REQUIRE(assigned.size() == 3);
  CHECK(assigned[0].group == staff);
  CHECK(assigned[0].role == member);
  CHECK(assigned[0].role_name == "member");
  CHECK(assigned[1].role == own_editor);
  CHECK(fixture.again(other).role_assignments.empty());
  const auto field = [&](const WantedRole& wanted) {
    const auto refused = fixture.assign(made, {wanted});
    CHECK(code_of(refused) == ErrorCode::not_found);
    return refused.error().field;
  };
  CHECK(field({.group = staff, .role_name = "secret"}).ends_with("role_name"));
  CHECK(field({.group = staff, .role_name = "member", .role = own_editor}).ends_with("role_name"));
  CHECK(field({.group = foreign, .role_name = "member"}).ends_with("group_id"));
  CHECK(fixture.again(made).role_assignments.size() == 3);
  CHECK(code_of(fixture.assign(
            made, std::vector<WantedRole>(201, {.group = staff, .role_name = "member"}))) ==
        ErrorCode::invalid_argument);
  CHECK(fixture.assign(made, {}).ok());
  CHECK(fixture.again(made).role_assignments.empty());
}

TEST_CASE("directories: nothing is fetched on request") {
  Fixture fixture;
  const Directory scim = fixture.make(fixture.organization()).take();
  const Directory poll = fixture.make(scim.organization, {.type = DirectoryType::poll}).take();
  for (const DirectoryId id : {scim.id, poll.id}) {
    CHECK(code_of(fixture.act([&](Transaction& transaction) {
            return trigger_sync(transaction, here, scim.organization, id);
          })) == ErrorCode::failed_precondition);
  }
}

TEST_CASE("directories: fsck finds what cannot be, and nothing where all is well") {
  Fixture fixture;
  const Directory made = fixture.make(fixture.organization()).take();
  REQUIRE(fixture.on(create_secret, made).ok());
  fixture.group(made, "staff", {fixture.user(made, "ann")});
  const auto problems = [&] {
    return fixture.must([](Transaction& transaction) { return check_invariants(transaction); })
        .size();
  };
  CHECK(problems() == 0);
  fixture.must([](Transaction& transaction) { return transaction.execute(break_sql, {}); });
  CHECK(problems() == 1);
}

}  // namespace gatehouse::directories
