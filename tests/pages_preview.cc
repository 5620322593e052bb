// pages_preview FOLDER: writes every hosted page and every letter, with sample data, as HTML files
// that a browser opens from disk.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "server/mail/letters.h"
#include "server/pages/sample_screens.h"

namespace {

namespace fs = std::filesystem;
namespace mail = gatehouse::mail;
namespace pages = gatehouse::pages;

void write(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// "/assets/…" becomes "assets/…", which a browser finds beside the page.
std::string relative(std::string html) {
  constexpr std::string_view rooted = "\"/assets/";
  for (auto at = html.find(rooted); at != std::string::npos; at = html.find(rooted, at)) {
    html.replace(at, rooted.size(), "\"assets/");
  }
  return html;
}

void write_letters(const fs::path& folder, const mail::Letters& letters) {
  using Kind = mail::CodeLetter::Kind;
  for (const Kind kind : {Kind::sign_in, Kind::sign_up}) {
    const mail::Letter letter =
        letters.compose({.kind = kind,
                         .to = *gatehouse::net::MailAddress::parse("ada@acme.test"),
                         .product_name = "Acme Console",
                         .code = "482913",
                         .link = "https://auth.acme.test/login/link?token=c2FtcGxl",
                         .host = "auth.acme.test",
                         .asked_from = "Firefox on Linux, 192.0.2.10",
                         .useful_until = {}});
    write(folder / ("letter-" + letter.purpose + ".html"), letter.html);
    write(folder / ("letter-" + letter.purpose + ".txt"), letter.text);
  }
  const mail::Letter invitation = letters.compose(
      mail::InvitationLetter{.to = *gatehouse::net::MailAddress::parse("grace@hopper.test"),
                             .product_name = "Acme Console",
                             .organization_name = "Acme",
                             .inviter = "ada@acme.test",
                             .link = "https://auth.acme.test/invitation?token=c2FtcGxl",
                             .expires_at = gatehouse::instant_from_ms(1'796'588'100'000)});
  write(folder / "letter-invitation.html", invitation.html);
  write(folder / "letter-invitation.txt", invitation.text);
  const mail::Letter passwordless = letters.compose(
      mail::PasswordlessLetter{.to = *gatehouse::net::MailAddress::parse("ada@acme.test"),
                               .product_name = "Acme Console",
                               .code = "482913",
                               .link = "https://app.acme.test/magic?link_token=c2FtcGxl",
                               .lifetime = gatehouse::minutes(5),
                               .useful_until = {}});
  write(folder / "letter-passwordless.html", passwordless.html);
  write(folder / "letter-passwordless.txt", passwordless.text);
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::fputs("usage: pages_preview FOLDER\n", stderr);
    return 2;
  }
  const fs::path folder = words[1];
  fs::create_directories(folder / "assets");
  const auto all = pages::Pages::load();
  if (!all.ok()) {
    std::fprintf(stderr, "%s\n", all.error().detail.c_str());
    return 1;
  }
  const auto letters = mail::Letters::load();
  if (!letters.ok()) {
    std::fprintf(stderr, "%s\n", letters.error().detail.c_str());
    return 1;
  }
  write_letters(folder, letters.value());
  pages::Brand brand;
  brand.product_name = "Acme Console";
  brand.terms_url = "https://acme.test/terms";
  brand.privacy_url = "https://acme.test/privacy";
  for (const pages::Asset& asset : all.value().assets().all()) {
    write(folder / asset.path.substr(1), *asset.bytes);
  }
  for (const pages::Sample& sample : pages::sample_screens()) {
    write(folder / (sample.file + ".html"),
          relative(all.value().page(200, sample.screen, brand).body));
  }
  return 0;
}
