// Comments of proto/ as text.

#include "server/api/openapi.h"

namespace gatehouse::api {
namespace {

// Lines of a paragraph are joined; "*/"-style decoration is not used in proto/.
std::string joined(std::string_view raw) {
  std::string text;
  while (!raw.empty()) {
    std::string_view line = raw.substr(0, raw.find('\n'));
    raw.remove_prefix(std::min(raw.size(), line.size() + 1));
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
    if (line.empty()) {
      if (!text.empty() && !text.ends_with("\n\n")) text += "\n\n";
      continue;
    }
    if (!text.empty() && !text.ends_with('\n')) text += ' ';
    text += line;
  }
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

template <class Descriptor>
std::string comment(const Descriptor& described) {
  google::protobuf::SourceLocation location;
  if (!described.GetSourceLocation(&location)) return {};
  return joined(location.leading_comments);
}

}  // namespace

std::string comment_of(const google::protobuf::MethodDescriptor& method) { return comment(method); }
std::string comment_of(const google::protobuf::FieldDescriptor& field) { return comment(field); }
std::string comment_of(const google::protobuf::Descriptor& message) { return comment(message); }
std::string comment_of(const google::protobuf::ServiceDescriptor& service) {
  return comment(service);
}

std::string first_sentence(const std::string& comment) {
  std::size_t end = comment.find("\n\n");
  for (std::size_t dot = comment.find(". "); dot < end; dot = comment.find(". ", dot + 1)) {
    // "e.g. x" and the like do not end a sentence: the next letter is a capital one.
    const char next = dot + 2 < comment.size() ? comment[dot + 2] : 'A';
    if (next >= 'A' && next <= 'Z') {
      end = dot;
      break;
    }
  }
  std::string sentence = comment.substr(0, end);
  while (sentence.ends_with('.')) sentence.pop_back();
  return sentence;
}

}  // namespace gatehouse::api
