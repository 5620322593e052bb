#include "server/storage/fsck.h"

#include "server/api_tokens/invariants.h"
#include "server/app/commands/maintenance.h"
#include "server/app/key_policy.h"
#include "server/applications/invariants.h"
#include "server/audit/invariants.h"
#include "server/connections/invariants.h"
#include "server/directories/invariants.h"
#include "server/environments/environment.h"
#include "server/environments/invariants.h"
#include "server/keys/invariants.h"
#include "server/orgs/invariants.h"
#include "server/rbac/invariants.h"
#include "server/sessions/invariants.h"
#include "server/users/invariants.h"

namespace gatehouse::app::commands {
namespace {

using storage::Transaction;
using Findings = Result<std::vector<std::string>, Error>;

class Report {
 public:
  Report(storage::Database& database, const Context& context)
      : database_(database), context_(context) {}

  // What a check cannot even read is a finding of it, and the checks after it still run.
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
  void check(std::string_view area, Findings (*invariants)(Transaction&)) {
    run(area, [this, invariants] { return storage::read(database_, context_, invariants); });
  }
  void add(std::string_view area, std::string_view finding) {
    findings_.push_back(
        Json(Json::Object{{"area", text_json(area)}, {"finding", text_json(finding)}}));
  }
  [[nodiscard]] Json::Array take() { return std::move(findings_); }

 private:
  storage::Database& database_;
  const Context& context_;
  Json::Array findings_;
};

Findings check_storage(storage::Database& database, const Context& context) {
  std::vector<std::string> findings;
  for (const auto& finding : TRY(storage::check_sqlite(database, context))) {
    findings.push_back(finding.check + ": " + finding.detail);
  }
  return findings;
}

Findings check_keys(storage::Database& database, const Context& context,
                    const std::string& master_key_file) {
  const crypto::MasterKey master_key = TRY(read_master_key(master_key_file));
  const crypto::SealingKey sealing_key = master_key.sealing_key(key_seal_label);
  return storage::read(database, context, [&](Transaction& transaction) -> Findings {
    std::vector<std::string> findings;
    const auto all = TRY(environments::list_environments(transaction));
    for (const environments::Environment& environment : all) {
      const auto some =
          TRY(keys::check_invariants(transaction, environment.id, sealing_key, context.now));
      for (const std::string& finding : some) findings.push_back(environment.name + ": " + finding);
    }
    return findings;
  });
}

}  // namespace

Result<Answer, Error> run_fsck(const PlaceOptions& options) {
  const SystemClock clock;
  OsRandom random;
  const Place place = TRY(find_place(options));
  const Context context = operator_context(clock, random);
  const auto database = TRY(open_existing(place, context.now));
  Report report(*database, context);
  report.run("storage", [&] { return check_storage(*database, context); });
  report.check("environments", environments::check_invariants);
  report.check("applications", applications::check_invariants);
  report.check("users", users::check_invariants);
  report.check("organizations", orgs::check_invariants);
  report.check("roles", rbac::check_invariants);
  report.check("API tokens", api_tokens::check_invariants);
  report.check("connections", connections::check_invariants);
  report.check("directories", directories::check_invariants);
  report.check("sessions", sessions::check_invariants);
  report.run("keys", [&] { return check_keys(*database, context, place.master_key_file); });
  report.check("audit", audit::check_invariants);
  Json::Array findings = report.take();
  const int status = findings.empty() ? 0 : 1;
  return Answer{.document = Json(std::move(findings)),
                .columns = {{"area", "AREA"}, {"finding", "FINDING"}},
                .nothing = "Nothing is wrong with " + place.database_file() + ".",
                .exit_status = status};
}

}  // namespace gatehouse::app::commands
