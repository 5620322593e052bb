// FaultDatabase: a database on which things go wrong, on request. Tests run an act again and again,
// with its 1st, 2nd, … statement or commit failing, until nothing is left to fail:
//
//   for (std::int64_t n = 1;; ++n) {
//     database.arm({.point = FaultPoint::statement, .number = n});
//     auto outcome = act(database);
//     if (!database.fired()) break;   // the act has fewer than n statements
//     … the act failed as a whole, and what is stored still makes sense …
//   }

#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "server/storage/database.h"

namespace gatehouse::storage {

enum class FaultPoint {
  statement,        // instead of a statement, in reads and writes alike
  commit,           // instead of a commit: nothing is kept
  acknowledgement,  // after a commit: everything is kept, but the caller hears of a failure
};

enum class FaultSpan { once, from_then_on };

struct Fault {
  FaultPoint point = FaultPoint::statement;
  std::int64_t number = 1;  // the first one is 1, counted from arm()
  FaultSpan span = FaultSpan::once;
};

// Every failure is Error unavailable. Safe from any thread, as far as `inner` is.
class FaultDatabase final : public Database {
 public:
  explicit FaultDatabase(Database& inner) : inner_(inner) {}

  void arm(const Fault& fault);  // counts from one again
  void disarm();
  [[nodiscard]] bool fired() const;               // since arm()
  [[nodiscard]] std::int64_t statements() const;  // seen since arm(), or ever
  [[nodiscard]] std::int64_t commits() const;

  Result<Unit, Error> run_read(const Context& context,
                               FunctionRef<void(Transaction&)> work) override;
  Result<Unit, Error> run_write(const Context& context,
                                FunctionRef<Verdict(Transaction&)> work) override;
  Result<Unit, Error> run_write_by_row(const Context& context,
                                       FunctionRef<Verdict(Transaction&)> work) override;
  [[nodiscard]] bool failed() const override { return inner_.failed(); }

 private:
  Result<Unit, Error> run(RunWrite run_inner, const Context& context,
                          FunctionRef<Verdict(Transaction&)> work);
  class FaultTransaction;
  struct CommitFate {
    bool fails = false;
    bool loses_answer = false;
  };
  [[nodiscard]] bool next_statement_fails();
  [[nodiscard]] CommitFate next_commit();
  [[nodiscard]] bool strikes(FaultPoint point, std::int64_t count);  // mutex_ is held

  Database& inner_;
  mutable std::mutex mutex_;
  std::optional<Fault> fault_;  // all guarded by mutex_
  bool fired_ = false;
  std::int64_t statements_ = 0;
  std::int64_t commits_ = 0;
};

}  // namespace gatehouse::storage
