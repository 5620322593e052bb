#include "server/net/address_guard.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

namespace gatehouse::net {
namespace {

struct Prefix {
  std::array<std::uint8_t, 16> bytes;
  int bits;
};

bool matches(const std::array<std::uint8_t, 16>& address, const Prefix& prefix) {
  const int whole = prefix.bits / 8;
  if (!std::equal(address.begin(), address.begin() + whole, prefix.bytes.begin())) return false;
  const int rest = prefix.bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
  const auto at = static_cast<std::size_t>(whole);
  return (address[at] & mask) == (prefix.bytes[at] & mask);
}

// clang-format off
constexpr Prefix v4_refused[] = {
    {{0}, 8},                 // "this network"
    {{10}, 8},                // private
    {{100, 64}, 10},          // carrier-grade NAT
    {{127}, 8},               // loopback
    {{169, 254}, 16},         // link-local, and the metadata services of clouds
    {{172, 16}, 12},          // private
    {{192, 0, 0}, 24},        // protocol assignments
    {{192, 0, 2}, 24},        // documentation
    {{192, 31, 196}, 24},     // AS112
    {{192, 52, 193}, 24},     // AMT
    {{192, 88, 99}, 24},      // 6to4 relays
    {{192, 168}, 16},         // private
    {{192, 175, 48}, 24},     // AS112
    {{198, 18}, 15},          // benchmarking
    {{198, 51, 100}, 24},     // documentation
    {{203, 0, 113}, 24},      // documentation
    {{224}, 4},               // multicast
    {{240}, 4},               // reserved, broadcast
};
// Only 2000::/3 is in use for global unicast; these parts of it are not.
constexpr Prefix v6_global{{0x20}, 3};
constexpr Prefix v6_refused[] = {
    {{0x20, 0x01, 0x00}, 23},                          // protocol assignments, Teredo, ORCHID
    {{0x20, 0x01, 0x0d, 0xb8}, 32},                    // documentation
    {{0x20, 0x02}, 16},                                // 6to4
    {{0x26, 0x20, 0x00, 0x4f, 0x80, 0x00}, 48},        // AS112
    {{0x3f, 0xfe}, 16},                                // the former 6bone
    {{0x3f, 0xff, 0x00}, 20},                          // documentation
};
constexpr std::array<std::uint8_t, 16> v6_loopback = {0, 0, 0, 0, 0, 0, 0, 0,
                                                      0, 0, 0, 0, 0, 0, 0, 1};
// clang-format on

}  // namespace

IpAddress IpAddress::v4(const std::array<std::uint8_t, 4>& bytes) {
  std::array<std::uint8_t, 16> padded{};
  std::copy(bytes.begin(), bytes.end(), padded.begin());
  return {Family::v4, padded};
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& bytes) { return {Family::v6, bytes}; }

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  std::array<std::uint8_t, 4> four{};
  if (inet_pton(AF_INET, terminated.c_str(), four.data()) == 1) return v4(four);
  std::array<std::uint8_t, 16> sixteen{};
  if (inet_pton(AF_INET6, terminated.c_str(), sixteen.data()) == 1) return v6(sixteen);
  return std::nullopt;
}

bool is_loopback(const IpAddress& address) {
  if (address.family() == IpAddress::Family::v4) return address.bytes()[0] == 127;
  return address.bytes() == v6_loopback;
}

bool is_public(const IpAddress& address) {
  const auto refuses = [&](const Prefix& prefix) { return matches(address.bytes(), prefix); };
  if (address.family() == IpAddress::Family::v4) {
    return std::none_of(std::begin(v4_refused), std::end(v4_refused), refuses);
  }
  return matches(address.bytes(), v6_global) &&
         std::none_of(std::begin(v6_refused), std::end(v6_refused), refuses);
}

bool is_allowed(const IpAddress& address, AddressPolicy policy) {
  if (policy == AddressPolicy::public_or_loopback && is_loopback(address)) return true;
  return is_public(address);
}

}  // namespace gatehouse::net
