#include "server/pages/view.h"

#include "server/core/ensure.h"

namespace gatehouse::pages {

View& View::put(std::string_view name, Value value) {
  ENSURE(!name.empty());
  values_.insert_or_assign(std::string(name), std::move(value));
  return *this;
}

View& View::text(std::string_view name, std::string_view value) {
  return put(name, std::string(value));
}

View& View::text_if_any(std::string_view name, std::string_view value) {
  return value.empty() ? *this : put(name, std::string(value));
}

View& View::show(std::string_view name) { return put(name, Flag{}); }

View& View::list(std::string_view name, std::vector<View> items) {
  return put(name, std::move(items));
}

}  // namespace gatehouse::pages
