// /account: a person's own page: who they are to us, where they are signed in, and how to end that.

#pragma once

#include "server/applications/catalog.h"
#include "server/http/route.h"
#include "server/pages/layout.h"
#include "server/storage/database.h"

namespace gatehouse::portal {

struct Deps {
  storage::Database& database;
  const applications::Catalog& catalog;
  Random& random;
  const pages::Pages& pages;
  Secret form_key;
};

class AccountPages {
 public:
  explicit AccountPages(const Deps& deps) : deps_(deps) {}

  // GET /account. Who is not signed in is sent to sign in, and back.
  http::Response show(const Context& context, const http::Request& request) const;
  // POST /account/sessions/end: one session, which may be this one.
  http::Response end_session(const Context& context, const http::Request& request) const;
  // POST /account/sessions/end-others: all but this one.
  http::Response end_other_sessions(const Context& context, const http::Request& request) const;

 private:
  const Deps& deps_;
};

}  // namespace gatehouse::portal
