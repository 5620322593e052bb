// Every screen with sample data, full and minimal: for the tests, which render them all, and for
// pages_preview, with which a person looks at them.

#pragma once

#include <string>
#include <vector>

#include "server/pages/screens.h"

namespace gatehouse::pages {

struct Sample {
  std::string file;  // "sign_in", "sign_in-problem": the name of the picture
  Screen screen;
};

[[nodiscard]] std::vector<Sample> sample_screens();
// Of them those of the identity provider simulator, and those of single sign-on.
[[nodiscard]] std::vector<Sample> simulator_samples();
[[nodiscard]] std::vector<Sample> sign_on_samples();

}  // namespace gatehouse::pages
