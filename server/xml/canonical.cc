#include "server/xml/canonical.h"

#include <algorithm>
#include <tuple>

#include "server/xml/held.h"

namespace gatehouse::xml {
namespace {

struct Binding {
  std::string_view prefix;  // empty: the default namespace
  std::string_view uri;     // empty: none
  friend bool operator==(const Binding&, const Binding&) = default;
  friend auto operator<=>(const Binding&, const Binding&) = default;
};

std::string_view prefix_of(const xmlNs* ns) { return ns == nullptr ? "" : view(ns->prefix); }
std::string_view uri_of(const xmlNs* ns) { return ns == nullptr ? "" : view(ns->href); }

// Appends `text` with each character that stands in `special` replaced [Canonical XML 1.1 §2.3].
void append_escaped(std::string& out, std::string_view text, const char* special) {
  std::size_t from = 0;
  for (std::size_t at = text.find_first_of(special); at != std::string_view::npos;
       at = text.find_first_of(special, from)) {
    out.append(text, from, at - from);
    switch (text[at]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\t': out += "&#x9;"; break;
      case '\n': out += "&#xA;"; break;
      default: out += "&#xD;"; break;
    }
    from = at + 1;
  }
  out.append(text, from);
}
constexpr const char* special_in_text = "&<>\r";
constexpr const char* special_in_attributes = "&<\"\t\n\r";

void append_attribute(std::string& out, std::string_view prefix, std::string_view name,
                      std::string_view value) {
  out += ' ';
  if (!prefix.empty()) out.append(prefix).append(":");
  out.append(name).append("=\"");
  append_escaped(out, value, special_in_attributes);
  out += '"';
}

void append_name(std::string& out, const xmlNode* element) {
  const std::string_view prefix = prefix_of(element->ns);
  if (!prefix.empty()) out.append(prefix).append(":");
  out += view(element->name);
}

class Canonicaliser {
 public:
  Canonicaliser(const xmlNode* apex, const Canonicalisation& how, std::string& out)
      : apex_(apex), how_(how), out_(out) {}

  // Whether it fits.
  [[nodiscard]] bool run() {
    const xmlNode* node = apex_;
    while (node != nullptr) {
      if (out_.size() > how_.bytes_max) return false;
      if (node->type == XML_ELEMENT_NODE && node != how_.omitted) {
        open(node);
        if (node->children != nullptr) {
          node = node->children;
          continue;
        }
        close(node);
      } else if (node->type == XML_TEXT_NODE) {
        append_escaped(out_, view(node->content), special_in_text);
      }
      while (node != apex_ && node->next == nullptr) {
        node = node->parent;
        close(node);
      }
      node = node == apex_ ? nullptr : node->next;
    }
    return out_.size() <= how_.bytes_max;
  }

 private:
  void open(const xmlNode* element) {
    out_ += '<';
    append_name(out_, element);
    const std::size_t rendered_before = rendered_.size();
    append_namespaces(element);
    rendered_counts_.push_back(rendered_before);
    if (element->properties != nullptr) append_attributes(element);
    out_ += '>';
  }

  void close(const xmlNode* element) {
    out_ += "</";
    append_name(out_, element);
    out_ += '>';
    rendered_.resize(rendered_counts_.back());
    rendered_counts_.pop_back();
  }

  // What an output ancestor rendered for the prefix last; "" if none did.
  [[nodiscard]] std::string_view rendered(std::string_view prefix) const {
    const auto found =
        std::find_if(rendered_.rbegin(), rendered_.rend(),
                     [prefix](const Binding& each) { return each.prefix == prefix; });
    return found == rendered_.rend() ? std::string_view() : found->uri;
  }
  void want(const Binding& binding) {
    if (binding.prefix == "xml" || rendered(binding.prefix) == binding.uri) return;
    wanted_.push_back(binding);
  }

  void append_namespaces(const xmlNode* element) {
    wanted_.clear();
    want({prefix_of(element->ns), uri_of(element->ns)});
    for (const xmlAttr* at = element->properties; at != nullptr; at = at->next) {
      if (at->ns != nullptr) want({prefix_of(at->ns), uri_of(at->ns)});
    }
    if (!how_.inclusive_prefixes.empty()) want_inclusive(element);
    if (wanted_.empty()) return;
    std::ranges::sort(wanted_);
    wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
    for (const Binding& each : wanted_) {
      append_attribute(out_, each.prefix.empty() ? "" : "xmlns",
                       each.prefix.empty() ? "xmlns" : each.prefix, each.uri);
      rendered_.push_back(each);
    }
  }

  // Those that are in scope at the apex, used or not; below it, those that an element declares.
  void want_inclusive(const xmlNode* element) {
    for (const std::string& prefix : how_.inclusive_prefixes) {
      for (const xmlNode* at = element; at != nullptr && at->type == XML_ELEMENT_NODE;
           at = element == apex_ ? at->parent : nullptr) {
        const xmlNs* ns = at->nsDef;
        while (ns != nullptr && view(ns->prefix) != prefix) ns = ns->next;
        if (ns == nullptr) continue;
        want({view(ns->prefix), view(ns->href)});
        break;
      }
    }
  }

  void append_attributes(const xmlNode* element) {
    attributes_.clear();
    for (const xmlAttr* at = element->properties; at != nullptr; at = at->next) {
      attributes_.push_back(at);
    }
    std::ranges::sort(attributes_, [](const xmlAttr* a, const xmlAttr* b) {
      return std::pair(uri_of(a->ns), view(a->name)) < std::pair(uri_of(b->ns), view(b->name));
    });
    for (const xmlAttr* each : attributes_) {
      std::string joined;
      append_attribute(out_, prefix_of(each->ns), view(each->name), value_of(each, joined));
    }
  }

  const xmlNode* apex_;
  const Canonicalisation& how_;
  std::string& out_;
  std::vector<Binding> rendered_;             // by the open elements, outermost first
  std::vector<std::size_t> rendered_counts_;  // of rendered_ before each open element
  std::vector<Binding> wanted_;               // by the element at hand
  std::vector<const xmlAttr*> attributes_;    // likewise
};

}  // namespace

std::optional<std::string> canonicalise(const Element& apex, const Canonicalisation& how) {
  std::string out;
  if (!Canonicaliser(apex.node(), how, out).run()) return std::nullopt;
  return out;
}

}  // namespace gatehouse::xml
