// DnsResolver: the one way in which this server asks the DNS itself. Names of hosts are resolved by
// those who connect to them; this is for records that say something: TXT [RFC 1035 §3.3.14].
//
// Questions go to the resolvers of the machine (/etc/resolv.conf), which follow aliases and
// referrals. A question blocks for a few seconds at most: it is asked on worker threads and jobs,
// never on the I/O threads.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/core/time.h"

namespace gatehouse::net {

class DnsResolver {
 public:
  virtual ~DnsResolver() = default;
  // The texts of the TXT records of that name, aliases followed; each in one piece, as bytes. None:
  // the name or the records are not there. Errors: invalid_argument (the name is none), unavailable
  // (no resolver answered in time, it could not find out, or its answer is malformed or cut off).
  // Safe from any thread.
  virtual Result<std::vector<std::string>, Error> txt(const std::string& name) = 0;
};

struct DnsServer {
  std::string address;  // IPv4
  std::uint16_t port = 53;
};

struct DnsSettings {
  std::vector<DnsServer> servers = {};  // at most three; empty: those of the machine
  seconds patience{2};                  // with one server, at least 1 s; doubled the second time
  int rounds = 2;                       // through all servers
};

[[nodiscard]] std::unique_ptr<DnsResolver> make_dns_resolver(DnsSettings settings);

}  // namespace gatehouse::net
