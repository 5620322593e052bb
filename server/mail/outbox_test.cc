// The outbox on a real database, and the sender that empties it.

#include "server/mail/outbox.h"

#include <doctest/doctest.h>

#include <functional>

#include "server/mail/letter_content.h"
#include "server/mail/mailbox.h"
#include "server/mail/sender.h"
#include "tests/world/test_database.h"

namespace gatehouse::mail {
namespace {

using Kind = net::SmtpFailure::Kind;
using storage::Sql;
using storage::Transaction;

constexpr Instant noon = instant_from_ms(1'800'000'000'000);
const EnvironmentId environment(7);

constexpr Sql add_environment{
    "test.add_environment",
    "INSERT INTO environments (id, name, kind, base_url, settings, created_at_ms, updated_at_ms)"
    " VALUES ($1, 'Test', 'development', 'http://localhost', '{}', 1, 1)"};
constexpr Sql stored_content{"test.stored_content",
                             "SELECT sealed_content, state, last_error, attempts FROM mail_outbox"
                             " WHERE id = $1"};

class SteppedClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return now_; }
  void advance(Duration by) { now_ += by; }

 private:
  Instant now_ = noon;
};

class CountingRandom final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override {
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(++state_ * 37);
  }

 private:
  unsigned state_ = 0;
};

class SilentLog final : public Log {
 public:
  void write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
};

// Not a cipher, but it hides the bytes and opens them in their own place only.
class MaskingSealer final : public Sealer {
 public:
  std::string seal(const Secret& plaintext, std::string_view place) override {
    return std::string(place) + "|" + masked(plaintext.reveal());
  }
  Result<Secret, Error> open(std::string_view sealed, std::string_view place) override {
    const std::string head = std::string(place) + "|";
    if (!sealed.starts_with(head)) return Error{ErrorCode::internal, "sealed elsewhere"};
    return Secret(masked(sealed.substr(head.size())));
  }

 private:
  static std::string masked(std::string_view bytes) {
    std::string out(bytes);
    for (char& c : out) c = static_cast<char>(c ^ 0x5a);
    return out;
  }
};

// Asks a function of the test what becomes of each letter.
class ScriptedTransport final : public MailTransport {
 public:
  using Script = std::function<Result<Unit, net::SmtpFailure>(const Letter&)>;
  explicit ScriptedTransport(Script script) : script_(std::move(script)) {}
  Result<Unit, net::SmtpFailure> deliver(MailId, const Letter& letter, Instant) override {
    ++deliveries;
    return script_(letter);
  }
  int deliveries = 0;

 private:
  Script script_;
};

Letter letter_to(std::string_view address) {
  return {.to = *net::MailAddress::parse(address),
          .from_name = *net::HeaderText::parse("Acme"),
          .subject = *net::HeaderText::parse("482913 is your code"),
          .text = "Code: 482913",
          .html = "<p>482913</p>",
          .purpose = "sign_in",
          .code = "482913",
          .link = "https://auth.test/x",
          .useful_until = noon + hours(24)};
}

struct Stored {
  bool has_content;
  std::string content;
  std::string state;
  std::string error;
  std::int64_t attempts;
};

struct Post {
  SteppedClock clock;
  CountingRandom random;
  SilentLog log;
  MaskingSealer sealer;
  world::TestDatabase test_database;
  storage::Database* const database = &test_database.database();
  Outbox outbox{{.sealer = sealer, .random = random}};
  Mailbox mailbox;

  Post() {
    const auto added = storage::write(*database, context(), [](Transaction& transaction) {
      return transaction.execute(add_environment, {environment});
    });
    REQUIRE(added.ok());
  }

  [[nodiscard]] Context context() const {
    return {.request = RequestId(1),
            .now = clock.now(),
            .deadline = Deadline::max(),
            .environment = environment,
            .actor = {},
            .client_address = {},
            .user_agent = {}};
  }

  MailId put(const Letter& letter) {
    return storage::write(*database, context(),
                          [&](Transaction& transaction) {
                            return outbox.enqueue(transaction, environment, letter, clock.now());
                          })
        .value();
  }

  Sender sender(MailTransport& transport) {
    return Sender({.database = *database,
                   .outbox = outbox,
                   .transport = transport,
                   .clock = clock,
                   .random = random,
                   .log = log});
  }

  Stored stored(MailId id) {
    return storage::read(
               *database, context(),
               [&](Transaction& transaction) {
                 return transaction.find(stored_content, {id}, [](const storage::Row& row) {
                   return Stored{.has_content = !row.is_null(0),
                                 .content = row.is_null(0) ? "" : std::string(row.blob(0)),
                                 .state = row.string(1),
                                 .error = row.optional_string(2).value_or(""),
                                 .attempts = row.integer(3)};
                 });
               })
        .value()
        .value();
  }

  std::vector<OutboxRow> claim(std::int64_t rows_max) {
    const ClaimOrder order{
        .now = clock.now(), .claimed_until = clock.now() + minutes(2), .rows_max = rows_max};
    return storage::write(*database, context(),
                          [&](Transaction& transaction) { return claim_due(transaction, order); })
        .value();
  }
};

TEST_CASE("a letter goes out as it was put in, once") {
  Post post;
  const MailId id = post.put(letter_to("ada@acme.test"));
  Sender sender = post.sender(post.mailbox);
  CHECK(sender.send_due().value().sent == 1);
  CHECK(sender.send_due().value().sent == 0);
  const auto letters = post.mailbox.letters("ADA@acme.test");
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].id == id);
  CHECK(letters[0].to == "ada@acme.test");
  CHECK(letters[0].subject == "482913 is your code");
  CHECK(letters[0].text == "Code: 482913");
  CHECK(letters[0].html == "<p>482913</p>");
  CHECK(letters[0].code == "482913");
  CHECK(letters[0].link == "https://auth.test/x");
  CHECK(letters[0].at == noon);
}

TEST_CASE("a letter of a transaction that did not commit is never sent") {
  Post post;
  const auto refused =
      storage::write(*post.database, post.context(), [&](Transaction& transaction) {
        const auto put =
            post.outbox.enqueue(transaction, environment, letter_to("ada@acme.test"), noon);
        REQUIRE(put.ok());
        return Result<Unit, Error>(Error{ErrorCode::failed_precondition, "changed our mind"});
      });
  CHECK_FALSE(refused.ok());
  CHECK(post.sender(post.mailbox).send_due().value().sent == 0);
  CHECK(post.mailbox.letters("").empty());
}

TEST_CASE("a code is not readable while the letter waits, and is gone when it was sent") {
  Post post;
  const MailId id = post.put(letter_to("ada@acme.test"));
  CHECK(post.stored(id).has_content);
  CHECK(post.stored(id).content.find("482913") == std::string::npos);
  CHECK(post.sender(post.mailbox).send_due().ok());
  CHECK_FALSE(post.stored(id).has_content);
  CHECK(post.stored(id).state == "sent");
}

TEST_CASE("content that was moved to another letter cannot be opened, and that letter ends") {
  Post post;
  const MailId id = post.put(letter_to("ada@acme.test"));
  OutboxRow row = post.claim(1).at(0);
  CHECK(post.outbox.open(row).ok());
  row.id = MailId(id.number() + 1);
  CHECK_FALSE(post.outbox.open(row).ok());
  row.id = id;
  row.environment = EnvironmentId(8);
  CHECK_FALSE(post.outbox.open(row).ok());
}

TEST_CASE("a refusal for now is tried again, later each time, and given up in the end") {
  Post post;
  const MailId id = post.put(letter_to("ada@acme.test"));
  ScriptedTransport transport([](const Letter&) {
    return net::SmtpFailure{.kind = Kind::temporary, .detail = "451 later"};
  });
  Sender sender = post.sender(transport);
  CHECK(sender.send_due().value().retried == 1);
  CHECK(sender.send_due().value().retried == 0);  // not due yet
  CHECK(transport.deliveries == 1);
  CHECK(post.stored(id).error == "451 later");
  int failed = 0;
  for (int i = 0; i < 20; ++i) {
    post.clock.advance(hours(1));
    failed += sender.send_due().value().failed;
  }
  CHECK(failed == 1);
  CHECK(transport.deliveries == send_attempts_max);
  CHECK(post.stored(id).state == "failed");
  CHECK_FALSE(post.stored(id).has_content);
}

TEST_CASE("a letter that failed for now arrives when the server is back") {
  Post post;
  const MailId id = post.put(letter_to("ada@acme.test"));
  bool away = true;
  ScriptedTransport transport([&](const Letter&) -> Result<Unit, net::SmtpFailure> {
    if (away) return net::SmtpFailure{.kind = Kind::temporary, .detail = "away"};
    return Unit{};
  });
  Sender sender = post.sender(transport);
  CHECK(sender.send_due().value().retried == 1);
  away = false;
  post.clock.advance(seconds(5));
  CHECK(sender.send_due().value().sent == 1);
  CHECK(post.stored(id).state == "sent");
  CHECK(post.stored(id).error.empty());
}

TEST_CASE("a refusal for good ends a letter at once and does not hold up the others") {
  Post post;
  const MailId bad = post.put(letter_to("nobody@acme.test"));
  const MailId good = post.put(letter_to("ada@acme.test"));
  ScriptedTransport transport([](const Letter& letter) -> Result<Unit, net::SmtpFailure> {
    if (letter.to.text() == "nobody@acme.test") {
      return net::SmtpFailure{.kind = Kind::permanent, .detail = "550 no such user"};
    }
    return Unit{};
  });
  const auto tally = post.sender(transport).send_due().value();
  CHECK(tally.failed == 1);
  CHECK(tally.sent == 1);
  CHECK(post.stored(bad).state == "failed");
  CHECK(post.stored(good).state == "sent");
}

TEST_CASE("a letter that helps nobody any more is not sent") {
  Post post;
  Letter letter = letter_to("ada@acme.test");
  letter.useful_until = noon + minutes(10);
  const MailId id = post.put(letter);
  post.clock.advance(minutes(11));
  CHECK(post.sender(post.mailbox).send_due().value().failed == 1);
  CHECK(post.mailbox.letters("").empty());
  CHECK(post.stored(id).error == "too late to be of use");
}

TEST_CASE("a claimed letter is nobody else's until the claim runs out") {
  Post post;
  post.put(letter_to("ada@acme.test"));
  const auto first = post.claim(10);
  REQUIRE(first.size() == 1);
  CHECK(post.claim(10).empty());
  post.clock.advance(minutes(2));
  const auto second = post.claim(10);
  REQUIRE(second.size() == 1);
  CHECK(second[0].attempts == 2);

  // The first holder comes back late: its word counts no more.
  const Claim late{.id = first[0].id, .attempts = 1};
  const Claim current{.id = first[0].id, .attempts = 2};
  const auto settled = storage::write(
      *post.database, post.context(), [&](Transaction& transaction) -> Result<bool, Error> {
        const Instant now = post.clock.now();
        CHECK_FALSE(TRY(mark_failed(transaction, late, now, "late")));
        CHECK_FALSE(TRY(mark_sent(transaction, late, now)));
        CHECK_FALSE(TRY(retry_at(transaction, late, now, "late")));
        CHECK(TRY(mark_sent(transaction, current, now)));
        return mark_failed(transaction, current, now, "it was sent already");
      });
  CHECK_FALSE(settled.value());
  CHECK(post.stored(first[0].id).state == "sent");
}

TEST_CASE("a claim takes no more letters than asked for, the oldest first") {
  Post post;
  const MailId first = post.put(letter_to("a@acme.test"));
  post.clock.advance(milliseconds(1));
  post.put(letter_to("b@acme.test"));
  const auto rows = post.claim(1);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].id == first);
}

TEST_CASE("what is over is deleted after a month, what waits never") {
  Post post;
  post.put(letter_to("ada@acme.test"));
  Sender sender = post.sender(post.mailbox);
  CHECK(sender.send_due().ok());
  const MailId waiting = post.put(letter_to("bob@acme.test"));
  post.clock.advance(days(30));
  CHECK(sender.reclaim().value() == 0);
  post.clock.advance(days(1));
  CHECK(sender.reclaim().value() == 1);
  CHECK(post.stored(waiting).state == "waiting");
}

TEST_CASE("counts tell what waits and what failed") {
  Post post;
  post.put(letter_to("ada@acme.test"));
  ScriptedTransport transport(
      [](const Letter&) { return net::SmtpFailure{.kind = Kind::permanent, .detail = "550"}; });
  CHECK(post.sender(transport).send_due().ok());
  post.put(letter_to("bob@acme.test"));
  const auto counts = storage::read(*post.database, post.context(), [](Transaction& transaction) {
    return outbox_counts(transaction);
  });
  CHECK(counts.value().waiting == 1);
  CHECK(counts.value().failed == 1);
}

TEST_CASE("retries wait longer each time, up to a bound, and not all equally long") {
  OsRandom random;
  for (std::int64_t attempt = 1; attempt <= 12; ++attempt) {
    Duration whole = first_retry_delay;
    for (std::int64_t i = 1; i < attempt; ++i)
      whole = std::min<Duration>(whole * 3, retry_delay_max);
    const Duration delay = retry_delay(attempt, random);
    CHECK(delay <= whole);
    CHECK(delay >= whole / 2);
  }
  CHECK(retry_delay(1'000'000, random) <= retry_delay_max);
}

TEST_CASE("a letter that is too long is refused") {
  Post post;
  Letter letter = letter_to("ada@acme.test");
  letter.text.assign(limits::mail_body_bytes_max + 1, 'x');
  const auto put = storage::write(*post.database, post.context(), [&](Transaction& transaction) {
    return post.outbox.enqueue(transaction, environment, letter, noon);
  });
  REQUIRE_FALSE(put.ok());
  CHECK(put.error().code == ErrorCode::invalid_argument);
}

TEST_CASE("the thread sends when it is woken, and stops when it is told") {
  Post post;
  std::mutex mutex;
  std::condition_variable delivered;
  int count = 0;
  ScriptedTransport transport([&](const Letter&) -> Result<Unit, net::SmtpFailure> {
    const std::lock_guard lock(mutex);
    ++count;
    delivered.notify_all();
    return Unit{};
  });
  Sender sender = post.sender(transport);
  SenderThread thread(sender, post.log);
  for (int wanted = 1; wanted <= 3; ++wanted) {
    post.put(letter_to("ada@acme.test"));
    thread.wake();
    std::unique_lock lock(mutex);
    CHECK(delivered.wait_for(lock, seconds(10), [&] { return count == wanted; }));
  }
}

TEST_CASE("the mailbox keeps the latest letters, and each id once") {
  Mailbox mailbox;
  for (std::int64_t i = 1; i <= 505; ++i) {
    CHECK(mailbox.deliver(MailId(i), letter_to("ada@acme.test"), noon).ok());
  }
  CHECK(mailbox.deliver(MailId(505), letter_to("ada@acme.test"), noon).ok());
  CHECK(mailbox.letters("").size() == Mailbox::letters_max);
  CHECK(mailbox.letters("").front().id == MailId(505));
  CHECK_FALSE(mailbox.find(MailId(5)).has_value());
  CHECK(mailbox.find(MailId(6)).has_value());
  CHECK(mailbox.letters("bob@acme.test").empty());
}

TEST_CASE("packed content that is not whole is not unpacked") {
  const Letter letter = letter_to("ada@acme.test");
  const Envelope envelope{.recipient = "ada@acme.test", .purpose = "sign_in", .useful_until = noon};
  const std::string packed(packed_content(letter).reveal());
  CHECK(unpacked(Secret(packed), envelope)->html == letter.html);
  for (std::size_t size = 0; size < packed.size(); ++size) {
    CHECK_FALSE(unpacked(Secret(packed.substr(0, size)), envelope).has_value());
  }
  CHECK_FALSE(unpacked(Secret(packed + "x"), envelope).has_value());
  CHECK_FALSE(unpacked(Secret("99999999999999999999:x"), envelope).has_value());
  Envelope wrong = envelope;
  wrong.recipient = "nobody";
  CHECK_FALSE(unpacked(Secret(packed), wrong).has_value());
}

}  // namespace
}  // namespace gatehouse::mail
