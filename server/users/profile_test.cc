#include "server/users/profile.h"

#include <doctest/doctest.h>

namespace gatehouse::users {
namespace {

bool is_refused(const Profile& profile) {
  const auto checked = check_profile(profile);
  return !checked.ok() && checked.error().code == ErrorCode::invalid_argument &&
         !checked.error().field.empty();
}

}  // namespace

TEST_CASE("users: a profile is the same after it was stored") {
  const Profile profile{.phone_number = "+44 20 7946 0000",
                        .phone_number_verified = true,
                        .preferred_username = "ada \"the first\"",
                        .gender = "f",
                        .groups = {"engines", "poets"},
                        .custom_attributes = {{"team", "red"}},
                        .metadata = {{"plan", "gold"}}};
  CHECK(profile_from_text(profile_text(profile)) == profile);
  CHECK(profile_text({}) == "{}");
  CHECK(profile_from_text("{}") == Profile{});
}

TEST_CASE("users: a profile beyond its limits is refused, at them it is taken") {
  CHECK(check_profile({.phone_number = std::string(255, '1'),
                       .preferred_username = std::string(512, 'u'),
                       .groups = {std::string(250, 'g')}})
            .ok());
  CHECK(check_profile({.groups = {"\xc3\xa9"}}).ok());
  CHECK(is_refused({.phone_number = std::string(256, '1')}));
  CHECK(is_refused({.preferred_username = std::string(513, 'u')}));
  CHECK(is_refused({.gender = "\xff"}));
  CHECK(is_refused({.gender = std::string(1, '\0')}));
  CHECK(is_refused({.groups = {""}}));
  CHECK(is_refused({.groups = {std::string(251, 'g')}}));
  CHECK(is_refused({.groups = {"twice", "twice"}}));
  CHECK(is_refused({.custom_attributes = {{"k", "v"}}}));
  CHECK(is_refused({.metadata = {{"key", ""}}}));
  Profile many;
  for (int i = 0; i < 50; ++i) many.groups.push_back("group " + std::to_string(i));
  CHECK(check_profile(many).ok());
  many.groups.push_back("one more");
  CHECK(is_refused(many));
  Metadata pairs;
  for (int i = 10; i < 30; ++i) pairs.emplace("key" + std::to_string(i), "v");
  CHECK(check_metadata(pairs, "metadata").ok());
  pairs.emplace("key30", "v");
  CHECK(check_metadata(pairs, "metadata").error().field == "metadata");
}

}  // namespace gatehouse::users
