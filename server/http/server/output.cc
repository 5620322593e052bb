#include "server/http/server/output.h"

#include "server/core/ensure.h"

namespace gatehouse::http::server {
namespace {

// Up to here a copy is cheaper than one more piece in the write.
constexpr std::size_t copied_bytes_max = 4096;
// A string that grew beyond this is not kept for later.
constexpr std::size_t kept_capacity_max = 16 * 1024;

}  // namespace

Output::Piece& Output::next_piece() {
  if (used_ == pieces_.size()) pieces_.emplace_back();
  return pieces_[used_++];
}

void Output::append(std::string_view bytes) {
  if (bytes.empty()) return;
  Piece& piece = used_ > first_ && !pieces_[used_ - 1].shared ? pieces_[used_ - 1] : next_piece();
  piece.owned.append(bytes);
  pending_ += bytes.size();
}

void Output::append_owned(std::string bytes) {
  if (bytes.size() <= copied_bytes_max) return append(bytes);
  pending_ += bytes.size();
  next_piece().owned = std::move(bytes);
}

void Output::append_shared(std::shared_ptr<const std::string> bytes) {
  if (bytes->size() <= copied_bytes_max) return append(*bytes);
  pending_ += bytes->size();
  next_piece().shared = std::move(bytes);
}

std::size_t Output::gather(std::span<iovec> vectors) const {
  std::size_t count = 0;
  std::size_t skip = sent_of_first_;
  for (std::size_t i = first_; i < used_ && count < vectors.size(); ++i) {
    const std::string_view bytes = pieces_[i].bytes().substr(skip);
    skip = 0;
    // iovec is the kernel's, which only reads here.
    vectors[count++] = iovec{const_cast<char*>(bytes.data()), bytes.size()};
  }
  return count;
}

void Output::consume(std::size_t count) {
  ENSURE(count <= pending_);
  pending_ -= count;
  while (first_ < used_) {
    Piece& piece = pieces_[first_];
    const std::size_t left = piece.bytes().size() - sent_of_first_;
    if (count < left) {
      sent_of_first_ += count;
      return;
    }
    count -= left;
    sent_of_first_ = 0;
    piece.shared.reset();
    if (piece.owned.capacity() > kept_capacity_max) piece.owned = std::string();
    piece.owned.clear();
    ++first_;
  }
  first_ = used_ = 0;
}

void Output::clear() { consume(pending_); }

void Output::release_memory() {
  if (pending_ == 0) pieces_ = std::vector<Piece>();
}

}  // namespace gatehouse::http::server
