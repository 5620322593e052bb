#include "server/pages/layout.h"

namespace gatehouse::pages {
namespace {

constexpr std::string_view template_folder = "templates/";

void add_link(View& view, std::string_view name, const std::string& url) {
  if (is_safe_link(url)) view.text(name, url);
}

void add_brand(View& view, const Brand& brand, const Assets& assets) {
  view.text("product", brand.product_name);
  view.text("language", brand.language);
  const bool own_logo = !brand.logo_url.empty() && is_safe_link(brand.logo_url);
  view.text("logo_url", own_logo ? brand.logo_url : assets.mark().path);
  view.text("icon_url", assets.mark().path);
  view.text("style_url", assets.style().path);
  view.text("script_url", assets.script().path);
  if (brand.accent) view.text("brand_style_url", brand_asset(brand).path);
  add_link(view, "brand_terms_url", brand.terms_url);
  add_link(view, "brand_privacy_url", brand.privacy_url);
  add_link(view, "brand_support_url", brand.support_url);
  add_link(view, "brand_mailbox_url", brand.mailbox_url);
}

}  // namespace

Pages::Pages(Templates templates, Assets assets)
    : templates_(std::move(templates)), assets_(std::move(assets)) {}

Result<Pages, Error> Pages::load() {
  return Pages(TRY(Templates::load(embedded_files(), template_folder)), Assets(embedded_files()));
}

Result<Pages, Error> Pages::load_from(const std::string& directory) {
  return Pages(TRY(Templates::load_with_overrides(embedded_files(), template_folder, directory)),
               Assets(embedded_files()));
}

http::Response Pages::page(int status, const Screen& screen, const Brand& brand) const {
  View view = screen.view;
  add_brand(view, brand, assets_);
  http::Response response;
  response.status = status;
  response.headers.set("content-type", "text/html; charset=utf-8");
  response.body = templates_.render(screen.name, view);
  return response;
}

}  // namespace gatehouse::pages
