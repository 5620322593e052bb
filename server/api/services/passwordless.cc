// PasswordlessService: an application's own sign-in pages have an address proven.

#include "server/login/passwordless.h"

#include "scalekit/v1/auth/passwordless.pb.h"
#include "server/api/convert.h"
#include "server/api/services/all.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::auth::passwordless;
using login::PasswordlessKind;
using login::PasswordlessRequest;
using login::PasswordlessTemplate;
using login::Verification;
using storage::Transaction;

login::PasswordlessDeps deps_of(const Call& call) {
  const login::Deps& deps = call.deps.login;
  return {.random = deps.random,
          .outbox = deps.outbox,
          .letters = deps.letters,
          .code_key = deps.code_key,
          .throttle = deps.throttle};
}

pb::PasswordlessType type_of(PasswordlessKind kind) {
  switch (kind) {
    case PasswordlessKind::code: return pb::OTP;
    case PasswordlessKind::link: return pb::LINK;
    case PasswordlessKind::code_and_link: return pb::LINK_OTP;
  }
  ensure_failed("type_of: not a PasswordlessKind");
}

std::optional<PasswordlessTemplate> to_template(pb::TemplateType type) {
  if (type == pb::SIGNIN) return PasswordlessTemplate::sign_in;
  if (type == pb::SIGNUP) return PasswordlessTemplate::sign_up;
  return std::nullopt;
}

pb::SendPasswordlessResponse encode_sent(const PasswordlessRequest& sent) {
  pb::SendPasswordlessResponse response;
  response.set_auth_request_id(sent.id.text());
  response.set_expires_at(to_unix_seconds(sent.expires_at));
  response.set_expires_in(
      static_cast<std::uint32_t>(std::chrono::duration_cast<seconds>(sent.lifetime).count()));
  response.set_passwordless_type(type_of(sent.kind));
  return response;
}

Result<pb::SendPasswordlessResponse, Error> send(const Call& call,
                                                 const pb::SendPasswordlessRequest& request) {
  const auto email = users::Email::parse(request.email());
  if (!email.has_value()) {
    return refusal(ErrorCode::invalid_argument, "email must be an e-mail address", "email");
  }
  login::NewPasswordlessRequest wanted{
      .email = *email,
      .mail_template = to_template(request.template_()),
      .template_variables = to_metadata(request.template_variables())};
  if (request.has_magiclink_auth_uri()) wanted.link_uri = request.magiclink_auth_uri();
  if (request.has_state()) wanted.state = request.state();
  // Some clients send 0 for what they leave to us.
  if (request.expires_in() != 0) wanted.lifetime = seconds(request.expires_in());
  const PasswordlessRequest sent = TRY(call.write([&](Transaction& transaction) {
    return login::send_passwordless(deps_of(call), transaction, call.entry.environment,
                                    call.context, wanted);
  }));
  call.deps.login.mail_waits();
  return encode_sent(sent);
}

Result<pb::SendPasswordlessResponse, Error> resend(const Call& call,
                                                   const pb::ResendPasswordlessRequest& request) {
  const auto id = TRY(parse_id<AuthRequestId>(request.auth_request_id(), "auth_request_id"));
  const PasswordlessRequest sent = TRY(call.write([&](Transaction& transaction) {
    return login::resend_passwordless(deps_of(call), transaction, call.entry.environment,
                                      call.context, id);
  }));
  call.deps.login.mail_waits();
  return encode_sent(sent);
}

Result<Verification, Error> judge(const Call& call, const pb::VerifyPasswordLessRequest& request) {
  std::optional<AuthRequestId> id;
  if (!request.auth_request_id().empty()) {
    id = TRY(parse_id<AuthRequestId>(request.auth_request_id(), "auth_request_id"));
  }
  if (request.has_link_token()) {
    return call.write([&](Transaction& transaction) {
      return login::verify_passwordless_link(deps_of(call), transaction, call.environment(),
                                             call.context, id, request.link_token());
    });
  }
  if (!request.has_code()) {
    return refusal(ErrorCode::invalid_argument, "code or link_token must be given", "code");
  }
  if (!id.has_value()) {
    return refusal(ErrorCode::invalid_argument, "a code needs its auth_request_id",
                   "auth_request_id");
  }
  return call.write([&](Transaction& transaction) {
    return login::verify_passwordless_code(deps_of(call), transaction, call.environment(),
                                           call.context, *id, request.code());
  });
}

Result<pb::VerifyPasswordLessResponse, Error> verify(const Call& call,
                                                     const pb::VerifyPasswordLessRequest& request) {
  const Verification verification = TRY(judge(call, request));
  switch (verification.outcome) {
    case Verification::Outcome::verified: break;
    case Verification::Outcome::wrong:
      return refusal(ErrorCode::invalid_argument, "the code or link is wrong, used or expired",
                     request.has_link_token() ? "link_token" : "code");
    case Verification::Outcome::too_many_tries:
      return refusal(ErrorCode::resource_exhausted,
                     "too many wrong codes: send a new passwordless e-mail", "code");
  }
  const PasswordlessRequest& proven = *verification.proven;
  pb::VerifyPasswordLessResponse response;
  response.set_email(proven.email.text());
  if (proven.state.has_value()) response.set_state(*proven.state);
  if (proven.mail_template.has_value()) {
    response.set_template_(*proven.mail_template == PasswordlessTemplate::sign_up ? pb::SIGNUP
                                                                                  : pb::SIGNIN);
  }
  response.set_passwordless_type(type_of(proven.kind));
  return response;
}

}  // namespace

void add_passwordless_service(Methods& methods) {
  auto service = methods.service("scalekit.v1.auth.passwordless.PasswordlessService");
  service.write("SendPasswordlessEmail", send);
  service.write("VerifyPasswordlessEmail", verify);
  service.write("ResendPasswordlessEmail", resend);
}

}  // namespace gatehouse::api
