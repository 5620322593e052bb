#include "server/sso/saml/redirect_query.h"

#include "server/core/limits.h"
#include "server/encoding/base64.h"
#include "server/encoding/form.h"
#include "server/encoding/uri.h"

namespace gatehouse::sso::saml {
namespace {

struct Piece {
  std::string_view whole;  // "name=value"
  std::string_view value;
};

// The one piece of that name; nothing if there is none. A name that is there twice is read
// differently by different readers.
Result<std::optional<Piece>, Failure> piece_of(std::string_view query, std::string_view name) {
  std::optional<Piece> found;
  while (!query.empty()) {
    const std::string_view whole = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), whole.size() + 1));
    const std::size_t equals = whole.find('=');
    const std::optional<std::string> decoded = decode_form_text(whole.substr(0, equals));
    if (decoded != name) continue;
    if (found.has_value() || equals == whole.npos || whole.substr(0, equals) != name) {
      return Failure(Diagnosis::message_unexpected, "one " + std::string(name),
                     "several, or an escaped name");
    }
    found = Piece{.whole = whole, .value = whole.substr(equals + 1)};
  }
  return found;
}

std::string octets_of(const Piece& message, const std::optional<Piece>& relay_state,
                      const Piece& algorithm) {
  std::string out(message.whole);
  if (relay_state.has_value()) out.append("&").append(relay_state->whole);
  out.append("&").append(algorithm.whole);
  return out;
}

std::optional<std::string> decode_signature(std::string_view value) {
  std::optional<std::string> text = percent_decode(value);
  if (!text.has_value()) return std::nullopt;
  std::erase_if(*text, [](char c) { return c == '\r' || c == '\n' || c == ' '; });
  return base64_decode(*text);
}

Result<std::string, Failure> decode_relay_state(const std::optional<Piece>& piece) {
  if (!piece.has_value()) return std::string();
  std::optional<std::string> text = decode_form_text(piece->value);
  if (!text.has_value()) {
    return Failure(Diagnosis::message_unexpected, "a RelayState in UTF-8", "other bytes");
  }
  return *std::move(text);
}

}  // namespace

Result<RedirectQuery, Failure> read_redirect_query(std::string_view raw_query,
                                                   std::string_view parameter) {
  if (raw_query.size() > limits::request_target_bytes_max) {
    return Failure(Diagnosis::message_too_long,
                   "at most " + std::to_string(limits::request_target_bytes_max) + " bytes",
                   std::to_string(raw_query.size()) + " bytes");
  }
  const std::optional<Piece> message = TRY(piece_of(raw_query, parameter));
  const std::optional<Piece> relay_state = TRY(piece_of(raw_query, "RelayState"));
  const std::optional<Piece> algorithm = TRY(piece_of(raw_query, "SigAlg"));
  const std::optional<Piece> signature = TRY(piece_of(raw_query, "Signature"));
  if (!message.has_value()) {
    return Failure(Diagnosis::answer_missing, std::string(parameter), "nothing");
  }
  RedirectQuery out{.message = std::string(message->value), .relay_state = {}, .signature = {}};
  out.relay_state = TRY(decode_relay_state(relay_state));
  if (!signature.has_value() && !algorithm.has_value()) return out;

  if (!signature.has_value() || !algorithm.has_value()) {
    return Failure(Diagnosis::signature_malformed, "SigAlg and Signature", "one of them");
  }
  const std::optional<std::string> uri = percent_decode(algorithm->value);
  std::optional<std::string> bytes = decode_signature(signature->value);
  if (!uri.has_value() || !bytes.has_value()) {
    return Failure(Diagnosis::signature_malformed, "a Signature in base64", "something else");
  }
  out.signature = RedirectQuery::Detached{.octets = octets_of(*message, relay_state, *algorithm),
                                          .algorithm = *uri,
                                          .signature = *std::move(bytes)};
  return out;
}

}  // namespace gatehouse::sso::saml
