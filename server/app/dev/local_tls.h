// The certificates of `gatehouse dev --tls`, kept in the folder tls/ of the data folder: a root
// that people trust once, and the server's certificate, made anew before it ends.

#pragma once

#include <string>

#include "server/app/data_folder.h"
#include "server/crypto/local_certificate.h"

namespace gatehouse::app::dev {

struct LocalTls {
  std::string authority_path;  // what clients are told to trust
  // Of the server; the second is for clients that come by an address. One key for both.
  std::string certificate_path;
  std::string addressed_certificate_path;
  std::string key_path;
  // new_: there is a root that nobody trusts yet.
  enum class Authority { kept, new_ } authority = Authority::kept;
};

// What ends within this time is made anew.
inline constexpr Duration certificate_renewal_margin = days(30);

// Makes what is missing, damaged or about to end. Every file is readable by its owner only. Errors:
// unavailable (the disk), failed_precondition (others may read a key), each naming the file.
Result<LocalTls, Error> prepare_local_tls(const DataFolder& folder, Instant now, Random& random);

// How clients of several kinds are told to trust the root, for the terminal.
[[nodiscard]] std::string trust_instructions(const LocalTls& tls);

}  // namespace gatehouse::app::dev
