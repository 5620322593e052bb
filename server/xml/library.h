// libxml2, loaded when the first XML arrives: servers without SAML never need it. It is asked for
// one thing alone, building a tree out of bytes that scan.h let pass; it reads no file, opens no
// connection, and nothing is registered with it.

#pragma once

#include <libxml/parser.h>

namespace gatehouse::xml {

// The functions that we use, as libxml2 declares them.
struct Library {
  decltype(&::xmlInitParser) init_parser;
  decltype(&::xmlNewParserCtxt) new_parser;
  decltype(&::xmlFreeParserCtxt) free_parser;
  decltype(&::xmlCtxtReadMemory) read_memory;
  decltype(&::xmlFreeDoc) free_document;
};

// Loads and starts it at the first call, from any thread; it stays until the process ends. nullptr
// if this machine does not have it.
[[nodiscard]] const Library* find_library();
// ENSUREs that there is one.
[[nodiscard]] const Library& library();

}  // namespace gatehouse::xml
