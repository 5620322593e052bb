// Seals. The hash of a seal is taken step by step, so that no stretch of the log is ever held in
// memory as a whole:
//
//   h0 = SHA-256( label, environment, number of the seal, hash of the seal before it )
//   hi = SHA-256( h(i-1), every field of record i )
//   hash = SHA-256( hn, n, time of sealing )
//
// Integers are 8 bytes, most significant first; texts are preceded by their length and optional
// values by a byte that says whether they are there, so no two records are serialised alike.

#include "server/audit/audit_store.h"
#include "server/audit/query.h"
#include "server/crypto/hash.h"

namespace gatehouse::audit {
namespace {

constexpr std::string_view chain_label = "gatehouse audit seal 1";
constexpr std::int64_t seals_per_page = 200;

class Serialisation {
 public:
  Serialisation& integer(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes_.push_back(static_cast<char>((bits >> shift) & 0xff));
    }
    return *this;
  }
  Serialisation& text(std::string_view value) {
    integer(static_cast<std::int64_t>(value.size()));
    bytes_.append(value);
    return *this;
  }
  Serialisation& presence(const auto& optional) {
    bytes_.push_back(optional.has_value() ? '\1' : '\0');
    return *this;
  }
  [[nodiscard]] std::string digest() const { return crypto::sha256(bytes_); }

 private:
  std::string bytes_;
};

std::string digest_with(std::string_view running, const StoredRecord& row) {
  Serialisation all;
  all.text(running).integer(row.id.number()).integer(to_ms(row.at));
  all.text(row.event).text(row.outcome).text(row.actor_type).text(row.actor_id);
  all.text(row.subject_type).text(row.subject_id);
  all.presence(row.organization);
  if (row.organization.has_value()) all.integer(row.organization->number());
  all.presence(row.client_id);
  if (row.client_id.has_value()) all.text(*row.client_id);
  all.integer(row.request.number()).text(row.client_address).text(row.user_agent).text(row.detail);
  return all.digest();
}

// The place in the chain where a seal is to be, or should be.
struct Link {
  std::int64_t number;
  std::int64_t after_id;      // the last record of the seal before it; 0 for the first
  std::string previous_hash;  // empty for the first
  Instant sealed_at;
};

Link link_after(const std::optional<Seal>& previous, Instant sealed_at) {
  if (!previous.has_value()) {
    return {.number = 1, .after_id = 0, .previous_hash = {}, .sealed_at = sealed_at};
  }
  return {.number = previous->number + 1,
          .after_id = previous->last_id,
          .previous_hash = previous->hash,
          .sealed_at = sealed_at};
}

// The seal over the records of (link.after_id, through]; nullopt if there is none.
Result<std::optional<Seal>, Error> compute(storage::Transaction& transaction,
                                           EnvironmentId environment, const Link& link,
                                           std::int64_t through, std::int64_t records_max) {
  Seal seal{.number = link.number,
            .first_id = 0,
            .last_id = 0,
            .record_count = 0,
            .sealed_at = link.sealed_at,
            .hash = {}};
  std::string running = Serialisation()
                            .text(chain_label)
                            .integer(environment.number())
                            .integer(link.number)
                            .text(link.previous_hash)
                            .digest();
  const IdRange range{.after = link.after_id, .through = through, .records_max = records_max};
  TRY(visit_records(transaction, environment, range, [&](const StoredRecord& row) {
    running = digest_with(running, row);
    if (seal.record_count == 0) seal.first_id = row.id.number();
    seal.last_id = row.id.number();
    ++seal.record_count;
  }));
  if (seal.record_count == 0) return std::optional<Seal>();
  seal.hash = Serialisation()
                  .text(running)
                  .integer(seal.record_count)
                  .integer(to_ms(seal.sealed_at))
                  .digest();
  return std::optional(std::move(seal));
}

std::string span_text(EnvironmentId environment, const Seal& seal) {
  return "audit seal " + std::to_string(seal.number) + " of " + environment.text() + " (" +
         std::to_string(seal.record_count) + " records, sealed " + to_rfc3339(seal.sealed_at) + ")";
}

// Says what is wrong with `seal`, which follows `previous`; nullopt if it holds.
Result<std::optional<std::string>, Error> problem_of(storage::Transaction& transaction,
                                                     EnvironmentId environment,
                                                     const std::optional<Seal>& previous,
                                                     const Seal& seal) {
  using Problem = std::optional<std::string>;
  const Link link = link_after(previous, seal.sealed_at);
  const std::string name = span_text(environment, seal);
  if (seal.number != link.number) {
    return Problem(name + ": the seals before it are missing, from number " +
                   std::to_string(link.number));
  }
  const std::optional<Seal> now = TRY(compute(transaction, environment, link, seal.last_id,
                                              std::numeric_limits<std::int64_t>::max()));
  if (!now.has_value()) return Problem(name + ": all of its records are gone");
  if (now->record_count != seal.record_count) {
    return Problem(name + ": there are " + std::to_string(now->record_count) + " records now");
  }
  if (now->first_id != seal.first_id || now->last_id != seal.last_id) {
    return Problem(name + ": its records are not those that were sealed");
  }
  if (now->hash != seal.hash) {
    return Problem(name + ": a record, or the seal, was altered");
  }
  return Problem();
}

}  // namespace

Result<std::int64_t, Error> seal(storage::Transaction& transaction, EnvironmentId environment,
                                 Instant now, Duration settle, std::int64_t records_max) {
  const std::optional<Seal> previous = TRY(find_last_seal(transaction, environment));
  const std::int64_t through = least_id_number(now - settle) - 1;
  const std::optional<Seal> next =
      TRY(compute(transaction, environment, link_after(previous, now), through, records_max));
  if (!next.has_value()) return std::int64_t{0};
  const bool first_to_seal = TRY(insert_seal(transaction, environment, *next));
  return first_to_seal ? next->record_count : std::int64_t{0};
}

Result<std::vector<std::string>, Error> verify_seals(storage::Transaction& transaction,
                                                     EnvironmentId environment) {
  std::vector<std::string> findings;
  std::optional<Seal> previous;
  for (;;) {
    const std::int64_t after = previous.has_value() ? previous->number : 0;
    const std::vector<Seal> page = TRY(list_seals(transaction, environment, after, seals_per_page));
    if (page.empty()) return findings;
    for (const Seal& next : page) {
      auto problem = TRY(problem_of(transaction, environment, previous, next));
      if (problem.has_value()) findings.push_back(std::move(*problem));
      previous = next;
    }
  }
}

}  // namespace gatehouse::audit
