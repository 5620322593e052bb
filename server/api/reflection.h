// Server reflection: answers what a client asks about the contract. Both versions of the service
// have the same messages on the wire.

#pragma once

#include "grpc/reflection/v1/reflection.pb.h"
#include "server/api/contract.h"

namespace gatehouse::api {

[[nodiscard]] grpc::reflection::v1::ServerReflectionResponse reflect(
    const Contract& contract, const grpc::reflection::v1::ServerReflectionRequest& request);

}  // namespace gatehouse::api
