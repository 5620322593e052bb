#include "server/http/route.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "server/core/ensure.h"

namespace gatehouse::http {

namespace {

std::string_view without_last_slash(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// A segment of a pattern that stands for any text: "{id}", or "{id}:enable", where the verb after
// the colon must be there as it is.
bool is_brace(std::string_view segment) {
  const auto end = segment.find('}');
  return segment.size() > 2 && segment.front() == '{' && end != std::string_view::npos && end > 1 &&
         (end + 1 == segment.size() || segment[end + 1] == ':');
}

// ":enable" of "{id}:enable"; empty for "{id}".
std::string_view verb_of(std::string_view brace_segment) {
  return brace_segment.substr(brace_segment.find('}') + 1);
}

bool brace_matches(std::string_view pattern, std::string_view found) {
  const std::string_view verb = verb_of(pattern);
  return found.size() > verb.size() && found.ends_with(verb);
}

// Takes the first segment off a path that begins with a slash; nullopt when none is left.
std::optional<std::string_view> next_segment(std::string_view& path) {
  if (path.empty()) return std::nullopt;
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool pattern_matches(std::string_view pattern, std::string_view path) {
  while (true) {
    const auto wanted = next_segment(pattern);
    const auto found = next_segment(path);
    if (!wanted || !found) return !wanted && !found;
    if (is_brace(*wanted) ? !brace_matches(*wanted, *found) : *wanted != *found) return false;
  }
}

std::size_t count_segments(std::string_view path) {
  return static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

// The path with every name in braces left out, so that /a/{x} and /a/{y} are seen to be the same.
std::string shape_of(std::string_view path) {
  std::string shape;
  while (const auto segment = next_segment(path)) {
    ENSURE(!segment->empty());
    const bool has_brace = segment->find_first_of("{}") != std::string_view::npos;
    ENSURE(!has_brace || is_brace(*segment));
    shape += '/';
    if (has_brace) {
      shape += "{}";
      shape += verb_of(*segment);
    } else {
      shape += *segment;
    }
  }
  return shape;
}

// The value of the Allow header for a set of methods, in a fixed order.
std::string allow_text(std::set<Method> methods) {
  if (methods.contains(Method::get)) methods.insert(Method::head);
  std::string text;
  for (const Method method : methods) {
    if (!text.empty()) text += ", ";
    text += method_name(method);
  }
  return text;
}

}  // namespace

bool Route::has(Guard guard) const {
  return std::find(guards.begin(), guards.end(), guard) != guards.end();
}

RouteTable::RouteTable(std::vector<Route> routes) : routes_(std::move(routes)) {
  std::set<std::pair<Method, std::string>> seen;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const Route& route = routes_[i];
    ENSURE(route.path.starts_with('/'));
    ENSURE(route.method != Method::other);
    ENSURE(route.path == "/" || !route.path.ends_with('/'));
    const std::string shape = route.path == "/" ? "/" : shape_of(route.path);
    ENSURE(seen.emplace(route.method, shape).second);
    if (shape.find('{') == std::string::npos) {
      literal_[route.path].push_back(i);
    } else {
      patterns_[count_segments(shape)].push_back(i);
    }
  }
  // A verb after the brace is more than the brace alone, which would take it for a part of the
  // value.
  for (auto& [count, indexes] : patterns_) {
    std::stable_partition(indexes.begin(), indexes.end(), [this](std::size_t i) {
      return routes_[i].path.find("}:") != std::string::npos;
    });
  }
}

const Route* RouteTable::choose(const Indexes& indexes, Method method) const {
  const Route* get = nullptr;
  for (const std::size_t i : indexes) {
    const Route& route = routes_[i];
    if (route.method == method) return &route;
    if (route.method == Method::get) get = &route;
  }
  return method == Method::head ? get : nullptr;
}

RouteTable::Match RouteTable::match(Method method, std::string_view path) const {
  path = without_last_slash(path);
  const auto literal = literal_.find(path);
  if (literal != literal_.end()) {
    if (const Route* route = choose(literal->second, method)) return Match{route, {}};
  }
  Indexes matching;
  const auto patterns = patterns_.find(count_segments(path));
  if (patterns != patterns_.end()) {
    for (const std::size_t i : patterns->second) {
      if (pattern_matches(routes_[i].path, path)) matching.push_back(i);
    }
  }
  if (const Route* route = choose(matching, method)) return Match{route, {}};

  std::set<Method> methods;
  if (literal != literal_.end()) {
    matching.insert(matching.end(), literal->second.begin(), literal->second.end());
  }
  for (const std::size_t i : matching) methods.insert(routes_[i].method);
  return Match{nullptr, allow_text(std::move(methods))};
}

PathParameters RouteTable::parameters(const Route& route, std::string_view path) {
  PathParameters parameters;
  std::string_view pattern = route.path;
  path = without_last_slash(path);
  while (const auto wanted = next_segment(pattern)) {
    const auto found = next_segment(path);
    ENSURE(found.has_value());
    if (!is_brace(*wanted)) continue;
    parameters.values.emplace_back(found->substr(0, found->size() - verb_of(*wanted).size()));
  }
  return parameters;
}

}  // namespace gatehouse::http
