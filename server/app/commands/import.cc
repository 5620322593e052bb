// gatehouse admin import …: many things at once, out of a file.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <future>
#include <iostream>
#include <utility>

#include "server/app/commands/import_line.h"
#include "server/app/commands/lookup.h"

namespace gatehouse::app::commands {
namespace {

using members::Import;
using members::ImportedUser;
using members::ImportProblem;
using storage::Transaction;

constexpr std::size_t batch_lines_max = 20'000;
constexpr std::size_t problems_shown_max = 20;
constexpr auto progress_interval = std::chrono::milliseconds(200);

// How far the import is, on one line of the terminal; nothing where nobody looks.
class Progress {
 public:
  explicit Progress(std::uint64_t bytes_total)
      : bytes_total_(bytes_total), is_shown_(::isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (is_drawn_) std::cerr << "\r\x1b[K" << std::flush;
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::uint64_t bytes, std::int64_t lines) {
    const auto now = std::chrono::steady_clock::now();
    if (!is_shown_ || bytes_total_ == 0 || now - last_ < progress_interval) return;
    last_ = now;
    is_drawn_ = true;
    constexpr std::uint64_t width = 30;
    const std::uint64_t done = std::min(bytes, bytes_total_);
    const std::string bar(width * done / bytes_total_, '#');
    std::cerr << "\r[" << bar << std::string(width - bar.size(), ' ') << "] "
              << 100 * done / bytes_total_ << " %  " << lines << " lines" << std::flush;
  }

 private:
  std::uint64_t bytes_total_;
  bool is_shown_;
  bool is_drawn_ = false;
  std::chrono::steady_clock::time_point last_;
};

// What became of the whole file.
struct Tally {
  members::ImportCounts counts;
  std::int64_t refused = 0;
  std::vector<ImportProblem> first_problems;

  void add(ImportProblem problem) {
    ++refused;
    if (first_problems.size() < problems_shown_max) first_problems.push_back(std::move(problem));
  }
};

// Imports one batch while the next is read and parsed.
class BatchWriter {
 public:
  BatchWriter(Act& act, Import& import, Tally& tally) : act_(act), import_(import), tally_(tally) {}

  // Waits for the batch before. Errors: those of that batch, and nothing of this one is done.
  Result<Unit, Error> begin(std::vector<ImportedUser> batch) {
    TRY(finish());
    batch_ = std::move(batch);
    under_way_ = std::async(std::launch::async, [this] {
      return act_.write([this](Transaction& transaction) {
        return import_.run(transaction, act_.context, act_.random, batch_);
      });
    });
    return Unit{};
  }
  Result<Unit, Error> finish() {
    if (!under_way_.valid()) return Unit{};
    auto outcome = TRY(under_way_.get());
    tally_.counts.created += outcome.counts.created;
    tally_.counts.existing += outcome.counts.existing;
    tally_.counts.memberships += outcome.counts.memberships;
    for (ImportProblem& problem : outcome.problems) tally_.add(std::move(problem));
    return Unit{};
  }

 private:
  Act& act_;
  Import& import_;
  Tally& tally_;
  std::vector<ImportedUser> batch_;
  std::future<Result<Import::Outcome, Error>> under_way_;  // ends before what it uses
};

std::uint64_t size_of(std::ifstream& file) {
  file.seekg(0, std::ios::end);
  const auto end = file.tellg();
  file.clear();
  file.seekg(0);
  return end > 0 ? static_cast<std::uint64_t>(end) : 0;
}

Result<Tally, Error> import_file(Act& act, const std::string& path,
                                 std::optional<OrgId> organization) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error(ErrorCode::not_found, "cannot read " + path);
  Progress progress(size_of(file));
  Import import(act.environment().id, organization);
  Tally tally;
  BatchWriter writer(act, import, tally);
  std::vector<ImportedUser> batch;
  std::string line;
  std::uint64_t bytes = 0;
  for (std::int64_t number = 1; std::getline(file, line); ++number) {
    bytes += line.size() + 1;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    auto user = parse_imported_user(line, number);
    if (user.ok()) {
      batch.push_back(std::move(user).value());
    } else {
      tally.add({.line = number, .reason = user.error().detail});
    }
    if (batch.size() == batch_lines_max) TRY(writer.begin(std::exchange(batch, {})));
    progress.show(bytes, number);
  }
  if (file.bad()) return Error(ErrorCode::unavailable, "cannot read all of " + path);
  TRY(writer.begin(std::move(batch)));
  TRY(writer.finish());
  return tally;
}

// The first problems, in the order of the file: those of a batch are known after those of parsing
// it.
std::vector<ImportProblem> in_order(std::vector<ImportProblem> problems) {
  std::ranges::sort(problems, {}, &ImportProblem::line);
  return problems;
}

Answer answer_of(const Tally& tally) {
  const members::ImportCounts& counts = tally.counts;
  std::string sentence = "Users created: " + std::to_string(counts.created) +
                         ", there already: " + std::to_string(counts.existing) +
                         ", memberships made: " + std::to_string(counts.memberships) + ".";
  Json::Array problems;
  for (const ImportProblem& problem : in_order(tally.first_problems)) {
    problems.push_back(
        Json(Json::Object{{"line", Json(problem.line)}, {"reason", text_json(problem.reason)}}));
    sentence += "\nline " + std::to_string(problem.line) + ": " + printable(problem.reason);
  }
  if (tally.refused > 0) {
    sentence += "\nLines refused: " + std::to_string(tally.refused) +
                ". Correct them and import the file again: what is there already stays.";
  }
  return {.document = Json(Json::Object{{"created", Json(counts.created)},
                                        {"existing", Json(counts.existing)},
                                        {"memberships", Json(counts.memberships)},
                                        {"refused", Json(tally.refused)},
                                        {"problems", Json(std::move(problems))}}),
          .sentence = std::move(sentence),
          .exit_status = tally.refused > 0 ? 1 : 0};
}

Result<Answer, Error> import_users(Act& act, const Values& values) {
  std::optional<OrgId> organization;
  if (values.has("--organization")) {
    organization = TRY(act.read([&](Transaction& transaction) {
                     return find_organization(transaction, act.environment().id,
                                              values.text("--organization"));
                   })).id;
  }
  const Tally tally = TRY(import_file(act, values.text("--jsonl"), organization));
  return answer_of(tally);
}

}  // namespace

std::vector<Verb> import_verbs() {
  return {{"import",
           "users",
           "Import users from a file with one JSON object a line",
           {required_option("--jsonl",
                            "The file. Members of a line: email, and as far as known given_name, "
                            "family_name, name, external_id, email_verified, locale, picture, "
                            "phone_number, metadata, organization or organization_external_id, "
                            "roles"),
            option("--organization", "Where users belong whose line names no organization")},
           import_users,
           {},
           {},
           Verb::Scope::environment,
           Load::bulk}};
}

}  // namespace gatehouse::app::commands
