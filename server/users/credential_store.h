// The statements behind the acts of credential.h.

#pragma once

#include "server/users/credential.h"

namespace gatehouse::users {

// False if the user is unknown or has enough, or the credential id is taken.
Result<bool, Error> insert_credential_row(storage::Transaction& transaction,
                                          EnvironmentId environment, const Credential& credential);
Result<bool, Error> is_credential_id_taken(storage::Transaction& transaction,
                                           EnvironmentId environment,
                                           std::string_view credential_id);
// Each returns the row, as it is afterwards or was before; nothing if there is none.
Result<std::optional<Credential>, Error> update_credential_name(storage::Transaction& transaction,
                                                                EnvironmentId environment,
                                                                CredentialId credential,
                                                                std::string_view display_name,
                                                                Instant now);
Result<std::optional<Credential>, Error> delete_credential_row(storage::Transaction& transaction,
                                                               EnvironmentId environment,
                                                               CredentialId credential);

}  // namespace gatehouse::users
