#include "server/core/story.h"

#include "server/core/ensure.h"

namespace gatehouse {

std::string_view actor_type_name(ActorType type) {
  switch (type) {
    case ActorType::anonymous: return "anonymous";
    case ActorType::user: return "user";
    case ActorType::client: return "client";
    case ActorType::operator_: return "operator";
    case ActorType::system: return "system";
  }
  ensure_failed("actor_type_name: not an ActorType");
}

void Story::tell(std::string line) {
  if (lines_.size() < lines_max) lines_.push_back(std::move(line));
}

std::vector<std::string> story_of(const Context& context) {
  return context.story == nullptr ? std::vector<std::string>() : context.story->lines();
}

void tell(const Context& context, std::string_view what, std::string_view detail) {
  if (context.story == nullptr) return;
  std::string line(what);
  if (!detail.empty()) line.append(": ").append(detail);
  context.story->tell(std::move(line));
}

}  // namespace gatehouse
