// The parts of a letter that are kept sealed, as one string and back.

#pragma once

#include <optional>

#include "server/mail/letter.h"

namespace gatehouse::mail {

// Everything but the address, purpose and useful_until.
[[nodiscard]] Secret packed_content(const Letter& letter);

// What is stored beside the content.
struct Envelope {
  std::string recipient;
  std::string purpose;
  Instant useful_until;
};
// nullopt if either is not what packed_content() and an outbox row hold.
[[nodiscard]] std::optional<Letter> unpacked(const Secret& content, const Envelope& envelope);

}  // namespace gatehouse::mail
