#include "server/api/reflection.h"

#include <set>

#include "server/api/status.h"

namespace gatehouse::api {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using grpc::reflection::v1::ServerReflectionRequest;
using grpc::reflection::v1::ServerReflectionResponse;

void refuse(ServerReflectionResponse& response, std::string what) {
  auto& error = *response.mutable_error_response();
  error.set_error_code(static_cast<int>(Status::not_found));
  error.set_error_message(std::move(what));
}

// The file and everything that it imports, each once: a client can build it without asking again.
void add_files(const Contract& contract, const FileDescriptor& file, std::set<std::string>& seen,
               grpc::reflection::v1::FileDescriptorResponse& out) {
  if (!seen.insert(file.name()).second) return;
  out.add_file_descriptor_proto(contract.file_bytes(file.name()));
  for (int i = 0; i < file.dependency_count(); ++i) {
    add_files(contract, *file.dependency(i), seen, out);
  }
}

void answer_file(const Contract& contract, const FileDescriptor* file, std::string_view asked,
                 ServerReflectionResponse& response) {
  if (file == nullptr) return refuse(response, "not found: " + std::string(asked));
  std::set<std::string> seen;
  add_files(contract, *file, seen, *response.mutable_file_descriptor_response());
}

void answer_extensions(const Contract& contract, const std::string& type,
                       ServerReflectionResponse& response) {
  const auto* descriptor = contract.pool().FindMessageTypeByName(type);
  if (descriptor == nullptr) return refuse(response, "not found: " + type);
  auto& found = *response.mutable_all_extension_numbers_response();
  found.set_base_type_name(type);
  std::vector<const FieldDescriptor*> extensions;
  contract.pool().FindAllExtensions(descriptor, &extensions);
  for (const FieldDescriptor* extension : extensions) {
    found.add_extension_number(extension->number());
  }
}

const FileDescriptor* file_of_extension(const Contract& contract,
                                        const grpc::reflection::v1::ExtensionRequest& asked) {
  const DescriptorPool& pool = contract.pool();
  const auto* type = pool.FindMessageTypeByName(asked.containing_type());
  if (type == nullptr) return nullptr;
  const auto* extension = pool.FindExtensionByNumber(type, asked.extension_number());
  return extension == nullptr ? nullptr : extension->file();
}

}  // namespace

ServerReflectionResponse reflect(const Contract& contract, const ServerReflectionRequest& request) {
  ServerReflectionResponse response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  const DescriptorPool& pool = contract.pool();
  switch (request.message_request_case()) {
    case ServerReflectionRequest::kFileByFilename:
      answer_file(contract, pool.FindFileByName(request.file_by_filename()),
                  request.file_by_filename(), response);
      break;
    case ServerReflectionRequest::kFileContainingSymbol:
      answer_file(contract, pool.FindFileContainingSymbol(request.file_containing_symbol()),
                  request.file_containing_symbol(), response);
      break;
    case ServerReflectionRequest::kFileContainingExtension:
      answer_file(contract, file_of_extension(contract, request.file_containing_extension()),
                  request.file_containing_extension().containing_type(), response);
      break;
    case ServerReflectionRequest::kAllExtensionNumbersOfType:
      answer_extensions(contract, request.all_extension_numbers_of_type(), response);
      break;
    case ServerReflectionRequest::kListServices:
      for (const auto* service : contract.services()) {
        response.mutable_list_services_response()->add_service()->set_name(service->full_name());
      }
      break;
    case ServerReflectionRequest::MESSAGE_REQUEST_NOT_SET:
      refuse(response, "the request asks for nothing");
      break;
  }
  return response;
}

}  // namespace gatehouse::api
