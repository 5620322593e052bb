#include "server/oidc/back_channel.h"

#include "server/encoding/form.h"
#include "server/encoding/json.h"
#include "server/encoding/uri.h"

namespace gatehouse::oidc {
namespace {

using storage::Transaction;

// While one node delivers a batch no other may take it, not even one whose clock is 30 s ahead; and
// the whole batch has one context, with 30 s.
constexpr Duration lease = seconds(60);
constexpr Duration call_limit = seconds(5);
constexpr Duration token_lifetime = minutes(2);
constexpr int batch = 5;

// What stands in the way of a call that was made, in a few words; empty: it was accepted.
std::string problem_with(const Result<net::HttpAnswer, Error>& answer) {
  if (!answer.ok()) return answer.error().detail;
  const int status = answer.value().status;
  if (status == 200 || status == 204) return {};
  return "answered with status " + std::to_string(status);
}

}  // namespace

std::optional<Duration> logout_retry_delay(int attempts) {
  constexpr Duration delays[] = {seconds(5), seconds(30), minutes(5), minutes(30), hours(2)};
  if (attempts < 1 || attempts > static_cast<int>(std::size(delays))) return std::nullopt;
  return delays[attempts - 1];
}

std::string logout_token_claims(const environments::Environment& environment,
                                const applications::Application& application,
                                const sessions::LogoutDelivery& delivery, TokenId token,
                                Instant now) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.field("iss", environment.base_url);
  writer.key("aud").begin_array().value(application.client_id).end_array();
  writer.field("sub", delivery.user.text());
  writer.field("sid", delivery.session.text());
  writer.field("iat", to_unix_seconds(now));
  writer.field("exp", to_unix_seconds(now + token_lifetime));
  writer.field("jti", token.text());
  writer.key("events").begin_object();
  writer.key("http://schemas.openid.net/event/backchannel-logout").begin_object().end_object();
  writer.end_object();
  writer.end_object();
  return out;
}

Result<BackChannel::Tally, Error> BackChannel::deliver_due(const Context& context) const {
  const auto due = TRY(storage::write(deps_.database, context, [&](Transaction& transaction) {
    return sessions::lease_logout_deliveries(transaction, context.now, lease, batch);
  }));
  Tally tally;
  for (const sessions::LogoutDelivery& delivery : due) {
    switch (TRY(deliver(context, delivery))) {
      case Outcome::delivered: ++tally.delivered; break;
      case Outcome::retried: ++tally.retried; break;
      case Outcome::given_up: ++tally.given_up; break;
    }
  }
  return tally;
}

Result<BackChannel::Outcome, Error> BackChannel::deliver(
    const Context& context, const sessions::LogoutDelivery& delivery) const {
  const auto entry = deps_.catalog.current()->by_id(delivery.environment);
  const auto ring = deps_.keys.snapshot(delivery.environment);
  const auto* application = entry == nullptr ? nullptr : entry->find(delivery.application);
  const auto algorithm = application == nullptr
                             ? std::nullopt
                             : crypto::parse_algorithm(application->signing_algorithm);
  const auto* signer =
      ring == nullptr || !algorithm.has_value() ? nullptr : ring->signer(*algorithm);
  std::string problem = "the application or its signing key is gone";
  if (signer != nullptr) {
    const std::string token =
        signer->sign(jose::TokenType::logout_token,
                     logout_token_claims(entry->environment, *application, delivery,
                                         TokenId::make(deps_.random, context.now), context.now));
    net::OutboundRequest request{.method = net::OutboundMethod::post,
                                 .url = delivery.uri,
                                 .deadline = std::chrono::steady_clock::now() + call_limit};
    append_form_field(request.body, "logout_token", token);
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       // Frameworks refuse form posts without the Origin they expect.
                       {"Origin", origin_of(delivery.uri).value_or("null")}};
    request.address_policy = entry->environment.is_development()
                                 ? net::AddressPolicy::public_or_loopback
                                 : net::AddressPolicy::public_only;
    problem = problem_with(deps_.http.send(request));
  }
  const std::optional<Duration> delay = logout_retry_delay(delivery.attempts);
  const std::optional<Instant> next =
      delay.has_value() ? std::optional(context.now + *delay) : std::nullopt;
  TRY(storage::write(deps_.database, context, [&](Transaction& transaction) {
    if (problem.empty()) {
      return sessions::note_delivered(transaction, delivery.environment, delivery.id, context.now);
    }
    return sessions::note_delivery_failed(transaction, delivery.environment, delivery.id,
                                          context.now, next, problem);
  }));
  if (problem.empty()) return Outcome::delivered;
  deps_.log.write(LogLevel::warning, "logout.undelivered",
                  {{"delivery", delivery.id.text()},
                   {"uri", delivery.uri},
                   {"problem", problem},
                   {"attempts", std::int64_t{delivery.attempts}}});
  return next.has_value() ? Outcome::retried : Outcome::given_up;
}

}  // namespace gatehouse::oidc
