// A form that is accepted is clean text, and encodes to a form that says the same.

// fuzz-modules: encoding

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/encoding/form.h"
#include "server/encoding/utf8.h"

namespace gatehouse {
namespace {

void check(std::string_view input) {
  const auto parsed = Form::parse(input);
  if (!parsed.ok()) return;
  const Form& form = parsed.value();
  ENSURE(form.size() <= limits::form_fields_max);

  std::string encoded;
  bool has_any_duplicate = false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const auto [name, value] = form.at(i);
    ENSURE(is_utf8(name) && is_utf8(value));
    ENSURE(name.find('\0') == std::string_view::npos);
    ENSURE(value.find('\0') == std::string_view::npos);
    ENSURE(form.get(name).has_value());
    has_any_duplicate = has_any_duplicate || form.has_duplicates(name);
    append_form_field(encoded, name, value);
  }
  ENSURE(form.first_duplicate().has_value() == has_any_duplicate);

  const auto again = Form::parse(encoded);
  ENSURE(again.ok());
  ENSURE(again.value().size() == form.size());
  for (std::size_t i = 0; i < form.size(); ++i) {
    ENSURE(again.value().at(i).name == form.at(i).name);
    ENSURE(again.value().at(i).value == form.at(i).value);
  }
}

}  // namespace
}  // namespace gatehouse

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gatehouse::check(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
