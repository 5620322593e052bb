// Every screen is rendered, full and minimal; hostile text is put into every variable of every
// template; what the browser needs (one field, one label, no inline script) is looked for.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "server/pages/brand.h"
#include "server/pages/difference.h"
#include "server/pages/layout.h"
#include "server/pages/sample_screens.h"
#include "server/pages/screens.h"

namespace gatehouse::pages {
namespace {

constexpr std::string_view hostile = "<script>alert(1)</script>\"'&{{flow}}";
constexpr std::string_view hostile_escaped =
    "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&apos;&amp;{{flow}}";

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t times = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++times;
  }
  return times;
}

std::uint64_t random_number() {
  OsRandom random;
  return random_u64(random);
}

Pages loaded() { return Pages::load().value(); }

std::string sample_body(const Pages& pages, std::string_view file) {
  for (const Sample& sample : sample_screens()) {
    if (sample.file == file) return pages.page(200, sample.screen, Brand{}).body;
  }
  FAIL("no sample of that name");
  return {};
}

// The same view with every text replaced, at every depth.
View with_every_text(const View& view, std::string_view text) {
  View out;
  for (const auto& [name, value] : view.values()) {
    if (std::holds_alternative<std::string>(value)) {
      out.text(name, text);
    } else if (const auto* items = std::get_if<std::vector<View>>(&value)) {
      std::vector<View> replaced;
      for (const View& item : *items) replaced.push_back(with_every_text(item, text));
      out.list(name, std::move(replaced));
    } else {
      out.show(name);
    }
  }
  return out;
}

Result<Templates, Error> templates_of(std::vector<EmbeddedFile> files) {
  return Templates::load(files, "");
}

TEST_CASE("every screen renders with all its variables, as whole documents") {
  const Pages pages = loaded();
  for (const Sample& sample : sample_screens()) {
    CAPTURE(sample.file);
    View view = sample.screen.view;
    const http::Response response = pages.page(200, sample.screen, Brand{});
    CHECK(response.headers.get("content-type") == "text/html; charset=utf-8");
    CHECK(response.body.starts_with("<!doctype html>"));
    CHECK(response.body.find("{{") == std::string::npos);
    CHECK(count(response.body, "<h1") == 1);
    CHECK(count(response.body, "<main") == 1);
    CHECK(count(response.body, "<div") == count(response.body, "</div>"));
    CHECK(count(response.body, "<p>") + count(response.body, "<p ") ==
          count(response.body, "</p>"));
  }
}

TEST_CASE("every template that is a page has a sample") {
  const Pages pages = loaded();
  std::set<std::string> shown;
  for (const Sample& sample : sample_screens()) shown.insert(sample.screen.name);
  const std::set<std::string> parts = {"connection_buttons", "email_field", "form_key",
                                       "provider_mark", "restart"};
  for (const std::string& name : pages.templates().names()) {
    CAPTURE(name);
    CHECK((shown.contains(name) || parts.contains(name)));
  }
}

TEST_CASE("no text of any view can become markup") {
  const Pages pages = loaded();
  Brand brand;
  brand.product_name = hostile;
  brand.language = hostile;
  for (const Sample& sample : sample_screens()) {
    CAPTURE(sample.file);
    const Screen attacked{.name = sample.screen.name,
                          .view = with_every_text(sample.screen.view, hostile)};
    const std::string body = pages.page(200, attacked, brand).body;
    CHECK(body.find("<script>") == std::string::npos);
    CHECK(body.find("alert(1)</script>") == std::string::npos);
    CHECK(count(body, hostile_escaped) > 1);
    CHECK(count(body, "alert(1)") == count(body, hostile_escaped));
  }
}

TEST_CASE("no page has inline script or style, event handlers or foreign resources") {
  const Pages pages = loaded();
  for (const Sample& sample : sample_screens()) {
    CAPTURE(sample.file);
    const std::string body = pages.page(200, sample.screen, Brand{}).body;
    CHECK(count(body, "<script") == 1);
    CHECK(count(body, "<script type=\"module\" src=\"/assets/pages.") == 1);
    CHECK(count(body, "<style") == 0);
    CHECK(count(body, " style=") == 0);
    CHECK(count(body, " onclick") == 0);
    CHECK(count(body, "src=\"http") == 0);
  }
}

TEST_CASE("every input has a label or is hidden, and every id is there once") {
  const Pages pages = loaded();
  for (const Sample& sample : sample_screens()) {
    CAPTURE(sample.file);
    const std::string body = pages.page(200, sample.screen, Brand{}).body;
    CHECK(count(body, "<input") + count(body, "<select") ==
          count(body, "type=\"hidden\"") + count(body, "<label"));
    std::set<std::string> ids;
    for (auto at = body.find(" id=\""); at != std::string::npos; at = body.find(" id=\"", at + 1)) {
      const auto end = body.find('"', at + 5);
      CHECK(ids.insert(body.substr(at + 5, end - at - 5)).second);
    }
    for (auto at = body.find(" for=\""); at != std::string::npos;
         at = body.find(" for=\"", at + 1)) {
      CHECK(ids.contains(body.substr(at + 6, body.find('"', at + 6) - at - 6)));
    }
  }
}

TEST_CASE("every form of a sign-in carries its flow and its CSRF token") {
  const Pages pages = loaded();
  for (const std::string file :
       {"sign_in", "sign_in-social", "sign_up", "sign_up-social", "check_mail", "link_confirm",
        "sign_up_details", "choose_organization"}) {
    CAPTURE(file);
    const std::string body = sample_body(pages, file);
    CHECK(count(body, "<form method=\"post\"") >= 1);
    CHECK(count(body, "name=\"flow\" value=\"flw_7203948571234567\"") == count(body, "<form"));
    CHECK(count(body, "name=\"csrf\" value=\"Y3NyZg\"") == count(body, "<form"));
  }
}

TEST_CASE("each connection is a button of its own, and only what was used last says so") {
  const Pages pages = loaded();
  const std::string body = sample_body(pages, "sign_in-social");
  CHECK(count(body, "<form method=\"post\" action=\"/login/connection\"") == 1);
  CHECK(count(body, "type=\"submit\" name=\"connection\" value=\"conn_") == 7);
  CHECK(count(body, "<svg class=\"glyph\"") == 7);
  CHECK(count(body, "<svg class=\"glyph\"") == count(body, "aria-hidden=\"true\" focusable"));
  CHECK(count(body, ">Last used<") == 1);
  CHECK(body.find("Continue with Google</span> <span class=\"badge\">Last used") !=
        std::string::npos);
  CHECK(body.find("Continue with GitHub") < body.find("class=\"or\""));
  CHECK(body.find("class=\"or\"") < body.find("name=\"email\""));
  // A different drawing for each.
  std::set<std::string> drawings;
  for (auto at = body.find("<svg class=\"glyph\""); at != std::string::npos;
       at = body.find("<svg class=\"glyph\"", at + 1)) {
    drawings.insert(body.substr(at, body.find("</svg>", at) - at));
  }
  CHECK(drawings.size() == 7);
  const std::string by_mail = sample_body(pages, "sign_in-social_by_mail");
  CHECK(count(by_mail, ">Last used<") == 1);
  CHECK(by_mail.find("Work e-mail <span class=\"badge\">Last used") != std::string::npos);
  SignIn alone{.key = {}, .action = "/login"};
  alone.email_use = LastUse::last_used;
  const std::string plain = pages.page(200, screen(alone), Brand{}).body;
  CHECK(count(plain, "Last used") == 0);
  CHECK(count(plain, "class=\"or\"") == 0);
  CHECK(count(plain, "<form") == 1);
}

TEST_CASE("the page before single sign-on names the organization and the provider") {
  const Pages pages = loaded();
  const std::string body = sample_body(pages, "single_sign_on");
  CHECK(body.find("<h1>Sign in at Example Corp</h1>") != std::string::npos);
  CHECK(body.find("href=\"/sso/start?flow=flw_1\"") != std::string::npos);
  CHECK(body.find("Continue to Okta") != std::string::npos);
  CHECK(body.find("id=\"other-way\" href=\"/login/change?flow=flw_1\"") != std::string::npos);
  const std::string least = sample_body(pages, "single_sign_on-least");
  CHECK(least.find("<h1>Sign in</h1>") != std::string::npos);
  CHECK(least.find("other-way") == std::string::npos);
  const Screen bad =
      screen(SingleSignOn{.start_url = "/sso/start", .other_url = "javascript:alert(1)"});
  CHECK(pages.page(200, bad, Brand{}).body.find("javascript") == std::string::npos);
}

TEST_CASE("the fields that browsers and password managers look for are there, once") {
  const Pages pages = loaded();
  const std::string sign_in = sample_body(pages, "sign_in");
  CHECK(count(sign_in, "name=\"email\"") == 1);
  CHECK(count(sign_in, "autocomplete=\"username webauthn\"") == 1);
  const std::string code = sample_body(pages, "check_mail");
  CHECK(count(code, "autocomplete=\"one-time-code\"") == 1);
  CHECK(count(code, "inputmode=\"numeric\"") == 1);
  CHECK(code.find("maxlength") == std::string::npos);
}

TEST_CASE("a page with a problem says so in its title, in an alert and beside the field") {
  const Pages pages = loaded();
  for (const std::string file : {"sign_in-problem", "sign_up-problem", "check_mail-wrong",
                                 "sign_up_details-problem", "failure", "link_expired"}) {
    CAPTURE(file);
    const std::string body = sample_body(pages, file);
    CHECK(body.find("<title>Error: ") != std::string::npos);
    CHECK(body.find("role=\"alert\"") != std::string::npos);
  }
  CHECK(sample_body(pages, "sign_in-problem").find("aria-describedby=\"email-problem\"") !=
        std::string::npos);
  CHECK(sample_body(pages, "sign_in").find("<title>Sign in") != std::string::npos);
  CHECK(sample_body(pages, "sign_in").find("role=\"alert\"") == std::string::npos);
}

TEST_CASE("what is for developers is shown only where it was given") {
  const Pages pages = loaded();
  CHECK(sample_body(pages, "failure").find("For developers") == std::string::npos);
  const std::string body = sample_body(pages, "failure-developer");
  CHECK(body.find("http://localhost:432<mark>2</mark>/api/auth/callback") != std::string::npos);
  CHECK(body.find("http://localhost:432<mark>1</mark>/api/auth/callback") != std::string::npos);
  CHECK(body.find("gatehouse admin applications add-redirect-uri") != std::string::npos);
}

TEST_CASE("the footer shows the brand's links, not those of the screen") {
  const Pages pages = loaded();
  const std::string footer = "<a href=\"/dev/mail\">Development mailbox</a>";
  CHECK(sample_body(pages, "dev_letter").find(footer) == std::string::npos);
  Brand brand;
  brand.mailbox_url = "/dev/mail";
  brand.terms_url = "https://acme.test/terms";
  const std::string body = pages.page(200, screen(SignedOut{}), brand).body;
  CHECK(body.find(footer) != std::string::npos);
  CHECK(body.find("<a href=\"https://acme.test/terms\">Terms</a>") != std::string::npos);
}

TEST_CASE("links that could run script are left out") {
  const Pages pages = loaded();
  const Screen signed_out = screen(SignedOut{.sign_in_url = "javascript:alert(1)"});
  CHECK(pages.page(200, signed_out, Brand{}).body.find("javascript") == std::string::npos);
  Brand brand;
  brand.terms_url = "javascript:alert(1)";
  brand.logo_url = "data:text/html,x";
  const std::string body = pages.page(200, screen(SignedOut{}), brand).body;
  CHECK(body.find("javascript") == std::string::npos);
  CHECK(body.find("data:") == std::string::npos);
  CHECK(is_safe_link("/login?x=1"));
  CHECK(is_safe_link("https://app.acme.test/"));
  CHECK_FALSE(is_safe_link("//evil.test"));
  CHECK_FALSE(is_safe_link("/\\evil.test"));
  CHECK_FALSE(is_safe_link("JavaScript:alert(1)"));
  CHECK_FALSE(is_safe_link("java\nscript:alert(1)"));
  CHECK_FALSE(is_safe_link(""));
}

TEST_CASE("assets are served under a name that changes with their content") {
  const Pages pages = loaded();
  const Asset& style = pages.assets().style();
  CHECK(style.path.starts_with("/assets/gatehouse."));
  CHECK(pages.assets().find(style.path) == &style);
  CHECK(pages.assets().find("/assets/gatehouse.css") == nullptr);
  CHECK(pages.assets().find("/assets/../mark.svg") == nullptr);
  CHECK(style.bytes->find(":root") != std::string::npos);
  const http::Response response = asset_response(style);
  CHECK(response.headers.get("cache-control") == "public, max-age=31536000, immutable");
  CHECK(response.body_view() == *style.bytes);
  const std::vector<EmbeddedFile> other = {{"assets/tokens.css", "a"},
                                           {"assets/gatehouse.css", "b"},
                                           {"assets/pages.js", "c"},
                                           {"assets/mark.svg", "d"}};
  CHECK(Assets(other).style().path != style.path);
}

TEST_CASE("an accent is made legible on light and dark pages before it is used") {
  Brand brand;
  CHECK(brand_style(brand).empty());
  brand.accent = Colour::parse("#ffee00");
  const std::string style = brand_style(brand);
  CHECK(style.find("--moss:#ffee00") != std::string::npos);  // fine in the dark
  CHECK(count(style, "--moss:#ffee00") == 1);                // corrected in the light
  for (const char* colour : {"#ffee00", "#000000", "#ffffff", "#7f7f7f", "#1d6b50"}) {
    for (const char* surface : {"#ffffff", "#181c1f"}) {
      const Colour background = *Colour::parse(surface);
      const Colour legible =
          made_legible({.colour = *Colour::parse(colour), .background = background});
      CHECK(contrast(legible, background) >= 4.5);
    }
  }
  CHECK(made_legible({.colour = *Colour::parse("#1d6b50"), .background = *Colour::parse("#ffffff")})
            .text() == "#1d6b50");
  CHECK(contrast(*Colour::parse("#000000"), *Colour::parse("#ffffff")) == doctest::Approx(21));
  for (const char* wrong : {"", "red", "#fff", "#12345g", "#1234567", "}body{x:1"}) {
    CHECK_FALSE(Colour::parse(wrong).has_value());
  }
}

TEST_CASE("the difference of two texts is cut between whole characters") {
  const Difference parts = difference({.text = "http://a:1/x", .other = "http://a:22/x"});
  CHECK(parts.same_start == "http://a:");
  CHECK(parts.differing == "1");
  CHECK(parts.same_end == "/x");
  CHECK(difference({.text = "same", .other = "same"}).differing.empty());
  CHECK(difference({.text = "aa", .other = "a"}).differing == "a");
  CHECK(difference({.text = "", .other = "a"}).differing.empty());
  const Difference umlaut = difference({.text = "x\u00e4y", .other = "x\u00e5y"});
  CHECK(umlaut.differing == "\u00e4");
}

TEST_CASE("a template set with mistakes is refused, with the file named") {
  const auto refused = [](std::vector<EmbeddedFile> files, std::string_view name) {
    const auto outcome = templates_of(std::move(files));
    return !outcome.ok() && outcome.error().detail.find(name) != std::string::npos;
  };
  CHECK(refused({{"a.html", "{{{raw}}}"}}, "a"));
  CHECK(refused({{"a.html", "{{&raw}}"}}, "a"));
  CHECK(refused({{"a.html", "{{=<% %>=}}"}}, "a"));
  CHECK(refused({{"bad.html", "{{#open}}"}}, "bad"));
  CHECK(refused({{"bad.html", "{{> nothing}}"}}, "bad"));
  CHECK(refused({{"bad.html", "{{> bad}}"}}, "bad"));
  CHECK(refused({{"bad.html", "layout: nothing\n\nx"}}, "bad"));
  CHECK(refused({{"bad.html", "{{open"}}, "bad"));
  CHECK(templates_of({{"good.html", "{{> part}}"}, {"part.html", "{{x}}"}}).ok());
}

TEST_CASE("a variable that the view lacks is found, a section that nobody turned on is not") {
  const Templates templates =
      templates_of({{"a.html", "{{x}}{{#s}}{{s}}{{y}}{{/s}}{{^s}}none{{/s}}"}}).value();
  const auto rendering = templates.render_leniently("a", View());
  CHECK(rendering.missing == std::vector<std::string>{"x"});
  CHECK(rendering.text == "none");
  CHECK(templates.render_leniently("a", View().text("x", "1").text("s", "2")).missing ==
        std::vector<std::string>{"y"});
  CHECK(templates.render("a", View().text("x", "1").text("s", "2").text("y", "3")) == "123");
}

TEST_CASE("a text template inserts values as they are") {
  const Templates templates =
      templates_of({{"a.txt", "{{x}} & {{x}}"}, {"a.html", "{{x}}"}}).value();
  CHECK(templates.render("a.txt", View().text("x", "<\"'>")) == "<\"'> & <\"'>");
  CHECK(templates.render("a", View().text("x", "<>")) == "&lt;&gt;");
}

TEST_CASE("templates found in a folder replace the embedded ones") {
  const auto folder = std::filesystem::temp_directory_path() /
                      ("gatehouse-pages-" + std::to_string(random_number()));
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "signed_out.html")
      << "layout: layout\ntitle: T\nshape: narrow\n\n<h1>Mine";
  const Pages pages = Pages::load_from(folder.string()).value();
  CHECK(sample_body(pages, "signed_out-least").find("<h1>Mine") != std::string::npos);
  CHECK(sample_body(pages, "sign_in").find("<h1>Welcome back") != std::string::npos);
  std::ofstream(folder / "signed_out.html") << "{{{x}}}";
  CHECK_FALSE(Pages::load_from(folder.string()).ok());
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace gatehouse::pages
