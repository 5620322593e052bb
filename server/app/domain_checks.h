// The job that looks in the DNS for the proofs of domains: see orgs/domain_check.h.

#pragma once

#include "server/app/maintenance.h"
#include "server/net/dns.h"
#include "server/orgs/domain_check.h"

namespace gatehouse::app {

// What the domains of organizations are proven by. Null: there is nobody to ask.
[[nodiscard]] orgs::TxtLookup txt_lookup(net::DnsResolver* dns);

// Looks up those that are due, one after the other; a bounded number, and fewer while the DNS does
// not answer.
Result<Unit, Error> check_domains(storage::Database& database, Random& random,
                                  const orgs::TxtLookup& lookup, MakeContext make_context);

}  // namespace gatehouse::app
