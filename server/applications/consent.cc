#include "server/applications/consent.h"

#include "server/applications/client_rules.h"
#include "server/applications/consent_store.h"
#include "server/audit/record.h"

namespace gatehouse::applications {
namespace {

constexpr int client_consents_max = 1000;

// Finds what contains `text`, in lower case.
std::string containing(std::string_view text) {
  if (text.empty()) return "%";
  std::string pattern = "%";
  for (const char letter : text) {
    if (letter == '%' || letter == '_' || letter == '\\') pattern.push_back('\\');
    pattern.push_back(letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a')
                                                     : letter);
  }
  pattern.push_back('%');
  return pattern;
}

audit::Record about(audit::Event event, ConsentId consent, UserId user, MachineClientId client) {
  return {.event = event,
          .subject_type = "consent",
          .subject_id = consent.text(),
          .client_id = Id<ResourceClientTag>(client.number()).text(),
          .detail = user.text()};
}

std::int64_t number_of(const Consent& consent) { return consent.id.number(); }

}  // namespace

Result<ConsentId, Error> record_consent(storage::Transaction& transaction,
                                        EnvironmentId environment, const Context& context,
                                        Random& random, const NewConsent& wanted) {
  TRY(check_scopes(wanted.scopes));
  const ConsentId fresh = ConsentId::make(random, context.now);
  const auto id = TRY(put_consent(transaction, environment, fresh, wanted, context.now));
  if (!id.has_value()) return refusal(ErrorCode::not_found, "client not found");
  TRY(audit::record(transaction, environment, context, random,
                    about(audit::Event::consent_granted, *id, wanted.user, wanted.client)));
  return *id;
}

Result<Unit, Error> revoke_consent(storage::Transaction& transaction, EnvironmentId environment,
                                   const Context& context, Random& random, const ConsentKey& key) {
  const auto removed = TRY(remove_consent(transaction, environment, key));
  if (!removed.has_value()) return refusal(ErrorCode::not_found, "consent not found");
  return audit::record(
      transaction, environment, context, random,
      about(audit::Event::consent_revoked, key.id, removed->user, removed->client));
}

Result<Page<Consent>, Error> list_resource_consents(storage::Transaction& transaction,
                                                    EnvironmentId environment, ResourceId resource,
                                                    std::string_view search,
                                                    const PageQuery& query) {
  const std::string pattern = containing(search);
  const auto total = TRY(count_consents_of_resource(transaction, environment, resource, pattern));
  if (!total.has_value()) return refusal(ErrorCode::not_found, "resource not found");
  auto found = TRY(list_consents_of_resource(transaction, environment, resource, pattern, query));
  auto page = make_page(query, std::move(found), number_of);
  page.total = *total;
  return page;
}

Result<Page<Consent>, Error> list_user_consents(storage::Transaction& transaction,
                                                EnvironmentId environment, UserId user,
                                                const PageQuery& query) {
  auto found = TRY(list_consents_of_user(transaction, environment, user, query));
  auto page = make_page(query, std::move(found), number_of);
  page.total = TRY(count_consents_of_user(transaction, environment, user));
  return page;
}

Result<std::vector<Consent>, Error> list_client_consents(storage::Transaction& transaction,
                                                         EnvironmentId environment,
                                                         MachineClientId client) {
  return list_consents_of_client(transaction, environment, client, client_consents_max);
}

}  // namespace gatehouse::applications
