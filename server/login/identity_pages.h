// The pages for what an identity provider has said and we do not go by.

#pragma once

#include "server/login/accept_identity.h"

namespace gatehouse::login {

struct IdentityRefusalWords {
  std::string_view heading, sentence, advice, code;
};
[[nodiscard]] IdentityRefusalWords words_of(IdentityRefusal refusal);

[[nodiscard]] http::Response identity_refused_page(const Visit& visit, IdentityRefusal refusal);

}  // namespace gatehouse::login
