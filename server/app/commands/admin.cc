#include "server/app/commands/admin.h"

#include <algorithm>

namespace gatehouse::app::commands {
namespace {

using environments::Environment;

Result<Environment, Error> choose(const std::vector<Environment>& all, const std::string& wanted) {
  if (all.empty()) {
    return Error(ErrorCode::failed_precondition,
                 "there is no environment yet; `gatehouse admin environments create` makes one");
  }
  if (wanted.empty() && all.size() == 1) return all.front();
  std::string names;
  for (const Environment& environment : all) {
    if (environment.name == wanted || environment.id.text() == wanted) return environment;
    names += (names.empty() ? "'" : ", '") + environment.name + "'";
  }
  return Error(ErrorCode::not_found,
               wanted.empty() ? "there are several environments: add --environment with"
                                " one of " +
                                    names
                              : "there is no environment '" + wanted + "'; there are " + names);
}

bool must_ask(const Verb& verb, const Values& values) {
  if (verb.warning.empty()) return false;
  return verb.asks_with.empty() ||
         std::ranges::any_of(verb.asks_with,
                             [&values](const std::string& name) { return values.has(name); });
}

Result<Unit, Error> ask(const Verb& verb, const Values& values, const AdminOptions& options,
                        Console& console) {
  if (options.consent == AdminOptions::Consent::given || !must_ask(verb, values)) return Unit{};
  if (confirm(console, verb.warning)) return Unit{};
  return Error(ErrorCode::failed_precondition,
               console.person == Console::Person::present
                   ? "nothing was changed"
                   : verb.warning + " Nothing was changed: add --yes to mean it");
}

}  // namespace

Result<Answer, Error> run_admin(const Verb& verb, const Values& values, const AdminOptions& options,
                                Console& console) {
  const SystemClock clock;
  OsRandom random;
  const Place place = TRY(find_place(options.place));
  const Context context = operator_context(clock, random);
  const auto database = TRY(open_existing(place, context.now, verb.load));
  Act act{.database = *database,
          .random = random,
          .context = context,
          .chosen = std::nullopt,
          .master_key = [&place] { return read_master_key(place.master_key_file); }};
  if (verb.scope == Verb::Scope::environment) {
    const auto all = TRY(act.read(environments::list_environments));
    act.chosen = TRY(choose(all, options.environment));
    act.context.environment = act.chosen->id;
  }
  TRY(ask(verb, values, options, console));
  // Whatever time the answer to the question took.
  act.context.now = clock.now();
  return verb.run(act, values);
}

}  // namespace gatehouse::app::commands
