// gatehouse admin keys …, also as gatehouse keys …

#include "server/app/commands/keys.h"

#include <algorithm>

#include "server/app/commands/lookup.h"
#include "server/app/key_policy.h"
#include "server/applications/machine_client.h"
#include "server/keys/key_store.h"
#include "server/keys/rotate.h"
#include "server/keys/sealed_key.h"

namespace gatehouse::app::commands {
namespace {

using keys::SigningKeyRow;
using storage::Transaction;

Json describe(const SigningKeyRow& key) {
  return Json(Json::Object{{"id", text_json(key.id.text())},
                           {"algorithm", text_json(crypto::algorithm_name(key.algorithm))},
                           {"state", text_json(keys::key_state_name(key.state))},
                           {"published_from", time_json(key.publish_from)},
                           {"active_from", time_json(key.active_from)},
                           {"retired_at", optional_time_json(key.retired_at)},
                           {"remove_at", optional_time_json(key.remove_at)}});
}

Result<std::vector<SigningKeyRow>, Error> load_keys(Act& act) {
  return act.read(
      [&](Transaction& transaction) { return keys::list_keys(transaction, act.environment().id); });
}

Result<Answer, Error> list(Act& act, const Values&) {
  Json::Array items;
  for (const SigningKeyRow& key : TRY(load_keys(act))) items.push_back(describe(key));
  return Answer{.document = Json(std::move(items)),
                .columns = {{"id", "ID"},
                            {"algorithm", "ALGORITHM"},
                            {"state", "STATE"},
                            {"active_from", "SIGNS FROM"},
                            {"remove_at", "REMOVED AT"}},
                .nothing =
                    "No key yet: the server makes them when it starts, or: gatehouse admin"
                    " keys rotate"};
}

// Every algorithm that has keys keeps them, as do those that applications use.
Result<keys::KeyPolicy, Error> load_policy(Act& act) {
  std::vector<crypto::SignatureAlgorithm> always = {crypto::SignatureAlgorithm::rs256};
  for (const SigningKeyRow& key : TRY(load_keys(act))) {
    if (std::ranges::find(always, key.algorithm) == always.end()) always.push_back(key.algorithm);
  }
  const auto entry =
      TRY(act.read([&](Transaction& transaction) -> Result<applications::CatalogEntry, Error> {
        const EnvironmentId environment = act.environment().id;
        auto all = TRY(applications::list_applications(transaction, environment));
        auto made = applications::make_entry(act.environment(), std::move(all));
        made.longest_machine_token =
            TRY(applications::longest_machine_token(transaction, environment));
        return made;
      }));
  return key_policy(entry, always);
}

Json ids_json(const std::vector<KeyId>& ids) {
  Json::Array array;
  for (const KeyId& id : ids) array.push_back(text_json(id.text()));
  return Json(std::move(array));
}

Json::Object describe_changes(const keys::KeyChanges& changes) {
  return {{"created", ids_json(changes.created)},
          {"activated", ids_json(changes.activated)},
          {"retired", ids_json(changes.retired)},
          {"removed", ids_json(changes.removed)}};
}

Result<Answer, Error> rotate_when_due(Act& act, const keys::KeyDeps& deps,
                                      const keys::KeyPolicy& policy) {
  const auto changes = TRY(keys::ensure_keys(act.context, deps, policy));
  std::string sentence = "Done what was due.";
  if (!changes.any()) {
    sentence =
        "Nothing is due: the next key takes over when applications have known it for long"
        " enough (`keys list` says when).\nTo withdraw a key that others may have: keys"
        " rotate --emergency";
  }
  return Answer{.document = Json(describe_changes(changes)),
                .sentence = std::move(sentence),
                .details = changes.any() ? Answer::Details::shown : Answer::Details::hidden};
}

Result<Answer, Error> rotate(Act& act, const Values& values) {
  const crypto::MasterKey master_key = TRY(act.master_key());
  const crypto::SealingKey sealing_key = master_key.sealing_key(key_seal_label);
  const keys::KeyPolicy policy = TRY(load_policy(act));
  keys::FreshKeySource source;
  const keys::KeyDeps deps{act.database, act.random, source, sealing_key};
  const bool is_emergency = values.has("--emergency") || values.has("--every-key");
  if (!is_emergency) return rotate_when_due(act, deps, policy);

  const auto algorithm =
      crypto::parse_algorithm(values.optional("--algorithm").value_or(std::string("RS256")));
  ENSURE(algorithm.has_value());
  const auto scope = values.has("--every-key") ? keys::EmergencyScope::every_key
                                               : keys::EmergencyScope::current_key;
  const auto outcome =
      TRY(keys::rotate_in_emergency(act.context, deps, policy, {*algorithm, scope}));
  Json::Object document = describe_changes(outcome.changes);
  document.push_back({"signs_now", text_json(outcome.signs_now.text())});
  document.push_back({"new_tokens_need_restart", Json(outcome.new_tokens_need_restart)});
  document.push_back({"warning", text_json(outcome.warning)});
  return Answer{.document = Json(std::move(document)),
                .sentence = outcome.warning + "\n\nSigns now: " + outcome.signs_now.text()};
}

}  // namespace

Result<Unit, Error> withdraw_every_key(Act& act) {
  const crypto::MasterKey master_key = TRY(act.master_key());
  const crypto::SealingKey sealing_key = master_key.sealing_key(key_seal_label);
  const keys::KeyPolicy policy = TRY(load_policy(act));
  keys::FreshKeySource source;
  const keys::KeyDeps deps{act.database, act.random, source, sealing_key};
  for (const SigningKeyRow& key : TRY(load_keys(act))) {
    TRY(keys::open_public_key(sealing_key, act.environment().id, key));
    if (key.state != keys::KeyState::current) continue;
    TRY(keys::rotate_in_emergency(act.context, deps, policy,
                                  {key.algorithm, keys::EmergencyScope::every_key}));
  }
  return Unit{};
}

std::vector<Verb> key_verbs() {
  return {
      {"keys", "list", "List the signing keys and when each one's time comes", {}, list},
      {"keys",
       "rotate",
       "Do what is due, or withdraw a key at once with --emergency",
       {flag("--emergency", "Withdraw the key that signs now: the next one takes over"),
        flag("--every-key",
             "In an emergency: withdraw all keys, as after the loss of the master"
             " key"),
        choice("--algorithm", "Whose keys are withdrawn; RS256 unless said",
               {"RS256", "ES256", "EdDSA"})},
       rotate,
       "Tokens that the withdrawn keys signed are refused here from now on, and every application"
       " of the environment must be restarted.",
       {"--emergency", "--every-key"}},
  };
}

}  // namespace gatehouse::app::commands
