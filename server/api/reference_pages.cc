#include "server/api/reference_pages.h"

#include <mutex>

#include "buf/validate/validate.pb.h"
#include "google/api/field_behavior.pb.h"
#include "server/api/openapi.h"
#include "server/api/openapi_schema.h"
#include "server/api/rest.h"
#include "server/login/brand.h"
#include "server/pages/api_screens.h"

namespace gatehouse::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::ServiceDescriptor;
using http::Guard;
using http::PathParameters;
using http::Request;
using http::Response;

constexpr std::string_view docs_path = "/api/docs";

const Method& method_of(const Methods& methods,
                        const google::protobuf::MethodDescriptor& described) {
  const Method* method =
      methods.find("/" + described.service()->full_name() + "/" + described.name());
  ENSURE(method != nullptr);
  return *method;
}

std::string type_name(const FieldDescriptor& field) {
  if (field.is_map()) return "map of texts";
  std::string name = field.type() == FieldDescriptor::TYPE_MESSAGE ? field.message_type()->name()
                     : field.type() == FieldDescriptor::TYPE_ENUM  ? field.enum_type()->name()
                                                                   : field.type_name();
  return field.is_repeated() ? "list of " + name : name;
}

// "1–200 characters · begins with org_"
std::string rules_of(const FieldDescriptor& field) {
  const auto& rules = field.options().GetExtension(buf::validate::field).string();
  std::string text;
  if (rules.has_max_len()) {
    const std::string max = std::to_string(rules.max_len());
    text = std::to_string(rules.min_len()) + "–" + max + " characters";
  }
  if (rules.has_prefix()) text += (text.empty() ? "" : " · ") + ("begins with " + rules.prefix());
  return text;
}

// The fields of a message and, two levels down, those of the messages in it.
void add_fields(const Descriptor& message, const std::string& prefix, int levels,
                std::vector<pages::ApiService::Field>& fields) {
  using Presence = pages::ApiService::Field::Presence;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const bool is_required = field.options().GetExtension(buf::validate::field).required();
    fields.push_back({.name = prefix + field.name(),
                      .type = type_name(field),
                      .about = comment_of(field),
                      .rules = rules_of(field),
                      .presence = is_required ? Presence::required : Presence::optional});
    const bool is_inside = !field.is_map() && field.type() == FieldDescriptor::TYPE_MESSAGE &&
                           field.message_type()->file()->package() != "google.protobuf";
    if (is_inside && levels > 0) {
      add_fields(*field.message_type(), prefix + field.name() + (field.is_repeated() ? "[]." : "."),
                 levels - 1, fields);
    }
  }
}

std::vector<pages::ApiService::Field> fields_of(const Descriptor& message) {
  std::vector<pages::ApiService::Field> fields;
  add_fields(message, "", 2, fields);
  return fields;
}

class ReferencePages {
 public:
  explicit ReferencePages(const ReferenceDeps& deps) : deps_(deps) {}

  Response openapi() const {
    std::call_once(made_, [this] {
      document_ =
          std::make_shared<const std::string>(openapi_document(deps_.contract, deps_.methods));
    });
    Response response;
    response.headers.set("Content-Type", "application/json");
    response.headers.set("Cache-Control", "public, max-age=300");
    response.shared_body = document_;
    return response;
  }

  Response index(const Context& context) const {
    pages::ApiIndex page{.openapi_url = "/api/openapi.json", .services = {}, .unimplemented = {}};
    for (const ServiceDescriptor* service : deps_.contract.api_services()) {
      pages::ApiIndex::Service shown{.name = service->name(),
                                     .url = std::string(docs_path) + "/" + service->name(),
                                     .about = comment_of(*service)};
      for (int i = 0; i < service->method_count(); ++i) {
        const bool is_offered = bool(method_of(deps_.methods, *service->method(i)).invoke);
        auto& names = is_offered ? shown.methods : page.unimplemented;
        names.push_back(is_offered ? service->method(i)->name()
                                   : service->name() + "/" + service->method(i)->name());
      }
      if (!shown.methods.empty()) page.services.push_back(std::move(shown));
    }
    return show(context, 200, pages::screen(page));
  }

  Response service(const Context& context, const std::string& name) const {
    for (const ServiceDescriptor* service : deps_.contract.api_services()) {
      if (service->name() == name) {
        return show(context, 200, pages::screen(service_page(*service)));
      }
    }
    return http::plain_text(404, "not_found\n");
  }

 private:
  pages::ApiService service_page(const ServiceDescriptor& service) const {
    pages::ApiService page{.name = service.name(),
                           .about = comment_of(service),
                           .index_url = std::string(docs_path),
                           .methods = {}};
    for (int i = 0; i < service.method_count(); ++i) {
      const auto& described = *service.method(i);
      const Method& method = method_of(deps_.methods, described);
      if (!method.invoke) continue;
      using State = pages::ApiService::Method::State;
      pages::ApiService::Method shown{
          .name = described.name(),
          .summary = first_sentence(comment_of(described)),
          .about = comment_of(described),
          .rpc_path = method.path,
          .request = fields_of(*described.input_type()),
          .response = fields_of(*described.output_type()),
          .state = described.options().deprecated() ? State::deprecated : State::offered};
      for (const RestBinding& binding : rest_bindings(method)) {
        shown.bindings.push_back({std::string(http::method_name(binding.verb)), binding.path});
      }
      page.methods.push_back(std::move(shown));
    }
    return page;
  }

  Response show(const Context& context, int status, const pages::Screen& screen) const {
    const auto entry = deps_.catalog.current()->by_id(context.environment);
    ENSURE(entry != nullptr);
    return deps_.pages.page(status, screen, login::brand_of(entry->environment));
  }

  ReferenceDeps deps_;
  mutable std::once_flag made_;
  mutable std::shared_ptr<const std::string> document_;  // after made_
};

}  // namespace

std::vector<http::Route> reference_routes(const ReferenceDeps& deps) {
  // Its routes share it; the last of them takes it along.
  const std::shared_ptr<const ReferencePages> all = std::make_shared<const ReferencePages>(deps);
  using http::Method;
  using http::RunOn;
  return {
      {Method::get,
       "/api/openapi.json",
       RunOn::pooled,
       0,
       {Guard::api, Guard::cors, Guard::cacheable},
       [all](const Context&, const Request&, const PathParameters&) { return all->openapi(); }},
      {Method::get,
       std::string(docs_path),
       RunOn::pooled,
       0,
       {Guard::page},
       [all](const Context& context, const Request&, const PathParameters&) {
         return all->index(context);
       }},
      {Method::get,
       std::string(docs_path) + "/{service}",
       RunOn::pooled,
       0,
       {Guard::page},
       [all](const Context& context, const Request&, const PathParameters& parameters) {
         return all->service(context, parameters.values.front());
       }},
  };
}

std::string methods_document(const Contract& contract, const Methods& methods) {
  std::string offered;
  std::string missing;
  for (const ServiceDescriptor* service : contract.api_services()) {
    std::string rows;
    for (int i = 0; i < service->method_count(); ++i) {
      const auto& described = *service->method(i);
      const Method& method = method_of(methods, described);
      if (!method.invoke) {
        missing += "- `" + described.full_name() + "`\n";
        continue;
      }
      const auto bindings = rest_bindings(method);
      rows += "| " + described.name() + " | ";
      if (!bindings.empty()) {
        rows += "`" + std::string(http::method_name(bindings.front().verb)) + " " +
                bindings.front().path + "`";
      }
      rows += " | " + first_sentence(comment_of(described)) + " |\n";
    }
    if (rows.empty()) continue;
    offered += "\n## " + service->full_name() + "\n\n| method | REST | |\n|---|---|---|\n" + rows;
  }
  return "# Methods of the management API\n\nMade by `gatehouse reference api`; what each takes "
         "and "
         "returns stands in `proto/` and, on a running\nserver, under `/api/docs`.\n" +
         offered + "\n## Not implemented\n\nThese answer `UNIMPLEMENTED` with an ErrorInfo.\n\n" +
         missing;
}

}  // namespace gatehouse::api
