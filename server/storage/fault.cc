#include "server/storage/fault.h"

#include <string>

namespace gatehouse::storage {

class FaultDatabase::FaultTransaction final : public Transaction {
 public:
  FaultTransaction(FaultDatabase& database, Transaction& inner)
      : database_(database), inner_(inner) {}

  Result<std::int64_t, Error> execute(const Sql& sql, Params params) override {
    TRY(pass(sql));
    return inner_.execute(sql, params);
  }

  Result<Unit, Error> query(const Sql& sql, Params params,
                            FunctionRef<void(const Row&)> each) override {
    TRY(pass(sql));
    return inner_.query(sql, params, each);
  }

  Result<Unit, Error> send(const Sql& sql, Params params) override {
    TRY(pass(sql));
    return inner_.send(sql, params);
  }

  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  // As on a real database, nothing works in a transaction after its first error.
  Result<Unit, Error> pass(const Sql& sql) {
    if (!failure_ && database_.next_statement_fails()) {
      failure_ = Error(ErrorCode::unavailable, "fault: " + std::string(sql.name()));
    }
    if (failure_) return *failure_;
    return Unit{};
  }

  FaultDatabase& database_;
  Transaction& inner_;
  std::optional<Error> failure_;
};

void FaultDatabase::arm(const Fault& fault) {
  const std::lock_guard lock(mutex_);
  fault_ = fault;
  fired_ = false;
  statements_ = 0;
  commits_ = 0;
}

void FaultDatabase::disarm() {
  const std::lock_guard lock(mutex_);
  fault_.reset();
}

bool FaultDatabase::fired() const {
  const std::lock_guard lock(mutex_);
  return fired_;
}

std::int64_t FaultDatabase::statements() const {
  const std::lock_guard lock(mutex_);
  return statements_;
}

std::int64_t FaultDatabase::commits() const {
  const std::lock_guard lock(mutex_);
  return commits_;
}

Result<Unit, Error> FaultDatabase::run_read(const Context& context,
                                            FunctionRef<void(Transaction&)> work) {
  std::optional<Error> failure;
  TRY(inner_.run_read(context, [&](Transaction& inner) {
    FaultTransaction transaction(*this, inner);
    work(transaction);
    failure = transaction.failure();
  }));
  if (failure) return *failure;
  return Unit{};
}

Result<Unit, Error> FaultDatabase::run_write(const Context& context,
                                             FunctionRef<Verdict(Transaction&)> work) {
  return run(&Database::run_write, context, work);
}

Result<Unit, Error> FaultDatabase::run_write_by_row(const Context& context,
                                                    FunctionRef<Verdict(Transaction&)> work) {
  return run(&Database::run_write_by_row, context, work);
}

Result<Unit, Error> FaultDatabase::run(RunWrite run_inner, const Context& context,
                                       FunctionRef<Verdict(Transaction&)> work) {
  std::optional<Error> failure;
  CommitFate fate;
  TRY((inner_.*run_inner)(context, [&](Transaction& inner) {
    failure.reset();
    fate = {};
    FaultTransaction transaction(*this, inner);
    if (work(transaction) == Verdict::roll_back) return Verdict::roll_back;
    failure = transaction.failure();
    if (!failure) fate = next_commit();
    if (fate.fails) failure = Error(ErrorCode::unavailable, "fault: commit");
    return failure ? Verdict::roll_back : Verdict::commit;
  }));
  if (failure) return *failure;
  if (fate.loses_answer) return Error(ErrorCode::unavailable, "fault: the answer was lost");
  return Unit{};
}

bool FaultDatabase::next_statement_fails() {
  const std::lock_guard lock(mutex_);
  return strikes(FaultPoint::statement, ++statements_);
}

FaultDatabase::CommitFate FaultDatabase::next_commit() {
  const std::lock_guard lock(mutex_);
  ++commits_;
  return {strikes(FaultPoint::commit, commits_), strikes(FaultPoint::acknowledgement, commits_)};
}

bool FaultDatabase::strikes(FaultPoint point, std::int64_t count) {
  if (!fault_ || fault_->point != point) return false;
  const bool hit =
      fault_->span == FaultSpan::once ? count == fault_->number : count >= fault_->number;
  fired_ = fired_ || hit;
  return hit;
}

}  // namespace gatehouse::storage
