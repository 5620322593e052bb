// The statements on login_flows. Each change demands in its WHERE the state it starts from.

#include "server/core/limits.h"
#include "server/encoding/json.h"
#include "server/login/flow.h"

namespace gatehouse::login {
namespace {

using storage::Blob;
using storage::Row;
using storage::Sql;
using storage::Transaction;

#define GATEHOUSE_FLOW_COLUMNS                                                                  \
  "id, environment_id, application_id, browser_hash, purpose, options, resume, intent, email, " \
  "challenge_sent_at_ms, challenges_sent, code_tries, user_id, proven_at_ms, method, "          \
  "organization_id, session_id, created_at_ms, expires_at_ms, completed_at_ms, resumed_at_ms, " \
  "connection_id, identity"

constexpr Sql insert_flow{
    "login.insert_flow",
    "INSERT INTO login_flows (id, environment_id, application_id, browser_hash, purpose, options, "
    "resume, intent, email, user_id, proven_at_ms, method, session_id, challenges_sent, "
    "code_tries, created_at_ms, expires_at_ms, connection_id) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 0, $14, $15, $16)"};

constexpr Sql select_flow{"login.find_flow",
                          "SELECT " GATEHOUSE_FLOW_COLUMNS
                          " FROM login_flows WHERE environment_id = $1 AND id = $2"};

constexpr Sql update_challenge{
    "login.note_challenge",
    "UPDATE login_flows SET email = $4, intent = $5, challenge_sent_at_ms = $3, "
    "challenges_sent = challenges_sent + 1 "
    "WHERE environment_id = $1 AND id = $2 AND proven_at_ms IS NULL AND completed_at_ms IS NULL "
    "AND expires_at_ms > $3"};

constexpr Sql update_forget{
    "login.forget_email",
    "UPDATE login_flows SET email = NULL, challenge_sent_at_ms = NULL "
    "WHERE environment_id = $1 AND id = $2 AND proven_at_ms IS NULL AND completed_at_ms IS NULL "
    "AND expires_at_ms > $3"};

constexpr Sql update_connection{
    "login.note_connection",
    "UPDATE login_flows SET connection_id = $4, email = $5, identity = NULL, "
    "challenge_sent_at_ms = NULL "
    "WHERE environment_id = $1 AND id = $2 AND proven_at_ms IS NULL AND completed_at_ms IS NULL "
    "AND expires_at_ms > $3"};

constexpr Sql update_identity{
    "login.note_identity",
    "UPDATE login_flows SET identity = $4, email = $5, challenge_sent_at_ms = NULL "
    "WHERE environment_id = $1 AND id = $2 AND connection_id = $6 AND proven_at_ms IS NULL "
    "AND completed_at_ms IS NULL AND expires_at_ms > $3"};

constexpr Sql update_wrong_code{
    "login.count_wrong_code",
    "UPDATE login_flows SET code_tries = code_tries + 1 "
    "WHERE environment_id = $1 AND id = $2 AND proven_at_ms IS NULL AND code_tries < $3 "
    "AND expires_at_ms > $4 RETURNING code_tries"};

constexpr Sql update_proven{
    "login.note_proven",
    "UPDATE login_flows SET proven_at_ms = $3, email = $4, user_id = $5, method = $6 "
    "WHERE environment_id = $1 AND id = $2 AND proven_at_ms IS NULL AND completed_at_ms IS NULL "
    "AND code_tries < $7 AND expires_at_ms > $3"};

constexpr Sql update_completed{
    "login.note_completed",
    "UPDATE login_flows SET completed_at_ms = $3, user_id = $4, organization_id = $5, "
    "session_id = $6 "
    "WHERE environment_id = $1 AND id = $2 AND proven_at_ms IS NOT NULL "
    "AND completed_at_ms IS NULL AND expires_at_ms > $3"};

constexpr Sql update_resumed{
    "login.take_completed",
    "UPDATE login_flows SET resumed_at_ms = $4 "
    "WHERE environment_id = $1 AND id = $2 AND browser_hash = $3 AND completed_at_ms IS NOT NULL "
    "AND resumed_at_ms IS NULL AND expires_at_ms > $4 RETURNING " GATEHOUSE_FLOW_COLUMNS};

constexpr Sql delete_old{
    "login.reclaim_flows",
    "DELETE FROM login_flows WHERE id IN "
    "(SELECT id FROM login_flows WHERE expires_at_ms < $1 ORDER BY expires_at_ms LIMIT $2)"};

std::string_view purpose_name(Purpose purpose) {
  return purpose == Purpose::authorize ? "authorize" : "account";
}
std::string_view intent_name(Intent intent) {
  return intent == Intent::sign_in ? "sign_in" : "sign_up";
}

std::string options_to_json(const Options& options) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  if (options.login_hint.has_value()) writer.field("login_hint", *options.login_hint);
  if (options.organization.has_value()) writer.field("organization", options.organization->text());
  if (options.choose_organization == Options::Choose::always) writer.field("choose", "always");
  if (options.authentication == Options::Authentication::fresh) {
    writer.field("authentication", "fresh");
  }
  writer.end_object();
  return out;
}

Options options_from_json(std::string_view text) {
  Options options;
  const auto document = Json::parse(text);
  ENSURE(document.ok());  // we wrote it
  const Json& root = document.value();
  if (const auto hint = root.string("login_hint")) options.login_hint = std::string(*hint);
  if (const auto organization = root.string("organization")) {
    options.organization = OrgId::parse(*organization);
  }
  if (root.string("choose") == "always") options.choose_organization = Options::Choose::always;
  if (root.string("authentication") == "fresh") {
    options.authentication = Options::Authentication::fresh;
  }
  return options;
}

Flow read_flow(const Row& row) {
  Flow flow{
      .id = row.id<FlowId>(0),
      .environment = row.id<EnvironmentId>(1),
      .application = row.optional_id<ApplicationId>(2),
      .browser_hash = std::string(row.blob(3)),
      .purpose = row.text(4) == "authorize" ? Purpose::authorize : Purpose::account,
      .options = options_from_json(row.text(5)),
      .resume = row.string(6),
      .intent = row.text(7) == "sign_in" ? Intent::sign_in : Intent::sign_up,
      .email = std::nullopt,
      .challenge_sent_at = row.optional_instant(9),
      .challenges_sent = static_cast<int>(row.integer(10)),
      .code_tries = static_cast<int>(row.integer(11)),
      .user = row.optional_id<UserId>(12),
      .proven_at = row.optional_instant(13),
      .method = std::nullopt,
      .organization = row.optional_id<OrgId>(15),
      .session = row.optional_id<SessionId>(16),
      .created_at = row.instant(17),
      .expires_at = row.instant(18),
      .completed_at = row.optional_instant(19),
      .resumed_at = row.optional_instant(20),
      .connection = row.optional_id<ConnectionId>(21),
  };
  if (!row.is_null(8)) flow.email = users::Email::parse(row.text(8));
  if (!row.is_null(14)) flow.method = sessions::parse_method(row.text(14));
  if (!row.is_null(22)) {
    auto identity = outside_identity_from_json(row.text(22));
    ENSURE(identity.ok());  // we wrote it
    flow.identity = std::move(identity).value();
  }
  return flow;
}

}  // namespace

Result<Flow, Error> start_flow(Transaction& transaction, EnvironmentId environment, Random& random,
                               Instant now, const NewFlow& wanted) {
  const FlowId id = FlowId::make(random, now);
  std::optional<std::string> email;
  std::optional<UserId> user;
  std::optional<Instant> proven_at;
  std::optional<std::string> method;
  std::optional<SessionId> session;
  if (wanted.proven_by.has_value()) {
    ENSURE(wanted.proven_email.has_value());
    email = wanted.proven_email->text();
    user = wanted.proven_by->user;
    proven_at = wanted.proven_by->authenticated_at;
    method = std::string(sessions::method_name(wanted.proven_by->method));
    session = wanted.proven_by->id;
  }
  TRY(transaction.execute(
      insert_flow,
      {id, environment, wanted.application, Blob{wanted.browser_hash}, purpose_name(wanted.purpose),
       options_to_json(wanted.options), wanted.resume, intent_name(wanted.intent), email, user,
       proven_at, method, session, now, now + limits::flow_lifetime, wanted.connection}));
  auto flow = TRY(find_flow_of_any_browser(transaction, environment, id));
  ENSURE(flow.has_value());
  return std::move(*flow);
}

Result<std::optional<Flow>, Error> find_flow_of_any_browser(Transaction& transaction,
                                                            EnvironmentId environment,
                                                            FlowId flow) {
  return transaction.find(select_flow, {environment, flow}, read_flow);
}

Result<std::optional<Flow>, Error> find_flow(Transaction& transaction, EnvironmentId environment,
                                             FlowId flow, std::string_view browser_hash) {
  auto found = TRY(find_flow_of_any_browser(transaction, environment, flow));
  if (found.has_value() && !equal_in_constant_time(found->browser_hash, browser_hash)) {
    return std::optional<Flow>();
  }
  return found;
}

Result<bool, Error> note_challenge(Transaction& transaction, EnvironmentId environment,
                                   const Flow& flow, const users::Email& email, Intent intent,
                                   Instant now) {
  return TRY(transaction.execute(update_challenge, {environment, flow.id, now, email.text(),
                                                    intent_name(intent)})) == 1;
}

Result<bool, Error> forget_email(Transaction& transaction, EnvironmentId environment,
                                 const Flow& flow, Instant now) {
  return TRY(transaction.execute(update_forget, {environment, flow.id, now})) == 1;
}

Result<bool, Error> note_connection(Transaction& transaction, EnvironmentId environment,
                                    const Flow& flow, std::optional<ConnectionId> connection,
                                    const std::optional<users::Email>& email, Instant now) {
  const auto address = email.has_value() ? std::optional(email->text()) : std::nullopt;
  return TRY(transaction.execute(update_connection,
                                 {environment, flow.id, now, connection, address})) == 1;
}

Result<bool, Error> note_identity(Transaction& transaction, EnvironmentId environment,
                                  const Flow& flow, const OutsideIdentity& identity, Instant now) {
  const auto address =
      identity.email.has_value() ? std::optional(identity.email->text()) : std::nullopt;
  return TRY(transaction.execute(update_identity,
                                 {environment, flow.id, now, outside_identity_to_json(identity),
                                  address, identity.connection})) == 1;
}

Result<std::optional<int>, Error> count_wrong_code(Transaction& transaction,
                                                   EnvironmentId environment, const Flow& flow,
                                                   Instant now) {
  return transaction.find(update_wrong_code, {environment, flow.id, limits::code_tries_max, now},
                          [](const Row& row) { return static_cast<int>(row.integer(0)); });
}

Result<bool, Error> note_proven(Transaction& transaction, EnvironmentId environment,
                                const Flow& flow, const Proof& proof, Instant now) {
  return TRY(transaction.execute(
             update_proven, {environment, flow.id, now, proof.email.text(), proof.user,
                             sessions::method_name(proof.method), limits::code_tries_max})) == 1;
}

Result<bool, Error> note_completed(Transaction& transaction, EnvironmentId environment,
                                   const Flow& flow, const Completion& completion, Instant now) {
  return TRY(transaction.execute(
             update_completed, {environment, flow.id, now, completion.user, completion.organization,
                                completion.session})) == 1;
}

Result<std::optional<Flow>, Error> take_completed(Transaction& transaction,
                                                  EnvironmentId environment, FlowId flow,
                                                  std::string_view browser_hash, Instant now) {
  return transaction.find(update_resumed, {environment, flow, Blob{browser_hash}, now}, read_flow);
}

Result<std::int64_t, Error> reclaim_flows(Transaction& transaction, Instant now,
                                          std::int64_t rows_max) {
  return transaction.execute(delete_old, {now - days(1), rows_max});
}

}  // namespace gatehouse::login
