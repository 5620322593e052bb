// Exclusive canonicalisation as libxml2 does it, of a document that it has read itself: what ours
// is held against. For tests and the fuzz target; the server does not come here.

#pragma once

#include <dlfcn.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "server/core/ensure.h"

namespace gatehouse::xml {

// "" among the prefixes is the default namespace. Empty if libxml2 cannot.
inline std::string canonical_by_libxml(const std::string& xml, std::vector<std::string> prefixes) {
  // As libxml2 declares them, with void for its own types.
  using Read = void* (*)(const char*, int, const char*, const char*, int);
  using Dump = int (*)(void*, void*, int, unsigned char**, int, unsigned char**);
  using Free = void (*)(void*);
  constexpr int no_messages = 0x60;
  constexpr int exclusive = 1;
  void* library = ::dlopen("libxml2.so.2", RTLD_NOW | RTLD_LOCAL);
  const auto read = reinterpret_cast<Read>(::dlsym(library, "xmlReadMemory"));
  const auto dump = reinterpret_cast<Dump>(::dlsym(library, "xmlC14NDocDumpMemory"));
  const auto free_document = reinterpret_cast<Free>(::dlsym(library, "xmlFreeDoc"));
  ENSURE(read != nullptr && dump != nullptr && free_document != nullptr);
  void* document = read(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr, no_messages);
  ENSURE(document != nullptr);
  std::vector<unsigned char*> list;
  for (std::string& each : prefixes) {
    if (each.empty()) each = "#default";
    list.push_back(reinterpret_cast<unsigned char*>(each.data()));
  }
  list.push_back(nullptr);
  unsigned char* out = nullptr;
  const int size =
      dump(document, nullptr, exclusive, prefixes.empty() ? nullptr : list.data(), 0, &out);
  std::string text;
  if (size > 0) text.assign(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
  std::free(out);
  free_document(document);
  return text;
}

}  // namespace gatehouse::xml
