// Assets: the style sheet, the marks and the one script that the pages use. Each is served under a
// name that contains a digest of its content, so that it can be cached for ever.

#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/embedded.h"
#include "server/http/message.h"
#include "server/pages/brand.h"

namespace gatehouse::pages {

[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

struct Asset {
  std::string path;  // "/assets/gatehouse.0123456789abcdef.css"
  std::string content_type;
  std::shared_ptr<const std::string> bytes;
};

class Assets {
 public:
  explicit Assets(std::span<const EmbeddedFile> files);

  [[nodiscard]] const Asset& style() const { return style_; }
  [[nodiscard]] const Asset& script() const { return script_; }
  [[nodiscard]] const Asset& mark() const { return mark_; }
  [[nodiscard]] std::vector<Asset> all() const { return {style_, script_, mark_}; }
  // The asset served under `path`, or null.
  [[nodiscard]] const Asset* find(std::string_view path) const;

 private:
  Asset style_;
  Asset script_;
  Asset mark_;
};

// The brand's own style sheet, served beside the others: empty bytes if the brand has no accent.
[[nodiscard]] Asset brand_asset(const Brand& brand);

// 200 with the asset, cacheable for a year [RFC 8246 §2]. Security headers are the guards' work.
[[nodiscard]] http::Response asset_response(const Asset& asset);

}  // namespace gatehouse::pages
