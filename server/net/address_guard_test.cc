#include "server/net/address_guard.h"

#include <doctest/doctest.h>

#include <string>

namespace gatehouse::net {
namespace {

bool public_text(const char* text) {
  const auto address = IpAddress::parse(text);
  REQUIRE(address.has_value());
  return is_public(*address);
}

TEST_CASE("addresses that anybody can reach are public") {
  for (const char* text : {"1.1.1.1",
                           "8.8.8.8",
                           "9.255.255.255",
                           "11.0.0.0",
                           "100.63.255.255",
                           "100.128.0.0",
                           "126.255.255.255",
                           "128.0.0.0",
                           "169.253.255.255",
                           "169.255.0.0",
                           "172.15.255.255",
                           "172.32.0.0",
                           "191.255.255.255",
                           "192.0.1.0",
                           "192.0.3.0",
                           "192.88.98.255",
                           "192.88.100.0",
                           "192.167.255.255",
                           "192.169.0.0",
                           "198.17.255.255",
                           "198.20.0.0",
                           "198.51.99.255",
                           "198.51.101.0",
                           "203.0.112.255",
                           "203.0.114.0",
                           "223.255.255.255",
                           "2606:4700::1111",
                           "2001:200::1",
                           "2001:4860:4860::8888",
                           "2001:db7:ffff::1",
                           "2001:db9::1",
                           "2003::1",
                           "2a00:1450::1",
                           "3ffd::1",
                           "3fff:1000::1"}) {
    CAPTURE(text);
    CHECK(public_text(text));
  }
}

TEST_CASE("inner, special and reserved addresses are not public, up to the edges of their ranges") {
  for (const char* text :
       {"0.0.0.0",         "0.255.255.255",   "10.0.0.0",        "10.255.255.255",
        "100.64.0.0",      "100.127.255.255", "127.0.0.1",       "127.255.255.255",
        "169.254.0.0",     "169.254.169.254", "169.254.255.255", "172.16.0.0",
        "172.31.255.255",  "192.0.0.0",       "192.0.0.255",     "192.0.2.1",
        "192.31.196.1",    "192.52.193.1",    "192.88.99.1",     "192.168.0.0",
        "192.168.255.255", "192.175.48.1",    "198.18.0.0",      "198.19.255.255",
        "198.51.100.7",    "203.0.113.9",     "224.0.0.1",       "239.255.255.255",
        "240.0.0.0",       "255.255.255.255"}) {
    CAPTURE(text);
    CHECK_FALSE(public_text(text));
  }
}

TEST_CASE("IPv6 outside the global unicast range is not public") {
  for (const char* text :
       {"::", "::1", "::2", "100::1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "1fff:ffff::1", "4000::1",
        "fc00::1", "fd12:3456::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "5f00::1"}) {
    CAPTURE(text);
    CHECK_FALSE(public_text(text));
  }
}

TEST_CASE("addresses with another address inside are refused whatever they carry") {
  for (const char* text :
       {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::8.8.8.8", "2002:7f00:1::1",
        "2002:808:808::1", "2001::1", "2001:0:808:808::1", "64:ff9b::7f00:1", "2001:10::1",
        "2001:20::1", "2001:2::1", "2001:1ff:ffff::1", "2001:db8::1", "2620:4f:8000::1", "3ffe::1",
        "3fff::1", "3fff:fff::1"}) {
    CAPTURE(text);
    CHECK_FALSE(public_text(text));
    CHECK_FALSE(is_allowed(*IpAddress::parse(text), AddressPolicy::public_or_loopback));
  }
}

TEST_CASE("development allows loopback, and nothing else that production refuses") {
  for (const char* text : {"127.0.0.1", "127.8.9.10", "::1"}) {
    CAPTURE(text);
    const auto address = *IpAddress::parse(text);
    CHECK(is_allowed(address, AddressPolicy::public_or_loopback));
    CHECK_FALSE(is_allowed(address, AddressPolicy::public_only));
  }
  for (const char* text : {"0.0.0.0", "::", "10.1.2.3", "169.254.169.254", "fe80::1"}) {
    CAPTURE(text);
    CHECK_FALSE(is_allowed(*IpAddress::parse(text), AddressPolicy::public_or_loopback));
  }
  CHECK(is_allowed(*IpAddress::parse("8.8.8.8"), AddressPolicy::public_or_loopback));
}

TEST_CASE("only whole, plain addresses parse") {
  for (const char* text : {"", "1", "1.2.3", "127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433",
                           "1.2.3.256", "[::1]", "fe80::1%eth0", "::1 ", " 1.2.3.4"}) {
    CAPTURE(text);
    CHECK_FALSE(IpAddress::parse(text).has_value());
  }
  CHECK_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0x", 9)).has_value());
}

}  // namespace
}  // namespace gatehouse::net
