// KeySource: where new private keys come from. The server generates them; tests take RSA keys that
// were generated long ago, since a fresh one costs as much as a thousand sign-ins.

#pragma once

#include "server/crypto/signature.h"

namespace gatehouse::keys {

class KeySource {
 public:
  virtual ~KeySource() = default;
  // A private key for one use. Safe from any thread; may take up to a second.
  virtual crypto::SigningKey make(crypto::SigningKeyKind kind) = 0;
};

class FreshKeySource final : public KeySource {
 public:
  crypto::SigningKey make(crypto::SigningKeyKind kind) override {
    return crypto::SigningKey::generate(kind);
  }
};

}  // namespace gatehouse::keys
