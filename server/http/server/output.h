// Output: the bytes a connection still has to send, as a list of pieces that are gathered into one
// write. Shared bodies are referred to, not copied; memory of sent pieces is used again.

#pragma once

#include <sys/uio.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::http::server {

class Output {
 public:
  void append(std::string_view bytes);
  // Takes over the string if copying it would cost more.
  void append_owned(std::string bytes);
  void append_shared(std::shared_ptr<const std::string> bytes);

  [[nodiscard]] std::size_t pending() const { return pending_; }
  // Fills `vectors` from the front; returns how many were filled. Valid until the next change.
  [[nodiscard]] std::size_t gather(std::span<iovec> vectors) const;
  // The first `count` bytes were sent.
  void consume(std::size_t count);
  void clear();
  // Gives back the memory kept for the next answer; for connections that rest.
  void release_memory();

 private:
  struct Piece {
    std::string owned;
    std::shared_ptr<const std::string> shared;

    [[nodiscard]] std::string_view bytes() const { return shared ? *shared : owned; }
  };
  Piece& next_piece();

  std::vector<Piece> pieces_;  // those from first_ to used_ wait; the others keep their capacity
  std::size_t first_ = 0;
  std::size_t used_ = 0;
  std::size_t sent_of_first_ = 0;
  std::size_t pending_ = 0;
};

}  // namespace gatehouse::http::server
