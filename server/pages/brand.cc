#include "server/pages/brand.h"

#include <algorithm>
#include <cmath>

namespace gatehouse::pages {
namespace {

constexpr Colour light_surface{0xff, 0xff, 0xff};
constexpr Colour dark_surface{0x18, 0x1c, 0x1f};
constexpr Colour white{0xff, 0xff, 0xff};
constexpr Colour black{0x0b, 0x0d, 0x0f};
constexpr int correction_steps_max = 40;

std::optional<std::uint8_t> hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
  return std::nullopt;
}

double linear(std::uint8_t channel) {
  const double share = channel / 255.0;
  return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
}

double luminance(const Colour& colour) {
  return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

std::uint8_t towards(std::uint8_t from, std::uint8_t to, double share) {
  return static_cast<std::uint8_t>(std::lround(from + (to - from) * share));
}

Colour mixed(const Colour& from, const Colour& to, double share) {
  return {towards(from.red, to.red, share), towards(from.green, to.green, share),
          towards(from.blue, to.blue, share)};
}

std::string accent_rule(const Colour& accent, const Colour& surface) {
  const Colour legible = made_legible({.colour = accent, .background = surface});
  const Colour ink = contrast(legible, white) >= contrast(legible, black) ? white : black;
  return ":root{--moss:" + legible.text() + ";--moss-ink:" + ink.text() +
         ";--moss-wash:" + mixed(surface, legible, 0.12).text() + "}";
}

}  // namespace

std::optional<Colour> Colour::parse(std::string_view text) {
  if (text.size() != 7 || text.front() != '#') return std::nullopt;
  std::array<std::uint8_t, 3> channels{};
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const auto high = hex_digit(text[1 + 2 * i]);
    const auto low = hex_digit(text[2 + 2 * i]);
    if (!high || !low) return std::nullopt;
    channels[i] = static_cast<std::uint8_t>(*high * 16 + *low);
  }
  return Colour{channels[0], channels[1], channels[2]};
}

std::string Colour::text() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "#";
  for (const std::uint8_t channel : {red, green, blue}) {
    out += digits[channel / 16];
    out += digits[channel % 16];
  }
  return out;
}

double contrast(const Colour& a, const Colour& b) {
  const auto [darker, lighter] = std::minmax({luminance(a), luminance(b)});
  return (lighter + 0.05) / (darker + 0.05);
}

Colour made_legible(const LegibleColour& wish) {
  const Colour end =
      contrast(wish.background, black) > contrast(wish.background, white) ? black : white;
  Colour colour = wish.colour;
  for (int step = 1; step <= correction_steps_max; ++step) {
    if (contrast(colour, wish.background) >= wish.ratio) return colour;
    colour = mixed(wish.colour, end, static_cast<double>(step) / correction_steps_max);
  }
  return colour;
}

std::string brand_style(const Brand& brand) {
  if (!brand.accent) return {};
  return accent_rule(*brand.accent, light_surface) + "\n@media (prefers-color-scheme:dark){" +
         accent_rule(*brand.accent, dark_surface) + "}\n";
}

bool is_safe_link(std::string_view url) {
  for (const char c : url) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '\\') return false;
  }
  if (url.starts_with("/")) return !url.starts_with("//");
  return url.starts_with("https://") || url.starts_with("http://");
}

}  // namespace gatehouse::pages
