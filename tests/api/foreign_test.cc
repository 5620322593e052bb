// No caller sees or touches what belongs to another environment: every method is called with the
// ids, names and external ids of another environment's things.

#include "server/api/services/all.h"
#include "tests/world/foreign_ids.h"

namespace gatehouse::world {
namespace {

using google::protobuf::Message;

struct Split {
  std::string service, method;
};
Split split(std::string_view path) {
  const auto slash = path.rfind('/');
  return {std::string(path.substr(1, slash - 1)), std::string(path.substr(slash + 1))};
}

}  // namespace

TEST_CASE("no method shows or changes what belongs to another environment") {
  World world({.place = TestDatabaseSettings::Place::file});
  ApiClient owner(world, "Portal");
  const ForeignIds theirs(owner);
  ApiClient stranger(world, "Console");
  const auto before = world.stored().rows(world.production());
  REQUIRE(before.at("organizations").find("TopSecretName") != std::string::npos);

  const api::Contract contract;
  const api::Methods methods = api::all_methods(contract);
  int called = 0;
  int named = 0;
  for (const api::Method* method : methods.all()) {
    if (!method->invoke) continue;
    const auto [service, name] = split(method->path);
    const std::unique_ptr<Message> request(method->request->New());
    const std::unique_ptr<Message> response(method->response->New());
    named += theirs.name_in(*request, service, name) > 0 ? 1 : 0;
    const CallStatus status = stranger.call_message(
        std::string_view(method->path).substr(std::string_view("/scalekit.v1.").size()), *request,
        *response);
    ++called;
    INFO(method->path << " " << request->ShortDebugString() << " -> " << status.message);
    CHECK(status.status != api::Status::internal);
    const std::string shown = response->DebugString();
    for (const std::string& secret : theirs.secrets()) {
      const bool was_echoed = request->DebugString().find(secret) != std::string::npos &&
                              status.status != api::Status::ok;
      if (!was_echoed) CHECK(shown.find(secret) == std::string::npos);
    }
  }
  CHECK(called > 100);
  CHECK(named > 60);
  const auto after = world.stored().rows(world.production());
  for (const auto& [table, text] : before) {
    INFO(table);
    CHECK(after.at(table) == text);
  }
}

}  // namespace gatehouse::world
