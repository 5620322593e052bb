// Page: what a browser has in front of it: an answer, the forms in it, or the address of an
// application that the server sent the browser to.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/http/message.h"

namespace gatehouse::world {

using Fields = std::vector<std::pair<std::string, std::string>>;

// application/x-www-form-urlencoded, without the fields whose value is `left_out`.
inline constexpr const char* left_out = "\x01left out";
[[nodiscard]] std::string encode(const Fields& fields);
// `base` with the fields of `more` put in place of those of the same name, or after them.
[[nodiscard]] Fields merged(Fields base, const Fields& more);

struct PageForm {
  std::string action;
  Fields fields;   // inputs that have a name, with their values
  Fields buttons;  // submit buttons that have a name
};

class Page {
 public:
  Page(std::string url, http::Response response);

  [[nodiscard]] int status() const { return response_.status; }
  [[nodiscard]] const http::Response& response() const { return response_; }
  [[nodiscard]] std::string_view body() const { return response_.body_view(); }
  [[nodiscard]] std::string header(std::string_view name) const;
  // Where this page was fetched from.
  [[nodiscard]] const std::string& url() const { return url_; }
  // The Location of a redirect that leaves the server; empty for a page.
  [[nodiscard]] std::string location() const { return header("Location"); }
  // A parameter of that location; empty if absent.
  [[nodiscard]] std::string parameter(std::string_view name) const;

  [[nodiscard]] bool shows(std::string_view text) const;
  [[nodiscard]] const std::vector<PageForm>& forms() const { return forms_; }
  [[nodiscard]] const PageForm* find_form(std::string_view action) const;
  // The text inside the element with that id; empty if there is none.
  [[nodiscard]] std::string text_of(std::string_view id) const;
  // The href of the link with that id; empty if there is none.
  [[nodiscard]] std::string link(std::string_view id) const;

 private:
  std::string url_;
  http::Response response_;
  std::vector<PageForm> forms_;
};

}  // namespace gatehouse::world
