// PostgresListener: hears what other nodes announce, and announces (LISTEN, NOTIFY), on a
// connection and a thread of its own. Announcements may be lost while it is not connected: whoever
// relies on them looks from time to time as well.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/core/error.h"
#include "server/core/result.h"

namespace gatehouse::storage {

class PostgresListener {
 public:
  // Calls `on_notice` from its thread for every announcement on `channel` (a plain identifier), and
  // whenever it has connected anew, since something may have been missed. It connects by itself, as
  // often as needed. Errors: invalid_argument, the connection string.
  static Result<std::unique_ptr<PostgresListener>, Error> start(const std::string& conninfo,
                                                                const std::string& channel,
                                                                std::function<void()> on_notice);
  // Announces something on the channel, soon, if it is connected. Safe from any thread; does not
  // wait.
  void announce();

  // Waits for the call under way, if any.
  ~PostgresListener();
  PostgresListener(const PostgresListener&) = delete;
  PostgresListener& operator=(const PostgresListener&) = delete;

  struct Parts;
  explicit PostgresListener(std::unique_ptr<Parts> parts);  // for start()

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::storage
