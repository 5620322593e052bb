// Which addresses outbound calls may reach. The check is made on the address that is about to be
// connected to, after name resolution, so that no name can stand for an inner address.
//
// Allowed is what the IANA special-purpose registries leave as globally reachable [RFC 6890].
// Addresses that carry another one inside (v4-mapped, NAT64, 6to4, Teredo) are refused whatever
// they carry: what they reach depends on a gateway that we do not know.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gatehouse::net {

enum class AddressPolicy {
  public_only,         // production: https to public addresses
  public_or_loopback,  // development: also http, to this machine only
};

class IpAddress {
 public:
  enum class Family { v4, v6 };

  [[nodiscard]] static IpAddress v4(const std::array<std::uint8_t, 4>& bytes);
  [[nodiscard]] static IpAddress v6(const std::array<std::uint8_t, 16>& bytes);
  // The textual forms of inet_pton(3): no leading zeros, no shortened v4, no zone.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] Family family() const { return family_; }
  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }  // v4: first 4

 private:
  IpAddress(Family family, const std::array<std::uint8_t, 16>& bytes)
      : family_(family), bytes_(bytes) {}
  Family family_;
  std::array<std::uint8_t, 16> bytes_;
};

// 127.0.0.0/8 and ::1.
[[nodiscard]] bool is_loopback(const IpAddress& address);
// Reachable from anywhere on the Internet, and neither multicast nor reserved.
[[nodiscard]] bool is_public(const IpAddress& address);
[[nodiscard]] bool is_allowed(const IpAddress& address, AddressPolicy policy);

}  // namespace gatehouse::net
