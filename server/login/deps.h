// What the sign-in pages are given. All of it outlives them.

#pragma once

#include <functional>

#include "server/applications/catalog.h"
#include "server/audit/record.h"
#include "server/login/throttle.h"
#include "server/mail/letters.h"
#include "server/mail/outbox.h"
#include "server/pages/layout.h"
#include "server/storage/database.h"

namespace gatehouse::login {

struct Deps {
  storage::Database& database;
  const applications::Catalog& catalog;
  audit::RefusalLog& refusals;
  Random& random;
  const pages::Pages& pages;
  const mail::Outbox& outbox;
  const mail::Letters& letters;
  Secret form_key;  // protects forms
  Secret code_key;  // under which mailed codes are stored
  ThrottleLimits throttle;
  std::function<void()> mail_waits;  // called after a letter was committed to the outbox
};

}  // namespace gatehouse::login
