// Waiting mail is sealed with the master key.

#pragma once

#include "server/crypto/master_key.h"
#include "server/mail/outbox.h"

namespace gatehouse::app {

class MailSealer final : public mail::Sealer {
 public:
  MailSealer(const crypto::MasterKey& master_key, Random& random)
      : key_(master_key.sealing_key("mail")), random_(random) {}
  std::string seal(const Secret& plaintext, std::string_view place) override {
    return key_.seal(random_, plaintext, place);
  }
  Result<Secret, Error> open(std::string_view sealed, std::string_view place) override {
    return key_.open(sealed, place);
  }

 private:
  crypto::SealingKey key_;
  Random& random_;
};

}  // namespace gatehouse::app
