// Brand: whose page it is. The product's name, mark and accent replace ours; everything else of the
// page stays.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::pages {

// An opaque sRGB colour.
struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;

  // "#rrggbb" only; nullopt for anything else.
  [[nodiscard]] static std::optional<Colour> parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Colour&, const Colour&) = default;
};

// The contrast ratio of two colours, from 1 to 21 [WCAG 2.2 §1.4.3].
[[nodiscard]] double contrast(const Colour& a, const Colour& b);

// `colour`, darkened or lightened in steps until it has at least `ratio` against `background`.
struct LegibleColour {
  Colour colour;
  Colour background;
  double ratio = 4.5;
};
[[nodiscard]] Colour made_legible(const LegibleColour& wish);

struct Brand {
  std::string product_name = "Gatehouse";  // shown beside the mark, and in "Sign in to …"
  std::string language = "en";             // of the texts [BCP 47]
  std::string logo_url;                    // https or a path of ours; empty: the Gatehouse mark
  std::optional<Colour> accent;            // none: the Gatehouse green
  std::string terms_url;                   // these three may be empty
  std::string privacy_url;
  std::string support_url;
  std::string mailbox_url;  // of the development mailbox; empty outside development
};

// The style sheet that puts a brand's accent in place, corrected so that it can be read on light
// and on dark pages. Empty without an accent.
[[nodiscard]] std::string brand_style(const Brand& brand);

// True for what may stand in href or src: http and https URLs, and paths of this server.
[[nodiscard]] bool is_safe_link(std::string_view url);

}  // namespace gatehouse::pages
