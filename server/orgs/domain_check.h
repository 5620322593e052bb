// Proving by the DNS that a domain is an organization's: a TXT record at
// gatehouse-domain-verification.<domain> holds the domain's secret.
//
//   pending    looked for every hour, after a day every six; within seven days it is verified, or
//              it has failed: then it has to be deleted and added again
//   verified   looked for once a day; when it is missing for the third time in a row, the domain is
//              pending again
//
// Somebody who cannot be asked says nothing: without an answer a verified domain stays verified,
// and a pending one gets another week. What an administrator of the environment has added is
// trusted without a proof and never looked for.

#pragma once

#include <functional>

#include "server/orgs/domain.h"

namespace gatehouse::orgs {

inline constexpr Duration domain_window = days(7);
inline constexpr int domain_failures_max = 3;

// The texts of the TXT records of a name; none if there is no such name. Errors: nobody could say.
using TxtLookup = std::function<Result<std::vector<std::string>, Error>(const std::string& name)>;

// "gatehouse-domain-verification.acme.com".
[[nodiscard]] std::string txt_record_name(const Domain& domain);

enum class DomainEvidence { proven, missing, unanswered };
// Blocks while the DNS is asked: not inside a transaction.
[[nodiscard]] DomainEvidence look_up(const TxtLookup& lookup, const Domain& domain);

// What follows from it, audited and told of by an event where the domain's standing changes.
// Returns the domain as it is then. Proof of a domain that is another organization's by now changes
// nothing. Errors: not_found.
Result<Domain, Error> note_evidence(storage::Transaction& transaction, EnvironmentId environment,
                                    OrgId organization, const Context& context, Random& random,
                                    DomainId domain, DomainEvidence evidence);

// Domains of all environments that are to be looked up now, those that wait longest first.
Result<std::vector<Domain>, Error> domains_to_check(storage::Transaction& transaction, Instant now,
                                                    int rows_max);

}  // namespace gatehouse::orgs
