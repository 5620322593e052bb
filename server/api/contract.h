// The contract: everything that proto/ describes, with its comments, as part of the binary.

#pragma once

#include <google/protobuf/descriptor.h>

#include <memory>
#include <string_view>
#include <vector>

namespace gatehouse::api {

class Contract {
 public:
  Contract();
  ~Contract();
  Contract(const Contract&) = delete;
  Contract& operator=(const Contract&) = delete;

  // Descriptors live as long as this object. Methods and messages that are compiled in have other
  // descriptors, of protobuf's own pool; names are the same.
  [[nodiscard]] const google::protobuf::DescriptorPool& pool() const { return pool_; }
  // Services of the API and of gRPC itself, by full name.
  [[nodiscard]] const std::vector<const google::protobuf::ServiceDescriptor*>& services() const {
    return services_;
  }
  // The serialised FileDescriptorProto of a file, without its comments; empty if there is none.
  [[nodiscard]] std::string file_bytes(const std::string& name) const;

 private:
  google::protobuf::DescriptorPool pool_;
  std::vector<const google::protobuf::ServiceDescriptor*> services_;
};

}  // namespace gatehouse::api
