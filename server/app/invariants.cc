#include "server/app/invariants.h"

#include "server/api_tokens/invariants.h"
#include "server/app/cross_check.h"
#include "server/applications/invariants.h"
#include "server/audit/invariants.h"
#include "server/connections/invariants.h"
#include "server/directories/invariants.h"
#include "server/environments/environment.h"
#include "server/environments/invariants.h"
#include "server/keys/invariants.h"
#include "server/login/invariants.h"
#include "server/orgs/invariants.h"
#include "server/rbac/invariants.h"
#include "server/sessions/invariants.h"
#include "server/storage/fsck.h"
#include "server/users/invariants.h"

namespace gatehouse::app {
namespace {

using storage::Transaction;
using Findings = Result<std::vector<std::string>, Error>;

struct Area {
  std::string_view name;
  Findings (*check)(Transaction&);
};

constexpr Area areas[] = {
    {"environments", environments::check_invariants},
    {"applications", applications::check_invariants},
    {"users", users::check_invariants},
    {"organizations", orgs::check_invariants},
    {"roles", rbac::check_invariants},
    {"API tokens", api_tokens::check_invariants},
    {"connections", connections::check_invariants},
    {"directories", directories::check_invariants},
    {"sessions", sessions::check_invariants},
    {"sign-in", login::check_invariants},
    {"audit", audit::check_invariants},
    {"audit", check_against_audit},
};

class Report {
 public:
  template <class Check>
  void run(std::string_view area, Check check) {
    try {
      const Findings outcome = check();
      if (!outcome.ok()) return add(area, outcome.error().detail);
      for (const std::string& finding : outcome.value()) add(area, finding);
    } catch (const EnsureFailed& damage) {
      add(area, std::string("a row cannot be read: ") + damage.what());
    }
  }
  [[nodiscard]] DataCheck take() { return std::move(check_); }
  void note(std::string text) { check_.notes.push_back(std::move(text)); }

 private:
  void add(std::string_view area, std::string_view finding) {
    check_.findings.push_back({std::string(area), std::string(finding)});
  }
  DataCheck check_;
};

void append(const std::vector<storage::Finding>& from, std::vector<std::string>& to) {
  for (const auto& finding : from) to.push_back(finding.check + ": " + finding.detail);
}

Findings check_storage(const DataToCheck& data, const Context& context, Report& report) {
  auto check = TRY(storage::check_database(data.database, data.engine, context));
  for (std::string& note : check.notes) report.note(std::move(note));
  std::vector<std::string> findings;
  append(check.findings, findings);
  if (data.depth == Depth::everything) {
    append(TRY(storage::check_shape(data.database, data.engine, context)), findings);
  }
  return findings;
}

Findings check_keys(const DataToCheck& data, const Context& context) {
  if (!data.signing_key_seal.ok()) return data.signing_key_seal.error();
  return storage::read(data.database, context, [&](Transaction& transaction) -> Findings {
    std::vector<std::string> findings;
    const auto all = TRY(environments::list_environments(transaction));
    for (const environments::Environment& environment : all) {
      const auto some = TRY(keys::check_invariants(transaction, environment.id,
                                                   data.signing_key_seal.value(), context.now));
      for (const std::string& finding : some) findings.push_back(environment.name + ": " + finding);
    }
    return findings;
  });
}

}  // namespace

DataCheck check_data(const DataToCheck& data, const Context& context) {
  Report report;
  report.run("storage", [&] { return check_storage(data, context, report); });
  for (const Area& area : areas) {
    report.run(area.name, [&] { return storage::read(data.database, context, area.check); });
  }
  report.run("keys", [&] { return check_keys(data, context); });
  if (data.depth == Depth::everything) {
    report.run("expiry", [&] { return storage::read(data.database, context, check_reclaimed); });
  }
  return report.take();
}

}  // namespace gatehouse::app
