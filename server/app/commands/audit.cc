// gatehouse admin audit …

#include "server/app/commands/lookup.h"
#include "server/audit/query.h"

namespace gatehouse::app::commands {
namespace {

using audit::StoredRecord;
using storage::Transaction;

Json describe(const StoredRecord& record) {
  return Json(Json::Object{
      {"id", text_json(record.id.text())},
      {"at", time_json(record.at)},
      {"event", text_json(record.event)},
      {"outcome", text_json(record.outcome)},
      {"actor_type", text_json(record.actor_type)},
      {"actor_id", text_json(record.actor_id)},
      {"subject_type", text_json(record.subject_type)},
      {"subject_id", text_json(record.subject_id)},
      {"organization",
       record.organization.has_value() ? text_json(record.organization->text()) : Json()},
      {"client_id", optional_json(record.client_id)},
      {"request", text_json(record.request.text())},
      {"client_address", text_json(record.client_address)},
      {"user_agent", text_json(record.user_agent)},
      {"detail", text_json(record.detail)}});
}

Result<Answer, Error> list(Act& act, const Values& values) {
  audit::Filter filter{.event = values.optional("--event"), .limit = TRY(parse_limit(values))};
  if (values.has("--before")) {
    filter.before = TRY(parse_id<AuditId>(values.text("--before"), "an audit record"));
  }
  const auto all = TRY(act.read([&](Transaction& transaction) {
    return audit::list(transaction, act.environment().id, filter);
  }));
  Json::Array items;
  for (const StoredRecord& record : all) items.push_back(describe(record));
  return Answer{.document = Json(std::move(items)),
                .columns = {{"at", "AT"},
                            {"event", "EVENT"},
                            {"outcome", "OUTCOME"},
                            {"actor_id", "WHO"},
                            {"subject_id", "WHOM"},
                            {"detail", "DETAIL"}},
                .nothing = "No such record."};
}

Result<Answer, Error> verify(Act& act, const Values&) {
  const auto findings = TRY(act.read([&](Transaction& transaction) {
    return audit::verify_seals(transaction, act.environment().id);
  }));
  std::string sentence = findings.empty() ? "Every seal holds." : "The audit log was changed:";
  for (const std::string& finding : findings) sentence += "\n  " + finding;
  return Answer{.document = Json(Json::Object{{"intact", Json(findings.empty())},
                                              {"findings", texts_json(findings)}}),
                .sentence = std::move(sentence),
                .exit_status = findings.empty() ? 0 : 1};
}

}  // namespace

std::vector<Verb> audit_verbs() {
  std::vector<std::string> events;
  for (std::size_t at = 0; at < audit::event_count; ++at) {
    events.emplace_back(audit::event_name(static_cast<audit::Event>(at)));
  }
  return {
      {"audit",
       "list",
       "List what happened, newest first",
       {choice("--event", "Only events of this name", std::move(events)), limit_option(),
        option("--before", "Only records older than this id, for the next page")},
       list},
      {"audit", "verify", "Check that no sealed record was altered or removed", {}, verify},
  };
}

}  // namespace gatehouse::app::commands
