// The rules on one text: lengths in characters, pattern, prefix, list of values, e-mail, URI.

#pragma once

#include <re2/re2.h>

#include <memory>
#include <optional>
#include <string_view>

#include "buf/validate/validate.pb.h"

namespace gatehouse::api {

class TextRules {
 public:
  explicit TextRules(const buf::validate::StringRules& rules);

  struct Broken {
    std::string description, constraint;
  };
  // The first rule that `text` (UTF-8) breaks.
  [[nodiscard]] std::optional<Broken> check(std::string_view text) const;

 private:
  buf::validate::StringRules rules_;
  std::unique_ptr<const re2::RE2> pattern_;  // absent: none
};

}  // namespace gatehouse::api
