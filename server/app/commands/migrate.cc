#include "server/app/commands/maintenance.h"
#include "server/app/config.h"
#include "server/storage/schema.h"

namespace gatehouse::app::commands {
namespace {

Result<std::unique_ptr<storage::Database>, Error> open(Place place, Instant now) {
  place.opening.now = now;
  place.opening.schema = storage::OpenSettings::Schema::up_to_date;
  if (place.config_file.empty()) return open_existing(place, now);
  TRY(check_config_files(TRY(load_config(place.config_file, process_environment()))));
  return open_or_make(place.database, place.opening);
}

}  // namespace

Result<Answer, Error> run_migrate(const PlaceOptions& options) {
  const SystemClock clock;
  OsRandom random;
  const Place place = TRY(find_place(options));
  const Context context = operator_context(clock, random);
  const auto database = TRY(open(place, context.now));
  const auto all = TRY(storage::read(*database, context, storage::list_applied_migrations));
  Json::Array applied;
  for (const storage::AppliedMigration& migration : all) {
    if (migration.applied_at != context.now) continue;  // noted with this very moment
    applied.push_back(Json(
        Json::Object{{"number", Json(migration.number)}, {"name", text_json(migration.name)}}));
  }
  const std::string version = std::to_string(all.size());
  return Answer{
      .document = Json(std::move(applied)),
      .columns = {{"number", "APPLIED"}, {"name", "NAME"}},
      .nothing = place.database.shown() + " is up to date, at migration " + version + "."};
}

}  // namespace gatehouse::app::commands
