// The query of the HTTP-Redirect binding [SAML Bindings §3.4.4.1], whose signature covers the very
// octets that were sent: nothing is decoded and encoded again, for others encode otherwise.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/sso/saml/parties.h"

namespace gatehouse::sso::saml {

struct RedirectQuery {
  std::string message;  // as it stands in the query, still encoded
  std::string relay_state;
  // Absent: the message is not signed.
  struct Detached {
    std::string octets;
    std::string algorithm;
    std::string signature;
  };
  std::optional<Detached> signature;
};

// `parameter` is SAMLRequest or SAMLResponse. Failures: answer_missing, message_unexpected (a
// parameter twice, a broken escape), signature_malformed.
Result<RedirectQuery, Failure> read_redirect_query(std::string_view raw_query,
                                                   std::string_view parameter);

}  // namespace gatehouse::sso::saml
