// Passwordless: an application that has sign-in pages of its own has an address proven. It asks for
// a mail, the person gives the mail's code or link to the application, and the application has it
// checked here. No user, session or page of ours is part of it.
//
// A request stands for one address; its id goes to the application. A new mail voids the codes and
// links before it. Five wrong codes within ten minutes end the request for good.

#pragma once

#include "server/core/secret.h"
#include "server/encoding/metadata.h"
#include "server/environments/environment.h"
#include "server/login/throttle.h"
#include "server/mail/letters.h"
#include "server/mail/outbox.h"

namespace gatehouse::login {

using PasswordlessKind = environments::Settings::Passwordless;  // what the mail holds
enum class PasswordlessTemplate { sign_in, sign_up };           // how the mail reads

struct PasswordlessRequest {
  AuthRequestId id;
  users::Email email;
  PasswordlessKind kind;
  std::optional<PasswordlessTemplate> mail_template;
  std::optional<std::string> link_uri;
  std::optional<std::string> state;  // the application's own, given back with the proof
  Duration lifetime;
  int tries = 0;  // of codes, in the window that began at the first of them
  Instant created_at;
  Instant expires_at;
  std::optional<Instant> verified_at;
};

// What sending needs; `login::Deps` has all of it.
struct PasswordlessDeps {
  Random& random;
  const mail::Outbox& outbox;
  const mail::Letters& letters;
  const Secret& code_key;
  const ThrottleLimits& throttle;
};

struct NewPasswordlessRequest {
  users::Email email;
  std::optional<PasswordlessTemplate> mail_template = std::nullopt;  // absent: reads as sign_in
  std::optional<std::string> link_uri = std::nullopt;  // the application's page behind the link
  std::optional<std::string> state = std::nullopt;
  std::optional<Duration> lifetime = std::nullopt;  // limits::passwordless_lifetime_…
  Metadata template_variables = {};
};

// Stores a request and puts its mail into the outbox; audited. The environment's setting says what
// the mail holds; a link needs `link_uri`, and without one a mail of both is one of a code. Callers
// wake the sender after the commit. Errors: invalid_argument (link_uri, state, lifetime,
// template_variables), resource_exhausted (too many mails to that address).
Result<PasswordlessRequest, Error> send_passwordless(const PasswordlessDeps& deps,
                                                     storage::Transaction& transaction,
                                                     const environments::Environment& environment,
                                                     const Context& context,
                                                     const NewPasswordlessRequest& wanted);

// Sends the same request again, with a new code and link and a new lifetime; audited. Wrong tries
// still count. Errors: not_found, failed_precondition (verified), resource_exhausted (too many
// wrong codes or mails).
Result<PasswordlessRequest, Error> resend_passwordless(const PasswordlessDeps& deps,
                                                       storage::Transaction& transaction,
                                                       const environments::Environment& environment,
                                                       const Context& context,
                                                       AuthRequestId request);

// How a try to prove an address ended. It is a value, to be committed whatever it says: a wrong
// code counts.
struct Verification {
  enum class Outcome { verified, wrong, too_many_tries } outcome;
  std::optional<PasswordlessRequest> proven;  // with `verified`
};

// Uses the code up: of any number of concurrent tries with the right one, one is verified. Audited.
// Errors: not_found (no such request).
Result<Verification, Error> verify_passwordless_code(const PasswordlessDeps& deps,
                                                     storage::Transaction& transaction,
                                                     EnvironmentId environment,
                                                     const Context& context, AuthRequestId request,
                                                     std::string_view code);
// The same with the token of a link. It names its request; `request` must be the same, if given.
Result<Verification, Error> verify_passwordless_link(
    const PasswordlessDeps& deps, storage::Transaction& transaction, EnvironmentId environment,
    const Context& context, std::optional<AuthRequestId> request, std::string_view link_token);

// Deletes requests that expired more than a day ago. A job.
Result<std::int64_t, Error> reclaim_passwordless(storage::Transaction& transaction, Instant now,
                                                 std::int64_t rows_max);

}  // namespace gatehouse::login
