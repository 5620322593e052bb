#include "server/pages/template.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <kainjow/mustache.hpp>
#include <map>
#include <set>
#include <sstream>

#include "server/core/ensure.h"

namespace gatehouse::pages {
namespace {

namespace mustache = kainjow::mustache;

constexpr int include_depth_max = 8;

// A template file before it is put together: its header lines and its text.
struct Source {
  std::map<std::string, std::string, std::less<>> headers;
  std::string text;
};
using Sources = std::map<std::string, Source, std::less<>>;

Error broken(std::string_view name, std::string_view why) {
  return {ErrorCode::invalid_argument, "template " + std::string(name) + ": " + std::string(why)};
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Header lines are "word: value" at the very start; without an empty line after them there are
// none.
Source split_headers(std::string_view bytes) {
  Source source;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) break;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (line.empty()) {
      source.text = rest;
      return source;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) break;
    const std::string_view word = line.substr(0, colon);
    if (word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") != std::string_view::npos) break;
    source.headers.emplace(word, trimmed(line.substr(colon + 1)));
  }
  return {.headers = {}, .text = std::string(bytes)};
}

// Replaces the {{> …}} tags of one file, from its own headers, its body, or other files.
class Assembly {
 public:
  explicit Assembly(const Sources& sources) : sources_(sources) {}

  Result<std::string, Error> whole(const std::string& name) const {
    const Source& source = sources_.find(name)->second;
    const auto layout = source.headers.find("layout");
    if (layout == source.headers.end()) return expand(name, source.text, nullptr, 0);
    const auto frame = sources_.find(layout->second);
    if (frame == sources_.end()) return broken(name, "unknown layout " + layout->second);
    return expand(name, frame->second.text, &source, 0);
  }

 private:
  Result<std::string, Error> expand(std::string_view name, std::string_view text,
                                    const Source* body, int depth) const {
    if (depth > include_depth_max) return broken(name, "includes itself");
    std::string out;
    while (true) {
      const auto open = text.find("{{>");
      out += text.substr(0, open);
      if (open == std::string_view::npos) return out;
      const auto close = text.find("}}", open);
      if (close == std::string_view::npos) return broken(name, "an include is not closed");
      const std::string_view part = trimmed(text.substr(open + 3, close - open - 3));
      text.remove_prefix(close + 2);
      out += TRY(included(name, part, body, depth));
    }
  }

  Result<std::string, Error> included(std::string_view name, std::string_view part,
                                      const Source* body, int depth) const {
    if (body != nullptr && part == "body") return expand(name, body->text, nullptr, depth + 1);
    if (body != nullptr) {
      const auto header = body->headers.find(part);
      if (header != body->headers.end()) return header->second;
    }
    const auto other = sources_.find(part);
    if (other == sources_.end()) return broken(name, "unknown part " + std::string(part));
    return expand(name, other->second.text, nullptr, depth + 1);
  }

  const Sources& sources_;
};

// The names used in tags, by kind: a name that is only ever a variable must be in the view.
struct Names {
  std::set<std::string, std::less<>> variables;
  std::set<std::string, std::less<>> sections;
};

Result<Names, Error> names_in(std::string_view name, std::string_view text) {
  Names names;
  for (auto open = text.find("{{"); open != std::string_view::npos; open = text.find("{{", open)) {
    const auto close = text.find("}}", open);
    if (close == std::string_view::npos) return broken(name, "a tag is not closed");
    const std::string_view tag = trimmed(text.substr(open + 2, close - open - 2));
    open = close + 2;
    if (tag.empty()) return broken(name, "an empty tag");
    switch (tag.front()) {
      case '!':
      case '/': break;
      case '#':
      case '^': names.sections.emplace(trimmed(tag.substr(1))); break;
      case '{':
      case '&':
      case '=': return broken(name, "values are always escaped and delimiters stay");
      default: names.variables.emplace(tag);
    }
  }
  return names;
}

mustache::data to_data(const View& view);

mustache::data to_data(const View::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return mustache::data(*text);
  if (std::holds_alternative<View::Flag>(value))
    return mustache::data(mustache::data::type::bool_true);
  mustache::data list(mustache::data::type::list);
  for (const View& item : std::get<std::vector<View>>(value)) list.push_back(to_data(item));
  return list;
}

mustache::data to_data(const View& view) {
  mustache::data data;
  for (const auto& [name, value] : view.values()) data.set(name, to_data(value));
  return data;
}

// Notes the variables that the template asks for and the view does not have.
class NotingContext final : public mustache::context<std::string> {
 public:
  NotingContext(const mustache::data& data, const Names& names)
      : mustache::context<std::string>(&data), names_(names) {}

  const mustache::data* get(const std::string& name) const override {
    const mustache::data* found = mustache::context<std::string>::get(name);
    if (found == nullptr && !names_.sections.contains(name)) missing_.insert(name);
    return found;
  }

  [[nodiscard]] std::vector<std::string> missing() const {
    return {missing_.begin(), missing_.end()};
  }

 private:
  const Names& names_;
  mutable std::set<std::string> missing_;
};

Result<std::string, Error> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  if (!file || !(bytes << file.rdbuf())) {
    return Error{ErrorCode::unavailable, "cannot read " + path.string()};
  }
  return bytes.str();
}

Sources embedded_sources(std::span<const EmbeddedFile> files, std::string_view folder) {
  Sources sources;
  for (const EmbeddedFile& file : files) {
    if (!file.path.starts_with(folder)) continue;
    const std::filesystem::path path(file.path.substr(folder.size()));
    // A text file keeps its ending, so that one letter has two templates: sign_in and sign_in.txt.
    const std::string name = path.extension() == ".html" ? path.stem().string() : path.string();
    sources.emplace(name, split_headers(file.bytes));
  }
  return sources;
}

}  // namespace

struct Templates::Parsed {
  struct One {
    // The engine's render() is not const because of lambdas and partials, which it never meets
    // here: it only reads, so many threads may render one template.
    std::unique_ptr<mustache::mustache> engine;
    Names names;
  };
  std::map<std::string, One, std::less<>> all;

  Result<Unit, Error> add(const Sources& sources);
};

Result<Unit, Error> Templates::Parsed::add(const Sources& sources) {
  const Assembly assembly(sources);
  for (const auto& [name, source] : sources) {
    const bool is_layout = source.text.find("{{> body}}") != std::string::npos;
    if (is_layout) continue;
    const std::string text = TRY(assembly.whole(name));
    One one{.engine = nullptr, .names = TRY(names_in(name, text))};
    one.engine = std::make_unique<mustache::mustache>(text);
    if (!one.engine->is_valid()) return broken(name, one.engine->error_message());
    if (name.ends_with(".txt")) {
      one.engine->set_custom_escape([](const std::string& value) { return value; });
    }
    all.emplace(name, std::move(one));
  }
  return Unit{};
}

Templates::Templates() : parsed_(std::make_unique<Parsed>()) {}
Templates::Templates(Templates&&) noexcept = default;
Templates& Templates::operator=(Templates&&) noexcept = default;
Templates::~Templates() = default;

Result<Templates, Error> Templates::load(std::span<const EmbeddedFile> files,
                                         std::string_view folder) {
  Templates templates;
  TRY(templates.parsed_->add(embedded_sources(files, folder)));
  return templates;
}

Result<Templates, Error> Templates::load_with_overrides(std::span<const EmbeddedFile> files,
                                                        std::string_view folder,
                                                        const std::string& directory) {
  Sources sources = embedded_sources(files, folder);
  for (auto& [name, source] : sources) {
    const std::filesystem::path path =
        std::filesystem::path(directory) / (name.ends_with(".txt") ? name : name + ".html");
    std::error_code unreadable;
    if (!std::filesystem::is_regular_file(path, unreadable)) continue;
    source = split_headers(TRY(read_file(path)));
  }
  Templates templates;
  TRY(templates.parsed_->add(sources));
  return templates;
}

Templates::Rendering Templates::render_leniently(std::string_view name, const View& view) const {
  const auto found = parsed_->all.find(name);
  ENSURE(found != parsed_->all.end());
  const mustache::data data = to_data(view);
  NotingContext context(data, found->second.names);
  std::ostringstream out;
  found->second.engine->render(context, out);
  return {.text = std::move(out).str(), .missing = context.missing()};
}

std::string Templates::render(std::string_view name, const View& view) const {
  Rendering rendering = render_leniently(name, view);
  ENSURE(rendering.missing.empty());
  return std::move(rendering.text);
}

std::vector<std::string> Templates::names() const {
  std::vector<std::string> names;
  for (const auto& [name, one] : parsed_->all) names.push_back(name);
  return names;
}

std::vector<std::string> Templates::variables(std::string_view name) const {
  const auto found = parsed_->all.find(name);
  ENSURE(found != parsed_->all.end());
  return {found->second.names.variables.begin(), found->second.names.variables.end()};
}

}  // namespace gatehouse::pages
