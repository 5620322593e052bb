// The contract: everything that proto/ describes, with its comments, as part of the binary. Servers
// need little of it until somebody asks for a document, so the whole is built when it is first
// asked for.

#pragma once

#include <google/protobuf/descriptor.h>

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::api {

class Contract {
 public:
  Contract();
  ~Contract();
  Contract(const Contract&) = delete;
  Contract& operator=(const Contract&) = delete;

  using Services = std::vector<const google::protobuf::ServiceDescriptor*>;

  // Descriptors live as long as this object. Methods and messages that are compiled in have other
  // descriptors, of protobuf's own pool; names are the same. Safe from any thread.
  [[nodiscard]] const google::protobuf::DescriptorPool& pool() const { return whole().pool; }
  // Services of the API and of gRPC itself, by full name.
  [[nodiscard]] const Services& services() const { return whole().services; }
  // Those of the API, in that order.
  [[nodiscard]] Services api_services() const;
  // Services of the API of which nothing is compiled in; these are there from the start.
  [[nodiscard]] const Services& not_generated() const { return not_generated_.services; }
  // The serialised FileDescriptorProto of a file, without its comments; empty if there is none.
  [[nodiscard]] std::string file_bytes(const std::string& name) const;

 private:
  struct Files {
    google::protobuf::DescriptorPool pool;
    Services services;

    explicit Files(const google::protobuf::DescriptorPool* below) : pool(below) {}
    void build(std::string_view bytes);
  };
  [[nodiscard]] const Files& whole() const;

  Files not_generated_;
  mutable std::once_flag whole_is_built_;
  mutable Files whole_;  // empty before
};

}  // namespace gatehouse::api
