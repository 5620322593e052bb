#include "server/pages/api_screens.h"

namespace gatehouse::pages {
namespace {

std::vector<View> lines(const std::vector<std::string>& texts) {
  std::vector<View> views;
  for (const std::string& text : texts) views.push_back(View().text("line", text));
  return views;
}

std::vector<View> field_views(const std::vector<ApiService::Field>& fields) {
  std::vector<View> views;
  for (const auto& field : fields) {
    View view;
    view.text("name", field.name).text("type", field.type);
    view.text_if_any("about", field.about).text_if_any("rules", field.rules);
    if (field.presence == ApiService::Field::Presence::required) view.show("required");
    views.push_back(std::move(view));
  }
  return views;
}

View method_view(const ApiService::Method& method) {
  View view;
  view.text("name", method.name).text("summary", method.summary).text("rpc_path", method.rpc_path);
  view.text_if_any("about", method.about);
  std::vector<View> bindings;
  for (const auto& binding : method.bindings) {
    bindings.push_back(View().text("verb", binding.verb).text("path", binding.path));
  }
  view.list("bindings", std::move(bindings));
  if (!method.request.empty()) view.show("has_request");
  if (!method.response.empty()) view.show("has_response");
  view.list("request", field_views(method.request));
  view.list("response", field_views(method.response));
  if (method.state == ApiService::Method::State::deprecated) view.show("deprecated");
  return view;
}

}  // namespace

Screen screen(const ApiIndex& page) {
  View view;
  view.text("openapi_url", page.openapi_url);
  std::vector<View> services;
  for (const auto& service : page.services) {
    View each;
    each.text("name", service.name).text("url", service.url);
    each.text_if_any("about", service.about).list("methods", lines(service.methods));
    services.push_back(std::move(each));
  }
  view.list("services", std::move(services));
  if (!page.unimplemented.empty()) view.show("has_unimplemented");
  view.list("unimplemented", lines(page.unimplemented));
  return {.name = "api_index", .view = std::move(view)};
}

Screen screen(const ApiService& page) {
  View view;
  view.text("name", page.name).text("index_url", page.index_url);
  view.text_if_any("about", page.about);
  std::vector<View> methods;
  for (const auto& method : page.methods) methods.push_back(method_view(method));
  view.list("methods", std::move(methods));
  return {.name = "api_service", .view = std::move(view)};
}

}  // namespace gatehouse::pages
