// docs/sso/diagnoses.md: every diagnosis with its texts and remedies, made of the table.

#pragma once

#include <string>

namespace gatehouse::sso {

// As Markdown.
[[nodiscard]] std::string diagnoses_document();

}  // namespace gatehouse::sso
