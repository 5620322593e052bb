// What must hold of everything that is stored: the one list that `gatehouse fsck` and the tests go
// by. What each line means stands in the module that owns the rows.

#pragma once

#include <string>
#include <vector>

#include "server/crypto/seal.h"
#include "server/storage/open.h"

namespace gatehouse::app {

struct DataFinding {
  std::string area;  // "users", "storage", …
  std::string finding;
};

struct DataCheck {
  std::vector<DataFinding> findings;  // an empty list is good news
  std::vector<std::string> notes;     // what could not be looked at, and why
};

// `rows` leaves out what is about the installation: that the schema is whole, and that servers have
// removed what expired.
enum class Depth { everything, rows };

struct DataToCheck {
  storage::Database& database;
  storage::Engine engine;
  // Opens the signing keys; an error is a finding.
  const Result<crypto::SealingKey, Error>& signing_key_seal;
  Depth depth = Depth::everything;
};

// Looks through the whole database, and changes nothing; servers may be running. A check that
// cannot even read its rows is a finding of its own, and those after it still run.
[[nodiscard]] DataCheck check_data(const DataToCheck& data, const Context& context);

}  // namespace gatehouse::app
