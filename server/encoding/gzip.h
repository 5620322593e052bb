// gzip [RFC 1952] and bare deflate [RFC 1951]: unpacking what others send, within limits, and
// packing.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse {

// nullopt for anything that is not one whole gzip member, or that unpacks to more than `bytes_max`
// or to more than `ratio_max` times its size: a small message cannot make a large one.
[[nodiscard]] std::optional<std::string> gunzip(std::string_view packed, std::size_t bytes_max,
                                                std::size_t ratio_max);

[[nodiscard]] std::string gzip(std::string_view bytes);

// The same without header and checksum: nullopt for anything that is not one whole stream of
// deflated bytes.
[[nodiscard]] std::optional<std::string> inflate_raw(std::string_view packed, std::size_t bytes_max,
                                                     std::size_t ratio_max);
[[nodiscard]] std::string deflate_raw(std::string_view bytes);

}  // namespace gatehouse
