#include "server/app/dev/mailbox_pages.h"

#include "server/app/version.h"
#include "server/encoding/json.h"
#include "server/http/form_body.h"
#include "server/http/redirect.h"
#include "server/login/brand.h"
#include "server/pages/screens.h"

namespace gatehouse::app::dev {
namespace {

using http::Guard;
using http::Method;
using http::PathParameters;
using http::Request;
using http::Response;
using http::Route;
using http::RunOn;

bool wants_page(const Request& request) {
  const auto accept = request.headers.get("Accept");
  return accept.has_value() && accept->find("text/html") != std::string_view::npos;
}

Response as_json(const std::vector<mail::DeliveredLetter>& letters) {
  Response response;
  response.headers.add("Content-Type", "application/json");
  JsonWriter writer(response.body);
  writer.begin_array();
  for (const auto& letter : letters) {
    writer.begin_object();
    writer.field("id", letter.id.text());
    writer.field("at", to_rfc3339(letter.at));
    writer.field("to", letter.to);
    writer.field("subject", letter.subject);
    writer.field("text", letter.text);
    writer.field("html", letter.html);
    writer.field("code", letter.code);
    writer.field("link", letter.link);
    writer.end_object();
  }
  writer.end_array();
  return response;
}

// The pages of one development server.
class DevelopmentPages {
 public:
  DevelopmentPages(const mail::Mailbox& mailbox, const pages::Pages& pages,
                   const applications::Catalog& catalog)
      : mailbox_(mailbox), pages_(pages), catalog_(catalog) {}

  Response list(const Context& context, const Request& request) const {
    const auto query = http::read_query(request);
    const std::string to(query.ok() ? query.value().get("to").value_or(std::string_view())
                                    : std::string_view());
    const auto letters = mailbox_.letters(to);
    if (!wants_page(request)) return as_json(letters);
    const auto entry = catalog_.current()->by_id(context.environment);
    std::string json_url = entry->environment.base_url + "/dev/mail";
    if (!to.empty()) json_url = http::with_query(json_url, {{"to", to}});
    pages::DevMailbox page{.filter = to, .json_url = json_url, .letters = {}};
    for (const auto& letter : letters) {
      page.letters.push_back({.url = url_of(letter.id),
                              .to = letter.to,
                              .subject = letter.subject,
                              .code = letter.code,
                              .at = letter.at});
    }
    return show(context, pages::screen(page));
  }

  Response letter(const Context& context, const PathParameters& path) const {
    const auto found = find(path);
    if (!found.has_value()) return http::plain_text(404, "There is no such letter.\n");
    return show(context, pages::screen(pages::DevLetter{.mailbox_url = "/dev/mail",
                                                        .to = found->to,
                                                        .subject = found->subject,
                                                        .text = found->text,
                                                        .code = found->code,
                                                        .link = found->link,
                                                        .html_url = url_of(found->id) + "/html",
                                                        .at = found->at}));
  }

  // The mail as a mail program shows it: its own styles allowed, nothing else.
  Response html(const PathParameters& path) const {
    const auto found = find(path);
    if (!found.has_value()) return http::plain_text(404, "There is no such letter.\n");
    Response response;
    response.headers.add("Content-Type", "text/html; charset=utf-8");
    response.headers.add("Cache-Control", "no-store");
    response.headers.add("Content-Security-Policy",
                         "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
                         "frame-ancestors 'none'; sandbox allow-popups "
                         "allow-top-navigation-by-user-activation");
    response.headers.add("Referrer-Policy", "no-referrer");
    response.headers.add("X-Content-Type-Options", "nosniff");
    response.body = found->html;
    return response;
  }

  Response home(const Context& context) const {
    const auto entry = catalog_.current()->by_id(context.environment);
    const auto& environment = entry->environment;
    pages::Home page{.environment_url = environment.base_url,
                     .environment_name = environment.name,
                     .version = std::string(version),
                     .client_id = {},
                     .mailbox_url = "/dev/mail",
                     .simulator_url = "/dev/idp",
                     .account_url = "/account",
                     .discovery_url = "/.well-known/openid-configuration"};
    for (const auto& [client_id, application] : entry->by_client_id) {
      if (application.type == applications::Type::env) page.client_id = client_id;
    }
    return show(context, pages::screen(page));
  }

 private:
  static std::string url_of(MailId id) { return "/dev/mail/" + id.text(); }

  std::optional<mail::DeliveredLetter> find(const PathParameters& path) const {
    const auto id = MailId::parse(path.values.front());
    return id.has_value() ? mailbox_.find(*id) : std::nullopt;
  }
  Response show(const Context& context, const pages::Screen& screen) const {
    const auto entry = catalog_.current()->by_id(context.environment);
    return pages_.page(200, screen, login::brand_of(entry->environment));
  }

  const mail::Mailbox& mailbox_;
  const pages::Pages& pages_;
  const applications::Catalog& catalog_;
};

}  // namespace

std::vector<Route> development_routes(const mail::Mailbox& mailbox, const pages::Pages& pages,
                                      const applications::Catalog& catalog) {
  const DevelopmentPages shown(mailbox, pages, catalog);
  const std::vector<Guard> page = {Guard::page};
  return {
      {Method::get, "/", RunOn::inline_, 0, page,
       [shown](const Context& context, const Request&, const PathParameters&) {
         return shown.home(context);
       }},
      {Method::get, "/dev/mail", RunOn::inline_, 0, page,
       [shown](const Context& context, const Request& request, const PathParameters&) {
         return shown.list(context, request);
       }},
      {Method::get, "/dev/mail/{id}", RunOn::inline_, 0, page,
       [shown](const Context& context, const Request&, const PathParameters& path) {
         return shown.letter(context, path);
       }},
      {Method::get,
       "/dev/mail/{id}/html",
       RunOn::inline_,
       0,
       {Guard::operations},
       [shown](const Context&, const Request&, const PathParameters& path) {
         return shown.html(path);
       }},
  };
}

}  // namespace gatehouse::app::dev
