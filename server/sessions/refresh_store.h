// The statements behind refresh.h, on the rows of `refresh_families`.

#pragma once

#include "server/sessions/refresh.h"

namespace gatehouse::sessions {

// False if the session is over, or its user is not an active member of the organization.
struct FamilyRow {
  FamilyId id;
  std::string nonce;
};
Result<bool, Error> insert_family(storage::Transaction& transaction, EnvironmentId environment,
                                  const FamilyRow& row, const NewFamily& wanted, Instant now);

// A family with everything that decides about its tokens, from one statement.
struct FamilyFacts {
  Family family;
  std::string nonce;
  std::int64_t generation;  // the head
  Instant rotated_at;
  bool has_ended;
  bool is_member;  // of the family's organization, actively; true without an organization
  LiveSession of;  // not yet judged: is_good says whether it is live

  // Whether tokens of this family are good for anything at all.
  [[nodiscard]] bool is_good(Instant now) const {
    return !has_ended && is_member && of.session.is_live(now) && of.user.may_sign_in();
  }
};
Result<std::optional<FamilyFacts>, Error> find_family(storage::Transaction& transaction,
                                                      EnvironmentId environment, FamilyId family);

// Makes head + 1 the head. False if the family has ended or `head` is no longer its head.
Result<bool, Error> rotate_family(storage::Transaction& transaction, EnvironmentId environment,
                                  FamilyId family, std::int64_t head, Instant now);
// False if it had ended before.
Result<bool, Error> update_family_ended(storage::Transaction& transaction,
                                        EnvironmentId environment, FamilyId family,
                                        EndReason reason, Instant now);
Result<Unit, Error> end_families_of_session(storage::Transaction& transaction,
                                            EnvironmentId environment, SessionId session,
                                            EndReason reason, Instant now);

// What the audit log and introspection want to know of a family's client.
struct ClientFacts {
  std::string client_id;
  RefreshUse::ClientKind kind;
};
Result<ClientFacts, Error> find_client(storage::Transaction& transaction, EnvironmentId environment,
                                       ApplicationId application);

}  // namespace gatehouse::sessions
