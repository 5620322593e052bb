// Files that are part of the binary: templates, assets, migrations. tools/embed.py writes them as
// constants; each module that embeds a folder declares `embedded_files()` in its own namespace.

#pragma once

#include <span>
#include <string_view>

namespace gatehouse {

struct EmbeddedFile {
  std::string_view path;   // relative to the embedded folder
  std::string_view bytes;  // both point to static storage
};

}  // namespace gatehouse
