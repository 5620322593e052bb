#include "tests/world/recording_database.h"

namespace gatehouse::world {

using storage::Params;
using storage::Row;
using storage::Sql;
using storage::Transaction;

class RecordingDatabase::RecordingTransaction final : public Transaction {
 public:
  RecordingTransaction(RecordingDatabase& database, Transaction& inner)
      : database_(database), inner_(inner) {}

  Result<std::int64_t, Error> execute(const Sql& sql, Params params) override {
    database_.note(sql.name());
    return inner_.execute(sql, params);
  }
  Result<Unit, Error> query(const Sql& sql, Params params,
                            FunctionRef<void(const Row&)> each) override {
    database_.note(sql.name());
    return inner_.query(sql, params, each);
  }
  Result<Unit, Error> send(const Sql& sql, Params params) override {
    database_.note(sql.name());
    return inner_.send(sql, params);
  }

 private:
  RecordingDatabase& database_;
  Transaction& inner_;
};

Result<Unit, Error> RecordingDatabase::run_read(const Context& context,
                                                FunctionRef<void(Transaction&)> work) {
  return inner_->run_read(context, [&](Transaction& inner) {
    RecordingTransaction transaction(*this, inner);
    work(transaction);
  });
}

Result<Unit, Error> RecordingDatabase::run_write(const Context& context,
                                                 FunctionRef<storage::Verdict(Transaction&)> work) {
  return inner_->run_write(context, [&](Transaction& inner) {
    RecordingTransaction transaction(*this, inner);
    return work(transaction);
  });
}

Result<Unit, Error> RecordingDatabase::run_write_by_row(
    const Context& context, FunctionRef<storage::Verdict(Transaction&)> work) {
  return inner_->run_write_by_row(context, [&](Transaction& inner) {
    RecordingTransaction transaction(*this, inner);
    return work(transaction);
  });
}

void RecordingDatabase::note(std::string_view name) {
  const std::lock_guard lock(mutex_);
  statements_.emplace_back(name);
}

std::vector<std::string> RecordingDatabase::take_statements() {
  const std::lock_guard lock(mutex_);
  return std::exchange(statements_, {});
}

}  // namespace gatehouse::world
