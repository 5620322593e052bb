// Pages: turns a screen (screens.h) and a brand into an HTTP response. Built once at start, used
// from every thread. Security headers are set by the page guard, not here.

#pragma once

#include <string>

#include "server/http/message.h"
#include "server/pages/assets.h"
#include "server/pages/brand.h"
#include "server/pages/template.h"

namespace gatehouse::pages {

// What a screen comes down to: the template's name and what it shows.
struct Screen {
  std::string name;  // of the template: "sign_in"
  View view;
};

class Pages {
 public:
  // The embedded templates and assets.
  static Result<Pages, Error> load();
  // Templates found in `directory` replace the embedded ones: for working on their looks.
  static Result<Pages, Error> load_from(const std::string& directory);

  // A whole document in UTF-8, Content-Type set.
  [[nodiscard]] http::Response page(int status, const Screen& screen, const Brand& brand) const;

  [[nodiscard]] const Assets& assets() const { return assets_; }
  [[nodiscard]] const Templates& templates() const { return templates_; }

 private:
  Pages(Templates templates, Assets assets);
  Templates templates_;
  Assets assets_;
};

}  // namespace gatehouse::pages
