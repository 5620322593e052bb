// Screens of single sign-on: one that failed, and one that an administrator has tried out.

#pragma once

#include <string>
#include <vector>

#include "server/core/time.h"
#include "server/pages/layout.h"

namespace gatehouse::pages {

struct SignOnCheck {
  std::string check;   // "The audience is this connection."
  std::string detail;  // may be empty
  enum class Outcome { passed, failed } outcome;
};

// What whoever mends it is told. On pages for people in development environments alone.
struct SignOnDiagnosis {
  std::string name;         // "audience_mismatch"
  std::string explanation;  // what it means
  std::string remedy;       // what to change, and where
  std::string expected;     // may be empty, as may be the next
  std::string received;
  std::vector<SignOnCheck> checks = {};
  std::string command = {};  // says the same in a shell; may be empty
};

struct SignOnFailed {
  std::string heading;
  std::string advice;
  std::string code;       // as the application reads it
  std::string reference;  // for the doctor: "err_…"
  Instant at;
  std::string retry_url = {};  // may be empty
  std::string back_url = {};   // to the application; may be empty
  std::optional<SignOnDiagnosis> diagnosis = std::nullopt;
};
[[nodiscard]] Screen screen(const SignOnFailed& page);

struct TriedOut {
  std::string connection;  // what it is called: "Okta"
  std::string organization = {};
  std::optional<SignOnDiagnosis> diagnosis = std::nullopt;  // absent: it works
  std::vector<SignOnCheck> checks = {};
  struct Attribute {
    std::string name;
    std::string value;
  };
  std::vector<Attribute> profile = {};   // as we read it
  std::vector<Attribute> received = {};  // as it was sent
  std::string reference = {};
};
[[nodiscard]] Screen screen(const TriedOut& page);

}  // namespace gatehouse::pages
