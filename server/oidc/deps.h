// What the endpoints of this module are given. All of it outlives them.

#pragma once

#include "server/applications/catalog.h"
#include "server/applications/secret_use.h"
#include "server/audit/record.h"
#include "server/keys/key_ring.h"
#include "server/pages/layout.h"
#include "server/storage/database.h"

namespace gatehouse::oidc {

struct Deps {
  storage::Database& database;
  const applications::Catalog& catalog;
  const keys::KeyRings& keys;
  audit::RefusalLog& refusals;
  applications::SecretUses& secret_uses;
  Random& random;
  const pages::Pages& pages;
  Secret refresh_key;         // derives refresh tokens
  Secret form_key;            // protects the forms of the pages
  std::string admin_command;  // how an operator calls us: "gatehouse admin --data …"
};

}  // namespace gatehouse::oidc
