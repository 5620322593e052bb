#include "server/api/contract.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>

#include "server/core/embedded.h"
#include "server/core/ensure.h"

namespace gatehouse::api {

std::span<const EmbeddedFile> embedded_files();  // made by tools/embed.py

namespace {

std::string_view embedded(std::string_view path) {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path == path) return file.bytes;
  }
  ENSURE(false);
  return {};
}

}  // namespace

// What is compiled in lies below, so that only the rest is built.
Contract::Contract()
    : not_generated_(google::protobuf::DescriptorPool::generated_pool()), whole_(nullptr) {
  // Its complaints are about what callers send: they are told, our standard error is not.
  google::protobuf::SetLogHandler(nullptr);
  not_generated_.build(embedded("not_generated.pb"));
}

Contract::~Contract() = default;

void Contract::Files::build(std::string_view bytes) {
  google::protobuf::FileDescriptorSet files;
  ENSURE(files.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  for (const auto& file : files.file()) {
    const auto* built = pool.BuildFile(file);
    ENSURE(built != nullptr);
    for (int i = 0; i < built->service_count(); ++i) services.push_back(built->service(i));
  }
  std::sort(services.begin(), services.end(),
            [](const auto* a, const auto* b) { return a->full_name() < b->full_name(); });
}

const Contract::Files& Contract::whole() const {
  std::call_once(whole_is_built_, [this] { whole_.build(embedded("contract.pb")); });
  return whole_;
}

Contract::Services Contract::api_services() const {
  Services found;
  for (const auto* service : services()) {
    // Dummy only makes generators keep the messages of its file.
    const bool is_ours = service->full_name().starts_with("scalekit.");
    if (is_ours && service->name() != "Dummy") found.push_back(service);
  }
  return found;
}

std::string Contract::file_bytes(const std::string& name) const {
  const auto* file = pool().FindFileByName(name);
  if (file == nullptr) return {};
  google::protobuf::FileDescriptorProto proto;
  file->CopyTo(&proto);
  return proto.SerializeAsString();
}

}  // namespace gatehouse::api
