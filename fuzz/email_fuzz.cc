// E-mail addresses and names of people: what is accepted is in its one normal form, has no byte
// that could end a header or a line, and is accepted again as itself.

// fuzz-modules: users

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "server/core/limits.h"
#include "server/users/user.h"

namespace gatehouse::users {
namespace {

void try_email(std::string_view text) {
  const auto email = Email::parse(text);
  if (!email.has_value()) return;
  const std::string& kept = email->text();
  ENSURE(kept.size() <= limits::email_bytes_max);
  ENSURE(std::ranges::count(kept, '@') == 1);
  ENSURE(std::ranges::all_of(kept, [](char c) {
    return c > ' ' && c < 0x7f && !(c >= 'A' && c <= 'Z') && c != ',' && c != ';' && c != '<' &&
           c != '>' && c != '"';
  }));
  ENSURE(Email::parse(kept) == email);
  ENSURE(kept.ends_with(email->domain()));
  ENSURE(email->masked().ends_with(email->domain()));
}

void try_name(std::string_view text) {
  const auto name = clean_name(text);
  if (!name.ok()) return;
  ENSURE(name.value().size() <= limits::display_name_bytes_max);
  ENSURE(std::ranges::none_of(name.value(), [](unsigned char c) { return c < ' ' || c == 0x7f; }));
  const auto again = clean_name(name.value());
  ENSURE(again.ok() && again.value() == name.value());
}

}  // namespace
}  // namespace gatehouse::users

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  gatehouse::users::try_email(text);
  gatehouse::users::try_name(text);
  return 0;
}
