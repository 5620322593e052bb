#include "server/encoding/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "server/core/ensure.h"

namespace gatehouse {
namespace {

// The largest window, and what stands around the deflated bytes [zlib manual].
constexpr int gzip_only = 15 + 16;
constexpr int bare = -15;
// Short texts may pack very well without being an attack.
constexpr std::size_t always_allowed_bytes = 16 * 1024;

struct Inflater {
  z_stream stream = {};
  explicit Inflater(int framing) { ENSURE(inflateInit2(&stream, framing) == Z_OK); }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

Bytef* input(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

std::optional<std::string> unpack(std::string_view packed, int framing, std::size_t bytes_max,
                                  std::size_t ratio_max) {
  const std::size_t allowed =
      std::min(bytes_max, std::max(packed.size() * ratio_max, always_allowed_bytes));
  Inflater inflater(framing);
  inflater.stream.next_in = input(packed);
  inflater.stream.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  std::array<char, 16 * 1024> piece;
  int status = Z_OK;
  while (status == Z_OK) {
    inflater.stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    inflater.stream.avail_out = static_cast<uInt>(piece.size());
    status = inflate(&inflater.stream, Z_NO_FLUSH);
    const std::size_t made = piece.size() - inflater.stream.avail_out;
    if (out.size() + made > allowed) return std::nullopt;
    out.append(piece.data(), made);
    if (status == Z_OK && made == 0 && inflater.stream.avail_in == 0) return std::nullopt;
  }
  if (status != Z_STREAM_END || inflater.stream.avail_in != 0) return std::nullopt;
  return out;
}

std::string pack(std::string_view bytes, int framing) {
  z_stream stream = {};
  ENSURE(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, framing, 8, Z_DEFAULT_STRATEGY) ==
         Z_OK);
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  ENSURE(status == Z_STREAM_END);
  return out;
}

}  // namespace

std::optional<std::string> gunzip(std::string_view packed, std::size_t bytes_max,
                                  std::size_t ratio_max) {
  return unpack(packed, gzip_only, bytes_max, ratio_max);
}

std::string gzip(std::string_view bytes) { return pack(bytes, gzip_only); }

std::optional<std::string> inflate_raw(std::string_view packed, std::size_t bytes_max,
                                       std::size_t ratio_max) {
  return unpack(packed, bare, bytes_max, ratio_max);
}

std::string deflate_raw(std::string_view bytes) { return pack(bytes, bare); }

}  // namespace gatehouse
