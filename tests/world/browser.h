// Browser: sends what a browser sends, keeps its cookies by host, follows redirects as long as they
// stay with the server, and stops where one leads to an application.

#pragma once

#include "tests/world/world.h"

namespace gatehouse::world {

// The verifier of every PKCE in these tests, and its challenge [RFC 7636 §B].
inline constexpr const char* verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
inline constexpr const char* challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

// What an application's library asks for, by default.
[[nodiscard]] Fields authorize_fields(const Registered& application, const Fields& more = {});

class Browser {
 public:
  explicit Browser(World& world) : world_(world) {}

  // `url` is absolute, or a path of the host that was last visited.
  Page open(std::string_view url, const Fields& headers = {});
  Page post(std::string_view url, const Fields& fields, const Fields& headers = {});
  // The form of the page with that action: its own fields, and what is typed into it.
  Page submit(const Page& page, std::string_view action, const Fields& typed = {});

  // Sends an application's authorization request; `more` replaces or adds parameters.
  Page authorize(std::string_view application, const Fields& more = {});
  // From the application's request to its callback, by the mailed code.
  Page sign_in(std::string_view application, std::string_view email, const Fields& more = {});
  // From the first page to the one that asks for the code.
  Page ask_for_mail(const Page& first, std::string_view email);
  // From there on with the code of the newest letter.
  Page type_code(const Page& check_mail, std::string_view email);

  // The value of a cookie of the host last visited; empty if it has none.
  [[nodiscard]] std::string cookie(std::string_view name) const;
  void set_cookie(std::string_view name, std::string_view value);
  void come_from(std::string_view address) { address_ = address; }
  void call_itself(std::string_view user_agent) { user_agent_ = user_agent; }

  // One request without following anything.
  http::Response send(http::Method method, std::string_view url, std::string body,
                      const Fields& headers);

 private:
  Page follow(std::string url, http::Response response);
  void keep_cookies(const http::Response& response);

  World& world_;
  std::string base_ = std::string(development_url);
  std::string address_ = "203.0.113.7";
  std::string user_agent_ =
      "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
  std::map<std::string, std::map<std::string, std::string, std::less<>>> cookies_;  // by base URL
};

}  // namespace gatehouse::world
