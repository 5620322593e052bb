// Templates: a folder of Mustache templates, parsed once and rendered from every thread.
//
// A file may begin with header lines ("title: Sign in"), ended by an empty line. A file with a
// `layout: name` header is the body of that other file: there, {{> body}} stands for its text and
// {{> title}} for any other header. {{> name}} elsewhere includes the file of that name. All this
// is put together when the set is loaded; rendering only fills in values.
//
// *.html escapes every {{value}} for text and double-quoted attributes; there is no way to ask for
// an unescaped value. *.txt inserts values as they are.

#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/embedded.h"
#include "server/core/error.h"
#include "server/core/result.h"
#include "server/pages/view.h"

namespace gatehouse::pages {

class Templates {
 public:
  // Files whose path starts with `folder` ("templates/"; may be empty); names are what follows.
  // Errors: invalid_argument, naming the file, for syntax errors, unescaped tags, unknown includes.
  static Result<Templates, Error> load(std::span<const EmbeddedFile> files,
                                       std::string_view folder);

  // The same from a folder on disk, for editing templates without building: a file found in
  // `directory` replaces the embedded one of that name. Errors also: unavailable (cannot read).
  static Result<Templates, Error> load_with_overrides(std::span<const EmbeddedFile> files,
                                                      std::string_view folder,
                                                      const std::string& directory);

  Templates(Templates&&) noexcept;
  Templates& operator=(Templates&&) noexcept;
  ~Templates();

  // The filled-in template. ENSUREs that `name` exists and that `view` has every variable it shows.
  [[nodiscard]] std::string render(std::string_view name, const View& view) const;

  struct Rendering {
    std::string text;
    std::vector<std::string> missing;  // variables that were to be shown but are not in the view
  };
  [[nodiscard]] Rendering render_leniently(std::string_view name, const View& view) const;

  [[nodiscard]] std::vector<std::string> names() const;
  // The names that a template shows as text, for tests that put hostile text into each of them.
  [[nodiscard]] std::vector<std::string> variables(std::string_view name) const;

 private:
  struct Parsed;
  Templates();
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace gatehouse::pages
