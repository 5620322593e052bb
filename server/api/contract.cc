#include "server/api/contract.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>

#include "server/core/embedded.h"
#include "server/core/ensure.h"

namespace gatehouse::api {

std::span<const EmbeddedFile> embedded_files();  // made by tools/embed.py

Contract::Contract() {
  // Its complaints are about what callers send: they are told, our standard error is not.
  google::protobuf::SetLogHandler(nullptr);
  google::protobuf::FileDescriptorSet files;
  const std::string_view bytes = embedded_files().front().bytes;
  ENSURE(files.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  for (const auto& file : files.file()) {
    const auto* built = pool_.BuildFile(file);
    ENSURE(built != nullptr);
    for (int i = 0; i < built->service_count(); ++i) services_.push_back(built->service(i));
  }
  std::sort(services_.begin(), services_.end(),
            [](const auto* a, const auto* b) { return a->full_name() < b->full_name(); });
}

Contract::~Contract() = default;

std::string Contract::file_bytes(const std::string& name) const {
  const auto* file = pool_.FindFileByName(name);
  if (file == nullptr) return {};
  google::protobuf::FileDescriptorProto proto;
  file->CopyTo(&proto);
  return proto.SerializeAsString();
}

}  // namespace gatehouse::api
