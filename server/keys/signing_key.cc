#include "server/keys/signing_key.h"

#include "server/core/ensure.h"

namespace gatehouse::keys {

std::string_view key_state_name(KeyState state) {
  switch (state) {
    case KeyState::next: return "next";
    case KeyState::current: return "current";
    case KeyState::retired: return "retired";
  }
  ensure_failed("unknown KeyState");
}

KeyState parse_key_state(std::string_view name) {
  for (const KeyState state : {KeyState::next, KeyState::current, KeyState::retired}) {
    if (name == key_state_name(state)) return state;
  }
  ensure_failed("unknown name of a KeyState");
}

}  // namespace gatehouse::keys
