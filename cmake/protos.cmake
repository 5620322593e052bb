# gatehouse_protos: the messages of the management API, generated from proto/ into one library, and
# the whole contract as a descriptor set (with its comments) for reflection and documents.
#
# What answers UNIMPLEMENTED as a whole is in the descriptor set only: nothing is generated for it.
find_package(Protobuf 3.21 REQUIRED)

set(PROTO_DIR ${CMAKE_SOURCE_DIR}/proto)
set(PROTO_OUT ${CMAKE_BINARY_DIR}/generated/proto)
file(GLOB_RECURSE PROTO_FILES CONFIGURE_DEPENDS RELATIVE ${PROTO_DIR} ${PROTO_DIR}/*.proto)
list(SORT PROTO_FILES)
set(PROTO_GENERATED ${PROTO_FILES})
list(FILTER PROTO_GENERATED EXCLUDE REGEX "v1/(connected_accounts|mcp|providers|tools)/")
file(MAKE_DIRECTORY ${PROTO_OUT})

set(proto_sources)
set(proto_headers)
foreach(file IN LISTS PROTO_GENERATED)
  string(REGEX REPLACE "\\.proto$" "" stem ${file})
  list(APPEND proto_sources ${PROTO_OUT}/${stem}.pb.cc)
  list(APPEND proto_headers ${PROTO_OUT}/${stem}.pb.h)
endforeach()
list(TRANSFORM PROTO_FILES PREPEND ${PROTO_DIR}/ OUTPUT_VARIABLE proto_paths)
add_custom_command(
  OUTPUT ${proto_sources} ${proto_headers}
  COMMAND protobuf::protoc -I${PROTO_DIR} --cpp_out=${PROTO_OUT} ${PROTO_GENERATED}
  DEPENDS ${proto_paths}
  COMMENT "Generating messages from proto/"
  VERBATIM)
set(PROTO_DESCRIPTORS ${CMAKE_BINARY_DIR}/generated/descriptors/contract.pb)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated/descriptors)
set(PROTO_MISSING ${CMAKE_BINARY_DIR}/generated/descriptors/not_generated.pb)
set(PROTO_NOT_GENERATED ${PROTO_FILES})
list(REMOVE_ITEM PROTO_NOT_GENERATED ${PROTO_GENERATED})
add_custom_command(
  OUTPUT ${PROTO_MISSING}
  COMMAND protobuf::protoc -I${PROTO_DIR} --descriptor_set_out=${PROTO_MISSING}
          ${PROTO_NOT_GENERATED}
  DEPENDS ${proto_paths}
  COMMENT "Describing what is not generated from proto/"
  VERBATIM)
add_custom_command(
  OUTPUT ${PROTO_DESCRIPTORS}
  COMMAND protobuf::protoc -I${PROTO_DIR} --include_imports --include_source_info
          --descriptor_set_out=${PROTO_DESCRIPTORS} ${PROTO_FILES}
  DEPENDS ${proto_paths}
  COMMENT "Describing proto/"
  VERBATIM)
set(PROTO_EMBEDDED ${CMAKE_BINARY_DIR}/generated/embedded_api.cc)
add_custom_command(
  OUTPUT ${PROTO_EMBEDDED}
  COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/embed.py api ${CMAKE_BINARY_DIR}/generated/descriptors
          ${PROTO_EMBEDDED} contract.pb not_generated.pb
  DEPENDS ${PROTO_DESCRIPTORS} ${PROTO_MISSING} ${CMAKE_SOURCE_DIR}/tools/embed.py
  VERBATIM)

add_library(gatehouse_protos STATIC ${proto_sources})
target_include_directories(gatehouse_protos SYSTEM PUBLIC ${PROTO_OUT})
target_link_libraries(gatehouse_protos PUBLIC protobuf::libprotobuf)
target_compile_options(gatehouse_protos PRIVATE -w -O1 -g1)
target_precompile_headers(gatehouse_protos PRIVATE
  <google/protobuf/generated_message_reflection.h> <google/protobuf/map_field.h>
  <google/protobuf/wire_format.h> <google/protobuf/generated_message_util.h>
  <google/protobuf/reflection_ops.h> <google/protobuf/unknown_field_set.h>
  <google/protobuf/struct.pb.h> <google/protobuf/timestamp.pb.h>)
