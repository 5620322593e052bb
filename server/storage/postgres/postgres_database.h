// PostgresDatabase: a PostgreSQL server, or another engine of its dialect and protocol, shared by
// any number of nodes. What write() has answered is durable as far as the server's own
// synchronous_commit says.
//
//   auto database = TRY(PostgresDatabase::open({.conninfo = "postgres://gatehouse@db/gatehouse",
//                                               .now = clock.now()}));
//
// Reads run on one snapshot (REPEATABLE READ, READ ONLY), writes are SERIALIZABLE, so functions may
// reason as on the embedded database: as if they were alone. Those of write_by_row are REPEATABLE
// READ. A write that lost a race, or whose
// connection broke before its COMMIT was sent, is run again, three times at most, those of one
// process one after another. A connection that breaks while COMMIT is under way leaves the outcome
// unknown: the caller hears `unavailable`, and nothing is run again.
//
// Calls block, on the calling thread, until their deadline at most: a statement that is not
// answered by then is cancelled and its connection dropped.

#pragma once

#include <memory>
#include <span>
#include <string>

#include "server/core/embedded.h"
#include "server/core/time.h"
#include "server/storage/database.h"
#include "server/storage/migrate.h"

namespace gatehouse::storage {

struct PostgresSettings {
  // libpq's: a URI or key=value pairs; several hosts are tried in their order, and only one that
  // takes writes is kept (target_session_attrs=read-write, unless the text says otherwise). May
  // hold a password: never shown.
  std::string conninfo;
  std::span<const EmbeddedFile> migrations = embedded_files();
  enum class Schema { up_to_date, as_is } schema = Schema::up_to_date;
  Instant now;  // noted beside each migration that is applied

  int connections_max = 32;            // calls beyond these wait for one
  milliseconds connect_timeout{5000};  // of one attempt; a call's deadline may be earlier
  // How long a statement waits for another's lock before it counts as a lost race.
  milliseconds lock_timeout{1500};
  // How long the server may take for one statement; zero: until the call's deadline.
  milliseconds answer_timeout{0};
  milliseconds idle_check{30'000};  // a connection unused for longer is asked before its next use
};

struct PostgresPoolState {
  int open = 0;     // connections, used or not
  int in_use = 0;   // of those
  int waiting = 0;  // calls that wait for one
};

class PostgresDatabase final : public Database {
 public:
  // Connects once, and brings the schema up to date. Errors: unavailable (nobody there, refused,
  // no server that takes writes), invalid_argument (the connection string), failed_precondition
  // (see migrate.h; an encoding other than UTF-8).
  static Result<std::unique_ptr<PostgresDatabase>, Error> open(const PostgresSettings& settings);

  ~PostgresDatabase() override;  // no calls may be under way

  Result<Unit, Error> run_read(const Context& context,
                               FunctionRef<void(Transaction&)> work) override;
  Result<Unit, Error> run_write(const Context& context,
                                FunctionRef<Verdict(Transaction&)> work) override;

  Result<Unit, Error> run_write_by_row(const Context& context,
                                       FunctionRef<Verdict(Transaction&)> work) override;
  Result<std::optional<Instant>, Error> server_time(const Context& context) override;
  [[nodiscard]] bool waits_for_network() const override { return true; }

  [[nodiscard]] PostgresPoolState pool_state() const;

  struct Parts;
  explicit PostgresDatabase(std::unique_ptr<Parts> parts);  // for open()

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::storage
