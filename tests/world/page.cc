#include "tests/world/page.h"

#include <algorithm>
#include <map>

#include "server/encoding/form.h"

namespace gatehouse::world {
namespace {

struct Tag {
  std::string name;
  std::map<std::string, std::string> attributes;

  [[nodiscard]] std::string get(const std::string& attribute) const {
    const auto found = attributes.find(attribute);
    return found == attributes.end() ? std::string() : found->second;
  }
};

std::string unescape(std::string_view text) {
  static constexpr std::pair<std::string_view, char> entities[] = {
      {"&amp;", '&'},  {"&lt;", '<'},    {"&gt;", '>'},  {"&quot;", '"'}, {"&apos;", '\''},
      {"&#39;", '\''}, {"&#x27;", '\''}, {"&#47;", '/'}, {"&#x2F;", '/'}};
  std::string out;
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find('&'), text.size());
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto* entity = std::ranges::find_if(
        entities, [&](const auto& candidate) { return text.starts_with(candidate.first); });
    const bool is_known = entity != std::end(entities);
    out.push_back(is_known ? entity->second : '&');
    text.remove_prefix(is_known ? entity->first.size() : 1);
  }
  return out;
}

std::string_view take_while(std::string_view& text, bool (*is_part)(char)) {
  const std::string_view all = text;
  while (!text.empty() && is_part(text.front())) text.remove_prefix(1);
  return all.substr(0, all.size() - text.size());
}

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t'; }
bool is_name(char c) { return !is_blank(c) && c != '=' && c != '>' && c != '/' && c != '"'; }

// The inside of a tag: our pages quote every value.
Tag read_tag(std::string_view inside) {
  Tag tag;
  tag.name = std::string(take_while(inside, is_name));
  while (!inside.empty()) {
    take_while(inside, is_blank);
    const std::string name(take_while(inside, is_name));
    if (name.empty()) {
      if (!inside.empty()) inside.remove_prefix(1);
      continue;
    }
    std::string value;
    if (inside.starts_with("=\"")) {
      inside.remove_prefix(2);
      const std::size_t end = std::min(inside.find('"'), inside.size());
      value = unescape(inside.substr(0, end));
      inside.remove_prefix(std::min(end + 1, inside.size()));
    }
    tag.attributes.emplace(name, value);
  }
  return tag;
}

template <class Each>
void each_tag(std::string_view html, Each each) {
  std::size_t at = 0;
  while ((at = html.find('<', at)) != std::string_view::npos) {
    const std::size_t end = html.find('>', at);
    if (end == std::string_view::npos) return;
    if (html[at + 1] == '/') {
      at = end + 1;
      continue;
    }
    each(read_tag(html.substr(at + 1, end - at - 1)), html.substr(end + 1));
    at = end + 1;
  }
}

std::vector<PageForm> read_forms(std::string_view html) {
  std::vector<PageForm> forms;
  bool is_inside = false;
  each_tag(html, [&](const Tag& tag, std::string_view) {
    if (tag.name == "form") {
      forms.push_back({tag.get("action"), {}, {}});
      is_inside = true;
    }
    if (!is_inside || tag.get("name").empty()) return;
    if (tag.name == "input") forms.back().fields.emplace_back(tag.get("name"), tag.get("value"));
    if (tag.name == "button") forms.back().buttons.emplace_back(tag.get("name"), tag.get("value"));
  });
  return forms;
}

}  // namespace

std::string encode(const Fields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (value != left_out) append_form_field(out, name, value);
  }
  return out;
}

Fields merged(Fields base, const Fields& more) {
  for (const auto& [name, value] : more) {
    const auto there = std::ranges::find(base, name, &Fields::value_type::first);
    if (there != base.end()) {
      there->second = value;
    } else {
      base.emplace_back(name, value);
    }
  }
  return base;
}

Page::Page(std::string url, http::Response response)
    : url_(std::move(url)), response_(std::move(response)), forms_(read_forms(body())) {}

std::string Page::header(std::string_view name) const {
  return std::string(response_.headers.get(name).value_or(std::string_view()));
}

std::string Page::parameter(std::string_view name) const {
  const std::string url = location();
  const std::size_t question = url.find('?');
  if (question == std::string::npos) return {};
  const auto form = Form::parse(std::string_view(url).substr(question + 1));
  if (!form.ok()) return {};
  return std::string(form.value().get(name).value_or(std::string_view()));
}

bool Page::shows(std::string_view text) const { return body().find(text) != std::string::npos; }

const PageForm* Page::find_form(std::string_view action) const {
  const auto found = std::ranges::find(forms_, action, &PageForm::action);
  return found == forms_.end() ? nullptr : &*found;
}

std::string Page::text_of(std::string_view id) const {
  std::string text;
  each_tag(body(), [&](const Tag& tag, std::string_view rest) {
    if (tag.get("id") == id) text = unescape(rest.substr(0, rest.find('<')));
  });
  return text;
}

std::string Page::link(std::string_view id) const {
  std::string href;
  each_tag(body(), [&](const Tag& tag, std::string_view) {
    if (tag.get("id") == id) href = tag.get("href");
  });
  return href;
}

}  // namespace gatehouse::world
