#include "server/storage/postgres/connection.h"

#include <endian.h>
#include <poll.h>

#include <charconv>
#include <optional>
#include <utility>

#include "server/core/ensure.h"
#include "server/storage/postgres/row.h"
#include "server/storage/postgres/wait.h"

namespace gatehouse::storage {
namespace {

constexpr const char* begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr const char* begin_write = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE";
constexpr const char* begin_write_by_row = "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE";
constexpr const char* commit_text = "COMMIT";
constexpr const char* roll_back_text = "ROLLBACK";
constexpr std::string_view commit_doing = "commit";

constexpr int binary = 1;

// Parameters as libpq wants them; the bytes of texts and blobs stay the caller's.
class BoundParams {
 public:
  explicit BoundParams(Params params) {
    const std::size_t count = params.size();
    types_.resize(count);
    values_.resize(count);
    lengths_.resize(count);
    integers_.resize(count);
    formats_.assign(count, binary);
    for (std::size_t i = 0; i < count; ++i) bind(i, params.begin()[i].value());
  }

  [[nodiscard]] int count() const { return static_cast<int>(values_.size()); }
  [[nodiscard]] const Oid* types() const { return types_.data(); }
  [[nodiscard]] const char* const* values() const { return values_.data(); }
  [[nodiscard]] const int* lengths() const { return lengths_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }
  // A letter for each type.
  [[nodiscard]] std::string signature() const {
    std::string letters;
    for (const Oid type : types_) {
      letters += type == oid::int8 ? 'i' : type == oid::text ? 't' : type == oid::bytea ? 'b' : '?';
    }
    return letters;
  }

 private:
  void bind(std::size_t i, const Param::Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      integers_[i] = htobe64(static_cast<std::uint64_t>(*integer));
      set(i, oid::int8, {reinterpret_cast<const char*>(&integers_[i]), sizeof integers_[i]});
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      set(i, oid::text, *text);
    } else if (const auto* blob = std::get_if<Blob>(&value)) {
      set(i, oid::bytea, blob->bytes);
    } else {
      switch (std::get<NullOf>(value)) {
        case NullOf::unknown: types_[i] = oid::unknown_param; break;
        case NullOf::integer: types_[i] = oid::int8; break;
        case NullOf::text: types_[i] = oid::text; break;
        case NullOf::blob: types_[i] = oid::bytea; break;
      }
    }
  }
  void set(std::size_t i, Oid type, std::string_view bytes) {
    types_[i] = type;
    // A null pointer would be NULL, and an empty text is not.
    values_[i] = bytes.data() == nullptr ? "" : bytes.data();
    lengths_[i] = static_cast<int>(bytes.size());
  }

  std::vector<Oid> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<std::uint64_t> integers_;
};

// What INSERT, UPDATE and DELETE changed; other commands change no rows.
std::int64_t rows_changed(PGresult* result) {
  const std::string_view command = PQcmdStatus(result);
  if (command.starts_with("SELECT")) return 0;
  const std::string_view count = PQcmdTuples(result);
  std::int64_t changed = 0;
  (void)std::from_chars(count.data(), count.data() + count.size(), changed);
  return changed;
}

bool is_failure(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY;
}

}  // namespace

void PostgresConnection::begin(TransactionMode mode) {
  ENSURE(!in_transaction_ && begin_due_ == nullptr);
  mode_ = mode;
  begin_due_ = mode == TransactionMode::read    ? begin_read
               : mode == TransactionMode::write ? begin_write
                                                : begin_write_by_row;
}

Result<std::int64_t, Failure> PostgresConnection::run(const Sql& sql, Params params,
                                                      Deadline deadline, Each each) {
  if (is_broken_) return lost(sql.name());
  if (!send_begin() || !send_statement(sql, params) || !send_sync()) return lost(sql.name());
  const PostgresResult result = TRY(collect(sql.name(), deadline));
  PostgresRow row(result.get());
  for (int i = 0; i < PQntuples(result.get()); ++i) {
    row.go_to(i);
    each(row);
  }
  return rows_changed(result.get());
}

Result<Unit, Failure> PostgresConnection::send(const Sql& sql, Params params) {
  if (is_broken_ || !send_begin() || !send_statement(sql, params)) return lost(sql.name());
  return Unit{};
}

Result<Unit, Failure> PostgresConnection::commit(Deadline deadline) {
  begin_due_ = nullptr;
  if (!in_transaction_) return Unit{};
  if (is_broken_ || !send_control(commit_text, commit_doing) || !send_sync()) {
    return lost(commit_doing);
  }
  TRY(collect(commit_doing, deadline));
  in_transaction_ = false;
  return Unit{};
}

void PostgresConnection::end() {
  begin_due_ = nullptr;
  if (!in_transaction_) return;
  in_transaction_ = false;
  if (is_broken_) return;
  if (!send_control(roll_back_text, "roll back") || !send_sync() || PQflush(handle()) < 0)
    is_broken_ = true;
}

Result<Unit, Failure> PostgresConnection::check(Deadline deadline) {
  if (is_broken_ || !send_sync()) return lost("check");
  TRY(collect("check", deadline));
  return Unit{};
}

Result<Unit, Failure> PostgresConnection::run_script(const std::string& script, Deadline deadline) {
  ENSURE(in_transaction_);
  return run_plain(script, "script", deadline);
}

Result<Unit, Failure> PostgresConnection::run_plain(const std::string& script,
                                                    std::string_view doing, Deadline deadline) {
  ENSURE(owed_.empty());
  // The simple protocol, which alone takes several statements, knows no pipeline.
  if (PQexitPipelineMode(handle()) != 1) return lost(doing);
  auto outcome = send_and_collect_plain(script, doing, deadline);
  if (!is_broken_ && PQenterPipelineMode(handle()) != 1) return lost(doing);
  return outcome;
}

bool PostgresConnection::send_control(const char* text, std::string_view doing) {
  owed_.push_back({Step::Kind::control, doing, nullptr});
  return PQsendQueryParams(handle(), text, 0, nullptr, nullptr, nullptr, nullptr, binary) == 1;
}

bool PostgresConnection::send_begin() {
  if (begin_due_ == nullptr) return true;
  in_transaction_ = true;
  return send_control(std::exchange(begin_due_, nullptr), "begin");
}

bool PostgresConnection::send_statement(const Sql& sql, Params params) {
  const BoundParams bound(params);
  auto [found, is_new] = statements_.try_emplace({sql.text(), bound.signature()});
  if (is_new) {
    found->second = "s" + std::to_string(++statements_made_);
    owed_.push_back({Step::Kind::prepare, sql.name(), &found->first});
    if (PQsendPrepare(handle(), found->second.c_str(), sql.text(), bound.count(), bound.types()) !=
        1) {
      return false;
    }
  }
  owed_.push_back({Step::Kind::statement, sql.name(), nullptr});
  return PQsendQueryPrepared(handle(), found->second.c_str(), bound.count(), bound.values(),
                             bound.lengths(), bound.formats(), binary) == 1;
}

bool PostgresConnection::send_sync() {
  owed_.push_back({Step::Kind::sync, "sync", nullptr});
  return PQpipelineSync(handle()) == 1;
}

Result<PostgresResult, Failure> PostgresConnection::collect(std::string_view doing,
                                                            Deadline deadline) {
  TRY(flush(doing, deadline));
  PostgresResult last;
  std::optional<Failure> first;
  while (!owed_.empty()) {
    const Step step = owed_.front();
    auto outcome = collect_step(step, deadline);
    if (is_broken_) return first.has_value() ? *first : std::move(outcome).error();
    owed_.pop_front();
    if (!outcome.ok()) {
      if (step.prepared != nullptr) statements_.erase(statements_.find(*step.prepared));
      if (!first.has_value()) first = std::move(outcome).error();
    } else if (step.kind != Step::Kind::sync) {
      last = std::move(outcome).value();
    }
  }
  last_used_ = std::chrono::steady_clock::now();
  if (!first.has_value()) return last;
  if (first->fate == Fate::connection_lost) is_broken_ = true;
  return *first;
}

Result<PostgresResult, Failure> PostgresConnection::collect_step(const Step& step,
                                                                 Deadline deadline) {
  const std::string_view doing = step.doing;
  TRY(wait_for_answer(doing, deadline));
  PostgresResult result(PQgetResult(handle()));
  if (result == nullptr || PQstatus(handle()) == CONNECTION_BAD) {
    is_broken_ = true;
    // The last words of a server that ends a session say more than the silence after them.
    if (result != nullptr && is_failure(result.get()))
      return failure_of(result.get(), mode_, doing);
    return lost(doing);
  }
  if (step.kind == Step::Kind::sync) {
    if (PQresultStatus(result.get()) != PGRES_PIPELINE_SYNC) return lost(doing);
    return result;
  }
  TRY(wait_for_answer(doing, deadline));
  const PostgresResult nothing(PQgetResult(handle()));
  if (nothing != nullptr) return lost(doing);
  if (is_failure(result.get())) return failure_of(result.get(), mode_, doing);
  // A COMMIT of a transaction that had failed says ROLLBACK.
  if (doing == commit_doing && std::string_view(PQcmdStatus(result.get())) == roll_back_text) {
    return Failure{Error(ErrorCode::internal, "commit: the transaction had failed")};
  }
  return result;
}

Result<Unit, Failure> PostgresConnection::wait_for_answer(std::string_view doing,
                                                          Deadline deadline) {
  while (PQisBusy(handle()) == 1) {
    TRY(wait_for_socket(POLLIN, doing, deadline));
    if (PQconsumeInput(handle()) != 1) return lost(doing);
  }
  return Unit{};
}

Result<Unit, Failure> PostgresConnection::flush(std::string_view doing, Deadline deadline) {
  for (;;) {
    const int left = PQflush(handle());
    if (left == 0) return Unit{};
    if (left < 0) return lost(doing);
    TRY(wait_for_socket(POLLIN | POLLOUT, doing, deadline));
    if (PQconsumeInput(handle()) != 1) return lost(doing);
  }
}

Result<Unit, Failure> PostgresConnection::wait_for_socket(short events, std::string_view doing,
                                                          Deadline deadline) {
  if (wait_for(PQsocket(handle()), events, deadline) == Waited::ready) return Unit{};
  is_broken_ = true;  // its answer would come at some later time
  return Failure{Error(ErrorCode::deadline_exceeded, std::string(doing) + ": no answer in time"),
                 Fate::connection_lost};
}

Failure PostgresConnection::lost(std::string_view doing) {
  is_broken_ = true;
  return connection_failure(handle(), doing);
}

Result<Unit, Failure> PostgresConnection::send_and_collect_plain(const std::string& script,
                                                                 std::string_view doing,
                                                                 Deadline deadline) {
  if (PQsendQuery(handle(), script.c_str()) != 1) return lost(doing);
  TRY(flush(doing, deadline));
  std::optional<Failure> first;
  for (;;) {
    TRY(wait_for_answer(doing, deadline));
    const PostgresResult result(PQgetResult(handle()));
    if (PQstatus(handle()) == CONNECTION_BAD) return lost(doing);
    if (result == nullptr) break;
    if (is_failure(result.get()) && !first.has_value())
      first = failure_of(result.get(), mode_, doing);
  }
  if (first.has_value()) return *first;
  return Unit{};
}

}  // namespace gatehouse::storage
