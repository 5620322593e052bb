#include "server/pages/assets.h"

#include <cstdint>

#include "server/core/ensure.h"

namespace gatehouse::pages {
namespace {

// FNV-1a, 64 bits: it tells versions of our own files apart and protects nothing.
std::string digest(std::string_view bytes) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211U;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4) out += digits[(hash >> shift) & 0xf];
  return out;
}

std::string file(std::span<const EmbeddedFile> files, std::string_view path) {
  for (const EmbeddedFile& candidate : files) {
    if (candidate.path == path) return std::string(candidate.bytes);
  }
  ENSURE(false);
  return {};
}

struct Kind {
  std::string_view stem;
  std::string_view extension;
  std::string_view content_type;
};
constexpr Kind style_kind{"gatehouse", "css", "text/css; charset=utf-8"};
constexpr Kind brand_kind{"brand", "css", "text/css; charset=utf-8"};
constexpr Kind script_kind{"pages", "js", "text/javascript; charset=utf-8"};
constexpr Kind mark_kind{"mark", "svg", "image/svg+xml"};

Asset make_asset(const Kind& kind, std::string bytes) {
  return {.path = "/assets/" + std::string(kind.stem) + "." + digest(bytes) + "." +
                  std::string(kind.extension),
          .content_type = std::string(kind.content_type),
          .bytes = std::make_shared<const std::string>(std::move(bytes))};
}

}  // namespace

Assets::Assets(std::span<const EmbeddedFile> files)
    : style_(make_asset(style_kind,
                        file(files, "assets/tokens.css") + file(files, "assets/gatehouse.css"))),
      script_(make_asset(script_kind, file(files, "assets/pages.js"))),
      mark_(make_asset(mark_kind, file(files, "assets/mark.svg"))) {}

const Asset* Assets::find(std::string_view path) const {
  for (const Asset* asset : {&style_, &script_, &mark_}) {
    if (asset->path == path) return asset;
  }
  return nullptr;
}

Asset brand_asset(const Brand& brand) { return make_asset(brand_kind, brand_style(brand)); }

http::Response asset_response(const Asset& asset) {
  http::Response response;
  response.headers.set("content-type", asset.content_type);
  response.headers.set("cache-control", "public, max-age=31536000, immutable");
  response.shared_body = asset.bytes;
  return response;
}

}  // namespace gatehouse::pages
