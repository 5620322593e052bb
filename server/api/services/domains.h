// The wire form of domains.

#pragma once

#include "scalekit/v1/domains/domains.pb.h"
#include "server/orgs/domain.h"

namespace gatehouse::api {

void encode_domain(const orgs::Domain& domain, scalekit::v1::domains::Domain& message);

}  // namespace gatehouse::api
