#include "tests/world/browser.h"

namespace gatehouse::world {
namespace {

constexpr int redirects_max = 10;

// The base URL of ours that an absolute URL begins with; empty if it leads elsewhere.
std::string base_of(std::string_view url) {
  for (const std::string_view base : {development_url, production_url}) {
    if (!url.starts_with(base)) continue;
    const std::string_view rest = url.substr(base.size());
    if (rest.empty() || rest.front() == '/') return std::string(base);
  }
  return {};
}

}  // namespace

Fields authorize_fields(const Registered& application, const Fields& more) {
  Fields fields = {{"response_type", "code"},
                   {"client_id", application.client_id},
                   {"redirect_uri", application.callback},
                   {"scope", "openid profile email offline_access"},
                   {"state", "state-1"},
                   {"nonce", "nonce-1"}};
  if (application.secret.empty()) {
    fields.emplace_back("code_challenge", challenge);
    fields.emplace_back("code_challenge_method", "S256");
  }
  return merged(std::move(fields), more);
}

http::Response Browser::send(http::Method method, std::string_view url, std::string body,
                             const Fields& headers) {
  if (const std::string base = base_of(url); !base.empty()) {
    base_ = base;
    url.remove_prefix(base.size());
  }
  http::Request request;
  request.method = method;
  request.authority = base_.substr(base_.find("//") + 2);
  const std::size_t question = url.find('?');
  request.path = std::string(url.substr(0, question));
  if (question != std::string_view::npos) request.query = std::string(url.substr(question + 1));
  request.body = std::move(body);
  request.peer_address = address_;
  request.headers.add("Host", request.authority);
  request.headers.add("User-Agent", user_agent_);
  request.headers.add("Accept", "text/html,application/xhtml+xml");
  if (method == http::Method::post) {
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    // Our pages send no Referer, and so Origin: null with their forms.
    request.headers.add("Origin", "null");
    request.headers.add("Sec-Fetch-Site", "same-origin");
  }
  std::string cookies;
  for (const auto& [name, value] : cookies_[base_]) {
    cookies.append(cookies.empty() ? "" : "; ").append(name).append("=").append(value);
  }
  if (!cookies.empty()) request.headers.add("Cookie", cookies);
  for (const auto& [name, value] : headers) request.headers.set(name, value);
  http::Response response = world_.send(std::move(request));
  keep_cookies(response);
  return response;
}

void Browser::keep_cookies(const http::Response& response) {
  for (std::size_t i = 0; i < response.headers.size(); ++i) {
    const auto field = response.headers.at(i);
    if (field.name != "Set-Cookie") continue;
    const std::string_view pair = field.value.substr(0, field.value.find(';'));
    const std::string name(pair.substr(0, pair.find('=')));
    const std::string value(pair.substr(pair.find('=') + 1));
    if (field.value.find("Max-Age=0") != std::string_view::npos) {
      cookies_[base_].erase(name);
    } else {
      cookies_[base_][name] = value;
      // Which way was used last is no secret.
      if (!name.ends_with("gh_last")) world_.keep_canary(value);
    }
  }
}

Page Browser::follow(std::string url, http::Response response) {
  for (int i = 0; i < redirects_max; ++i) {
    const std::string location(response.headers.get("Location").value_or(std::string_view()));
    const bool stays = location.starts_with("/") || !base_of(location).empty();
    if (!stays) break;
    url = location;
    response = send(http::Method::get, location, {}, {});
  }
  Page page(std::move(url), std::move(response));
  world_.keep_canary(page.parameter("code"));
  return page;
}

Page Browser::open(std::string_view url, const Fields& headers) {
  return follow(std::string(url), send(http::Method::get, url, {}, headers));
}

Page Browser::post(std::string_view url, const Fields& fields, const Fields& headers) {
  return follow(std::string(url), send(http::Method::post, url, encode(fields), headers));
}

Page Browser::submit(const Page& page, std::string_view action, const Fields& typed) {
  const PageForm* form = page.find_form(action);
  INFO("no form for ", std::string(action), " on this page:\n", std::string(page.body()));
  REQUIRE(form != nullptr);
  return post(action, merged(form->fields, typed));
}

Page Browser::authorize(std::string_view application, const Fields& more) {
  const Registered& known = world_.application(application);
  return open(known.base_url + "/oauth/authorize?" + encode(authorize_fields(known, more)));
}

Page Browser::ask_for_mail(const Page& first, std::string_view email) {
  const bool is_sign_up = first.find_form("/login/sign-up/email") != nullptr;
  return submit(first, is_sign_up ? "/login/sign-up/email" : "/login/email",
                {{"email", std::string(email)}});
}

Page Browser::type_code(const Page& check_mail, std::string_view email) {
  return submit(check_mail, "/login/code", {{"code", world_.mail(email).code}});
}

Page Browser::sign_in(std::string_view application, std::string_view email, const Fields& more) {
  return type_code(ask_for_mail(authorize(application, more), email), email);
}

std::string Browser::cookie(std::string_view name) const {
  const auto jar = cookies_.find(base_);
  if (jar == cookies_.end()) return {};
  const auto found = jar->second.find(name);
  return found == jar->second.end() ? std::string() : found->second;
}

void Browser::set_cookie(std::string_view name, std::string_view value) {
  cookies_[base_][std::string(name)] = std::string(value);
}

}  // namespace gatehouse::world
