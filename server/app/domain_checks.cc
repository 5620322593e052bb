#include "server/app/domain_checks.h"

namespace gatehouse::app {
namespace {

using orgs::DomainEvidence;
using storage::Transaction;

constexpr int domains_per_run_max = 500;
// Each of these has cost several seconds: most likely it is the DNS and not the domain.
constexpr int unanswered_max = 20;

}  // namespace

orgs::TxtLookup txt_lookup(net::DnsResolver* dns) {
  return [dns](const std::string& name) -> Result<std::vector<std::string>, Error> {
    if (dns == nullptr) return Error(ErrorCode::unavailable, "there is no resolver");
    return dns->txt(name);
  };
}

Result<Unit, Error> check_domains(storage::Database& database, Random& random,
                                  const orgs::TxtLookup& lookup, MakeContext make_context) {
  const Context reading = make_context();
  const auto due = TRY(storage::read(database, reading, [&](Transaction& transaction) {
    return orgs::domains_to_check(transaction, reading.now, domains_per_run_max);
  }));
  int unanswered = 0;
  for (const orgs::Domain& domain : due) {
    const DomainEvidence evidence = orgs::look_up(lookup, domain);
    Context here = make_context();
    here.environment = domain.environment;
    const auto noted = storage::write(database, here, [&](Transaction& transaction) {
      return orgs::note_evidence(transaction, here.environment, domain.organization, here, random,
                                 domain.id, evidence);
    });
    // Deleted while it was looked up.
    if (!noted.ok() && noted.error().code != ErrorCode::not_found) return noted.error();
    if (evidence == DomainEvidence::unanswered && ++unanswered == unanswered_max) break;
  }
  return Unit{};
}

}  // namespace gatehouse::app
