// Story: what one request did, in order: route, checks, names of SQL statements, the decision. In
// development environments the pages that explain an error show it. Secrets cannot enter: lines
// are literals or values of types that are not Secret, and nothing is added from request bodies.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/core/context.h"

namespace gatehouse {

class Secret;

class Story {
 public:
  static constexpr std::size_t lines_max = 200;

  void tell(std::string line);
  void tell(const Secret&) = delete;
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;  // later lines are dropped once lines_max is reached
};

// The lines so far; empty without a story.
[[nodiscard]] std::vector<std::string> story_of(const Context& context);

// Adds a line to the story of `context`, if it keeps one. `what` and `detail` are joined by ": ".
void tell(const Context& context, std::string_view what, std::string_view detail = {});

}  // namespace gatehouse
