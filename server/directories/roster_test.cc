#include "server/directories/roster.h"

#include <doctest/doctest.h>

#include "server/directories/test_fixture.h"
#include "server/encoding/json.h"

namespace gatehouse::directories {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;
using Names = std::vector<std::string>;

class Fixture : public DirectoryFixture {
 public:
  Result<Page<DirectoryUser>, Error> users(const Directory& directory,
                                           const UserFilter& filter = {},
                                           const PageQuery& query = {}) {
    return act([&](Transaction& transaction) {
      return list_users(transaction, here, directory.organization, directory.id, filter, query);
    });
  }
  Result<Page<DirectoryGroup>, Error> groups(const Directory& directory,
                                             const GroupFilter& filter = {},
                                             const PageQuery& query = {}) {
    return act([&](Transaction& transaction) {
      return list_groups(transaction, here, directory.organization, directory.id, filter, query);
    });
  }
};

Names names_of(const Page<DirectoryUser>& page) {
  Names names;
  for (const DirectoryUser& user : page.items) names.push_back(user.external_id);
  return names;
}
Names names_of(const Page<DirectoryGroup>& page) {
  Names names;
  for (const DirectoryGroup& group : page.items) names.push_back(group.display_name);
  return names;
}

}  // namespace

TEST_CASE("directory rosters: people are listed newest first with their groups") {
  Fixture fixture;
  const Directory directory = fixture.make(fixture.organization()).take();
  CHECK(fixture.users(directory).take().items.empty());
  const DirectoryUserId ann = fixture.user(directory, "ann");
  const DirectoryUserId bob = fixture.user(directory, "bob");
  fixture.user(directory, "cy");
  fixture.group(directory, "staff", {ann, bob});
  fixture.group(directory, "heads", {ann});
  const auto page = fixture.users(directory).take();
  CHECK(names_of(page) == Names{"cy", "bob", "ann"});
  CHECK(page.total == 3);
  CHECK(page.items[0].groups.empty());
  REQUIRE(page.items[2].groups.size() == 2);
  CHECK(page.items[2].groups[0].display_name == "heads");
  CHECK(page.items[2].groups[1].display_name == "staff");
  CHECK(page.items[1].groups.size() == 1);
  CHECK(page.items[2].emails == Names{"ann@acme.com", "ann@acme.org"});
  CHECK(page.items[2].is_active);
}

TEST_CASE("directory rosters: pages lead on and back, with the groups of each") {
  Fixture fixture;
  const Directory directory = fixture.make(fixture.organization()).take();
  std::vector<DirectoryUserId> all;
  for (const char* name : {"a", "b", "c", "d", "e"}) all.push_back(fixture.user(directory, name));
  fixture.group(directory, "staff", all);
  const auto first = fixture.users(directory, {}, {.limit = 2}).take();
  CHECK(names_of(first) == Names{"e", "d"});
  CHECK(first.total == 5);
  const auto second = fixture.users(directory, {}, {.from = first.older, .limit = 2}).take();
  CHECK(names_of(second) == Names{"c", "b"});
  CHECK(second.items[0].groups.size() == 1);
  CHECK(second.items[1].groups.size() == 1);
  const auto back =
      fixture
          .users(directory, {},
                 {.direction = PageQuery::Direction::newer, .from = second.newer, .limit = 2})
          .take();
  CHECK(names_of(back) == Names{"e", "d"});
  CHECK(back.items[1].groups.size() == 1);
}

TEST_CASE("directory rosters: people are filtered by group and by the time of their change") {
  Fixture fixture;
  const Directory directory = fixture.make(fixture.organization()).take();
  const Directory other = fixture.make(fixture.organization()).take();
  const DirectoryUserId ann = fixture.user(directory, "ann");
  fixture.user(directory, "bob");
  const Instant before = fixture.context.now;
  fixture.user(directory, "cy");
  const DirectoryGroupId staff = fixture.group(directory, "staff", {ann});
  CHECK(names_of(fixture.users(directory, {.group = staff}).take()) == Names{"ann"});
  CHECK(names_of(fixture.users(directory, {.updated_after = before}).take()) == Names{"cy"});
  CHECK(fixture.users(directory, {.group = staff, .updated_after = before}).take().total == 0);
  fixture.user(directory, "ann");
  CHECK(names_of(fixture.users(directory, {.updated_after = before}).take()) == Names{"cy", "ann"});
  const DirectoryGroupId foreign = fixture.group(other, "foreign");
  const auto unknown = fixture.users(directory, {.group = foreign});
  CHECK(unknown.error().message == "directory group not found");
}

TEST_CASE("directory rosters: a known external id is changed, not made again") {
  Fixture fixture;
  const Directory directory = fixture.make(fixture.organization()).take();
  const Directory other = fixture.make(directory.organization).take();
  const DirectoryUserId ann = fixture.user(directory, "ann");
  CHECK(fixture.user(directory, "ann") == ann);
  CHECK(fixture.user(other, "ann") != ann);
  const DirectoryGroupId staff = fixture.group(directory, "staff", {ann});
  CHECK(fixture.group(directory, "staff", {ann}) == staff);
  const Directory found = fixture.again(directory);
  CHECK(found.stats.users == 1);
  CHECK(found.stats.groups == 1);
  CHECK(found.last_synced_at == fixture.context.now);
  CHECK(found.stats.group_updated_at == fixture.context.now);
}

TEST_CASE("directory rosters: groups are listed with their number of members") {
  Fixture fixture;
  const Directory directory = fixture.make(fixture.organization()).take();
  const DirectoryUserId ann = fixture.user(directory, "ann");
  fixture.group(directory, "staff", {ann, fixture.user(directory, "bob")});
  const Instant before = fixture.context.now;
  const DirectoryGroupId heads = fixture.group(directory, "heads", {ann, ann});
  const auto page = fixture.groups(directory).take();
  CHECK(names_of(page) == Names{"heads", "staff"});
  CHECK(page.items[0].members == 1);
  CHECK(page.items[1].members == 2);
  CHECK(names_of(fixture.groups(directory, {.updated_after = before}).take()) == Names{"heads"});
  const auto next = fixture.groups(directory, {}, {.from = page.items[0].id.number(), .limit = 1});
  CHECK(names_of(next.value()) == Names{"staff"});
  fixture.must([&](Transaction& transaction) {
    return remove_user(transaction, here, directory.id, fixture.context, ann);
  });
  CHECK(fixture.groups(directory).take().items[0].members == 0);
  fixture.must([&](Transaction& transaction) {
    return remove_group(transaction, here, directory.id, fixture.context, heads);
  });
  CHECK(names_of(fixture.groups(directory).take()) == Names{"staff"});
}

TEST_CASE("directory rosters: nothing is written to or read from another's directory") {
  Fixture fixture;
  const Directory directory = fixture.make(fixture.organization()).take();
  const Directory other = fixture.make(fixture.organization()).take();
  const DirectoryUserId ann = fixture.user(directory, "ann");
  const DirectoryGroupId staff = fixture.group(directory, "staff");
  const Context& context = fixture.context;
  const auto code = [&](auto work) { return fixture.act(work).error().code; };
  CHECK(code([&](Transaction& transaction) {
          return remove_user(transaction, here, other.id, context, ann);
        }) == ErrorCode::not_found);
  CHECK(code([&](Transaction& transaction) {
          return remove_user(transaction, elsewhere, directory.id, context, ann);
        }) == ErrorCode::not_found);
  CHECK(code([&](Transaction& transaction) {
          return remove_group(transaction, here, other.id, context, staff);
        }) == ErrorCode::not_found);
  CHECK(code([&](Transaction& transaction) {
          return set_members(transaction, here, other.id, context, staff, {});
        }) == ErrorCode::not_found);
  const DirectoryUserId foreign = fixture.user(other, "foreign");
  CHECK(code([&](Transaction& transaction) {
          return set_members(transaction, here, directory.id, context, staff, {ann, foreign});
        }) == ErrorCode::not_found);
  CHECK(fixture.groups(directory).take().items[0].members == 0);
  CHECK(code([&](Transaction& transaction) {
          return upsert_user(transaction, elsewhere, directory.id, context, fixture.random,
                             {.external_id = "x", .email = "x@y.z"});
        }) == ErrorCode::not_found);
  CHECK(code([&](Transaction& transaction) {
          return upsert_group(transaction, elsewhere, directory.id, context, fixture.random,
                              {.external_id = "x", .display_name = "x"});
        }) == ErrorCode::not_found);
  Directory stolen = directory;
  stolen.organization = other.organization;
  CHECK(fixture.users(stolen).error().message == "directory not found");
  CHECK(fixture.groups(stolen).error().message == "directory not found");
}

TEST_CASE("directory rosters: a person's detail names them, and nothing overrides that") {
  Fixture fixture;
  const Directory directory = fixture.make(fixture.organization()).take();
  const DirectoryUserId ann = fixture.user(
      directory, "ann", R"({"id":"other","title":"CEO","raw_attributes":{"x":[1,true]}})");
  fixture.group(directory, "staff", {ann});
  const DirectoryUser user = fixture.users(directory).take().items.at(0);
  const Json detail = Json::parse(user_detail(user)).take();
  CHECK(detail.string("id") == ann.text());
  CHECK(detail.string("email") == "ann@acme.com");
  CHECK(detail.string("dp_id") == "ann");
  CHECK(detail.string("title") == "CEO");
  CHECK(detail.find("raw_attributes")->text() == R"({"x":[1,true]})");
  CHECK(detail.array("groups")->at(0).string("name") == "staff");
  const DirectoryGroup group = fixture.groups(directory).take().items.at(0);
  const Json group_json = Json::parse(group_detail(group)).take();
  CHECK(group_json.string("id") == group.id.text());
  CHECK(group_json.string("display_name") == "staff");
}

}  // namespace gatehouse::directories
