#include "server/xml/library.h"

#include <dlfcn.h>

#include <optional>

#include "server/core/ensure.h"
#include "server/xml/document.h"

namespace gatehouse::xml {
namespace {

constexpr const char* library_name = "libxml2.so.2";

template <class Function>
void resolve(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
}

std::optional<Library> load() {
  // Never closed: it keeps state for each thread, freed when the thread ends.
  void* handle = ::dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return std::nullopt;
  Library loaded{};
  resolve(handle, "xmlInitParser", loaded.init_parser);
  resolve(handle, "xmlNewParserCtxt", loaded.new_parser);
  resolve(handle, "xmlFreeParserCtxt", loaded.free_parser);
  resolve(handle, "xmlCtxtReadMemory", loaded.read_memory);
  resolve(handle, "xmlFreeDoc", loaded.free_document);
  const bool is_whole = loaded.init_parser && loaded.new_parser && loaded.free_parser &&
                        loaded.read_memory && loaded.free_document;
  if (!is_whole) return std::nullopt;
  loaded.init_parser();
  return loaded;
}

}  // namespace

const Library* find_library() {
  static const std::optional<Library> loaded = load();
  return loaded.has_value() ? &*loaded : nullptr;
}

const Library& library() {
  const Library* found = find_library();
  ENSURE(found != nullptr);
  return *found;
}

bool is_available() { return find_library() != nullptr; }

}  // namespace gatehouse::xml
