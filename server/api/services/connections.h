// ConnectionService: the wire form of connections, and the parts that stand in files of their own.

#pragma once

#include "scalekit/v1/connections/connections.pb.h"
#include "server/api/call.h"
#include "server/api/methods.h"
#include "server/connections/connection.h"
#include "server/connections/list.h"

namespace gatehouse::api {

// A connection with the domains that lead to it.
struct RoutedConnection {
  connections::Connection connection;
  std::vector<orgs::Domain> domains;
};
// Errors: internal, where what is stored does not fit the contract.
Result<Unit, Error> encode_connection(const Call& call, const RoutedConnection& routed,
                                      scalekit::v1::connections::Connection& message);
void encode_summary(const connections::ConnectionSummary& summary,
                    scalekit::v1::connections::ListConnection& message);

// Errors: invalid_argument, naming the field.
Result<connections::NewConnection, Error> decode_new_connection(
    const scalekit::v1::connections::CreateConnection& message);
Result<connections::ConnectionChange, Error> decode_connection_change(
    const scalekit::v1::connections::UpdateConnection& message);

void add_connection_lists(Methods::Service& service);

}  // namespace gatehouse::api
