#include "server/orgs/domain_name.h"

#include <algorithm>
#include <array>

namespace gatehouse::orgs {
namespace {

constexpr std::size_t name_bytes_max = 253;  // [RFC 1035 §2.3.4], as text
constexpr std::size_t label_bytes_max = 63;

// In alphabetical order. It names the well-known ones; it is no register of all there are.
constexpr std::array mail_providers = std::to_array<std::string_view>({
    "126.com",        "139.com",         "163.com",       "aim.com",        "alice.it",
    "aliyun.com",     "aol.com",         "arcor.de",      "att.net",        "bellsouth.net",
    "bigpond.com",    "bk.ru",           "bluewin.ch",    "bol.com.br",     "btinternet.com",
    "charter.net",    "comcast.net",     "cox.net",       "daum.net",       "duck.com",
    "earthlink.net",  "email.cz",        "fastmail.com",  "fastmail.fm",    "foxmail.com",
    "free.fr",        "freenet.de",      "gmail.com",     "gmx.at",         "gmx.ch",
    "gmx.com",        "gmx.de",          "gmx.net",       "googlemail.com", "hanmail.net",
    "hey.com",        "hotmail.ca",      "hotmail.co.uk", "hotmail.com",    "hotmail.de",
    "hotmail.es",     "hotmail.fr",      "hotmail.it",    "hushmail.com",   "icloud.com",
    "inbox.lv",       "inbox.ru",        "interia.pl",    "juno.com",       "laposte.net",
    "libero.it",      "list.ru",         "live.ca",       "live.co.uk",     "live.com",
    "live.de",        "live.fr",         "live.nl",       "mac.com",        "mail.com",
    "mail.ru",        "mailbox.org",     "me.com",        "msn.com",        "naver.com",
    "o2.pl",          "onet.pl",         "op.pl",         "optonline.net",  "orange.fr",
    "outlook.com",    "outlook.de",      "outlook.es",    "outlook.fr",     "outlook.it",
    "outlook.jp",     "pm.me",           "posteo.de",     "proton.me",      "protonmail.ch",
    "protonmail.com", "qq.com",          "rambler.ru",    "rediffmail.com", "rocketmail.com",
    "sbcglobal.net",  "seznam.cz",       "sfr.fr",        "shaw.ca",        "sina.cn",
    "sina.com",       "sky.com",         "sohu.com",      "sympatico.ca",   "t-online.de",
    "talktalk.net",   "terra.com.br",    "tiscali.it",    "tuta.com",       "tuta.io",
    "tutamail.com",   "tutanota.com",    "ukr.net",       "uol.com.br",     "verizon.net",
    "virgilio.it",    "virginmedia.com", "wanadoo.fr",    "web.de",         "windowslive.com",
    "wp.pl",          "xtra.co.nz",      "yahoo.ca",      "yahoo.co.in",    "yahoo.co.jp",
    "yahoo.co.uk",    "yahoo.com",       "yahoo.com.au",  "yahoo.com.br",   "yahoo.de",
    "yahoo.es",       "yahoo.fr",        "yahoo.in",      "yahoo.it",       "yandex.com",
    "yandex.ru",      "yeah.net",        "ymail.com",     "zohomail.com",
});
constexpr std::array disposable_providers = std::to_array<std::string_view>({
    "10minutemail.com", "10minutemail.net", "burnermail.io",     "discard.email",
    "dispostable.com",  "emailondeck.com",  "fakeinbox.com",     "getairmail.com",
    "getnada.com",      "grr.la",           "guerrillamail.com", "guerrillamail.net",
    "inboxkitten.com",  "mailcatch.com",    "maildrop.cc",       "mailinator.com",
    "mailnesia.com",    "mailsac.com",      "mintemail.com",     "moakt.com",
    "mohmal.com",       "mytemp.email",     "nada.email",        "sharklasers.com",
    "spam4.me",         "spamgourmet.com",  "temp-mail.org",     "tempail.com",
    "tempmail.dev",     "tempmailo.com",    "tempr.email",       "throwawaymail.com",
    "trashmail.com",    "trashmail.de",     "yopmail.com",       "yopmail.fr",
});
static_assert(std::ranges::is_sorted(mail_providers));
static_assert(std::ranges::is_sorted(disposable_providers));

// Second levels below which countries give out names.
constexpr std::array country_second_levels = std::to_array<std::string_view>(
    {"ac", "co", "com", "edu", "gob", "gov", "gv", "mil", "ne", "net", "nom", "or", "org"});
static_assert(std::ranges::is_sorted(country_second_levels));

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= label_bytes_max && text.front() != '-' &&
         text.back() != '-' &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

}  // namespace

std::optional<DomainName> DomainName::parse(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  const std::size_t last_dot = text.rfind('.');
  if (text.size() > name_bytes_max || last_dot == std::string_view::npos) return std::nullopt;
  std::string name(text);
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  std::string_view rest = name;
  for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    if (!is_label(rest.substr(0, dot))) return std::nullopt;
    rest.remove_prefix(dot + 1);
  }
  // No top-level domain is a number, but the last piece of an IPv4 address is [RFC 3696 §2].
  if (!is_label(rest) || std::ranges::all_of(rest, is_digit)) return std::nullopt;
  return DomainName(std::move(name));
}

bool DomainName::is_open_to_anybody() const {
  std::string_view name = text_;
  const std::size_t dot = name.find('.');
  if (name.size() - dot == 3 && name.find('.', dot + 1) == std::string_view::npos &&
      std::ranges::binary_search(country_second_levels, name.substr(0, dot))) {
    return true;
  }
  while (name.find('.') != std::string_view::npos) {
    if (std::ranges::binary_search(mail_providers, name) ||
        std::ranges::binary_search(disposable_providers, name)) {
      return true;
    }
    name.remove_prefix(name.find('.') + 1);
  }
  return false;
}

}  // namespace gatehouse::orgs
