#include "server/app/commands/maintenance.h"
#include "server/app/invariants.h"
#include "server/app/key_policy.h"

namespace gatehouse::app::commands {
namespace {

Result<crypto::SealingKey, Error> signing_key_seal(const Place& place) {
  const crypto::MasterKey master_key = TRY(read_master_key(place.master_key_file));
  return master_key.sealing_key(key_seal_label);
}

}  // namespace

Result<Answer, Error> run_fsck(const PlaceOptions& options) {
  const SystemClock clock;
  OsRandom random;
  const Place place = TRY(find_place(options));
  const Context context = operator_context(clock, random);
  const auto database = TRY(open_existing(place, context.now));
  const auto seal = signing_key_seal(place);
  const DataCheck check = check_data({*database, place.database.engine(), seal}, context);
  Json::Array findings;
  for (const DataFinding& finding : check.findings) {
    findings.push_back(Json(
        Json::Object{{"area", text_json(finding.area)}, {"finding", text_json(finding.finding)}}));
  }
  std::string notes;
  for (const std::string& note : check.notes) {
    notes += (notes.empty() ? "Note: " : "\nNote: ") + note + ".";
  }
  const int status = findings.empty() ? 0 : 1;
  return Answer{.document = Json(std::move(findings)),
                .sentence = notes,
                .columns = {{"area", "AREA"}, {"finding", "FINDING"}},
                .nothing = "Nothing is wrong with " + place.database.shown() + ".",
                .exit_status = status};
}

}  // namespace gatehouse::app::commands
