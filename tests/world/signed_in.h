// SignedIn: one user, member of one organization, two applications, and sessions as the tests of
// everything behind a sign-in need them.

#pragma once

#include "server/sessions/refresh.h"
#include "tests/world/rows.h"

namespace gatehouse::world {

class SignedIn : public DomainFixture {
 public:
  static constexpr ApplicationId web{11};
  static constexpr ApplicationId spa{12};
  static constexpr ApplicationId foreign_web{13};  // of the other environment

  SignedIn() {
    must([&](storage::Transaction& transaction) -> Result<Unit, Error> {
      put_application(transaction, here, web);
      put_application(transaction, here, spa, applications::Type::spa);
      put_application(transaction, elsewhere, foreign_web);
      ada = TRY(users::create(transaction, here, context, random,
                              {.email = users::Email::parse("ada@acme.test").value()}))
                .id;
      acme = TRY(orgs::create(transaction, here, context, random, {.display_name = "Acme"})).id;
      return orgs::add_member(transaction, here, acme, context, random, ada,
                              orgs::Provisioning::org_creator);
    });
  }

  sessions::CreatedSession sign_in(Duration absolute = days(30), Duration idle = days(7)) {
    return must([&](storage::Transaction& transaction) {
      return sessions::create(transaction, here, context, random,
                              {.user = ada,
                               .organization = acme,
                               .method = sessions::Method::email_code,
                               .absolute_lifetime = absolute,
                               .idle_lifetime = idle});
    });
  }
  Secret start_family(SessionId session, ApplicationId application = web) {
    return must([&](storage::Transaction& transaction) {
      return sessions::start_family(transaction, here, random, refresh_key, context.now,
                                    {.session = session,
                                     .application = application,
                                     .organization = acme,
                                     .scope = "openid offline_access"});
    });
  }
  Result<sessions::RefreshOutcome, Error> refresh(
      const Secret& shown, ApplicationId application = web,
      sessions::RefreshUse::ClientKind kind = sessions::RefreshUse::ClientKind::confidential,
      EnvironmentId environment = here) {
    return act([&](storage::Transaction& transaction) {
      return sessions::use_refresh_token(
          transaction, environment, context, random, refresh_key,
          {.shown = shown, .application = application, .client_kind = kind});
    });
  }
  bool end(SessionId session, sessions::EndReason reason = sessions::EndReason::signed_out) {
    return must([&](storage::Transaction& transaction) {
      return sessions::end(transaction, here, context, random, session, reason);
    });
  }
  std::optional<sessions::LiveSession> check(SessionId session) {
    return must([&](storage::Transaction& transaction) {
      return sessions::check_id(transaction, here, session, context.now);
    });
  }
  void set_state(users::State state) {
    must([&](storage::Transaction& transaction) {
      return users::set_state(transaction, here, context, random, ada, state);
    });
  }

  UserId ada{1};
  OrgId acme{1};
  Secret refresh_key{std::string(32, 'k')};
};

}  // namespace gatehouse::world
