// gatehouse doctor sso: why a single sign-on failed, in plain words, and what to change; and
// whether a connection can work at all, without anybody signing in.

#pragma once

#include "server/app/commands/answer.h"
#include "server/app/commands/doctor_check.h"
#include "server/app/commands/place.h"
#include "server/environments/environment.h"
#include "server/sso/attempt.h"

namespace gatehouse::app::commands {

struct SsoDoctorOptions {
  PlaceOptions place;
  std::string reference = {};   // "err_…"; empty: what follows
  std::string connection = {};  // "conn_…"; empty: of all connections, as a table
  int last = 1;                 // how many of its attempts to explain
  enum class Subject { attempts, connection } subject = Subject::attempts;
};
// Exit status 1 if a check of the connection fails. Errors: invalid_argument, not_found.
Result<Answer, Error> run_sso_doctor(const SsoDoctorOptions& options);

// One attempt, for people and as a document. `provider_key` may be empty.
struct Explained {
  std::string text;
  Json document;
};
[[nodiscard]] Explained explain(const sso::Attempt& attempt, std::string_view provider_key);

// What can be seen of a connection without anybody signing in: its settings, its certificates, its
// domains, and what its provider publishes. Calls the provider.
struct ConnectionCheckup {
  storage::Database& database;
  const Context& context;
  const environments::Environment& environment;
  Result<crypto::MasterKey, Error> master_key;
};
Result<Checks, Error> check_connection(const ConnectionCheckup& checkup, ConnectionId id);

}  // namespace gatehouse::app::commands
