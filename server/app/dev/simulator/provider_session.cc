#include "server/app/dev/simulator/provider_session.h"

#include "server/encoding/base64.h"

namespace gatehouse::app::dev {
namespace {

constexpr std::size_t cookie_bytes_max = 3000;

http::Cookie cookie_for(http::Scheme scheme) {
  return {.name = http::cookie_name("dev-idp", scheme),
          .value = {},
          .max_age = provider_session_lifetime,
          .secure = scheme == http::Scheme::https};
}

}  // namespace

void remember(http::Response& response, const ProviderSession& session, http::Scheme scheme) {
  std::string form;
  append_form_field(form, "connection", session.connection.text());
  append_form_field(form, "email", session.person.email);
  append_form_field(form, "given_name", session.person.given_name);
  append_form_field(form, "family_name", session.person.family_name);
  append_form_field(form, "groups", session.person.groups);
  append_form_field(form, "more", session.person.more);
  http::Cookie cookie = cookie_for(scheme);
  cookie.value = base64url_encode(form);
  if (cookie.value.size() <= cookie_bytes_max) http::set_cookie(response, cookie);
}

void forget(http::Response& response, http::Scheme scheme) {
  http::expire_cookie(response, cookie_for(scheme));
}

std::optional<TypedPerson> remembered(const http::Request& request, ConnectionId connection,
                                      http::Scheme scheme) {
  const http::CookieRead read = http::read_cookie(request, cookie_for(scheme).name);
  if (read.state != http::CookieRead::State::found) return std::nullopt;
  const auto text = base64url_decode(read.value);
  if (!text.has_value()) return std::nullopt;
  const auto form = Form::parse(*text);
  if (!form.ok() || form.value().get("connection") != connection.text()) return std::nullopt;
  TypedPerson typed = read_typed(form.value());
  if (problem_of(typed) != TypedProblem::none) return std::nullopt;
  return typed;
}

}  // namespace gatehouse::app::dev
