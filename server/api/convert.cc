#include "server/api/convert.h"

#include <algorithm>

#include "server/encoding/base64.h"

namespace gatehouse::api {
namespace {

constexpr std::size_t token_bytes = 9;  // a letter for the direction, eight bytes of position

}  // namespace

google::protobuf::Timestamp to_timestamp(Instant instant) {
  const std::int64_t ms = to_ms(instant);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(ms / 1000);
  timestamp.set_nanos(static_cast<std::int32_t>(ms % 1000) * 1'000'000);
  return timestamp;
}

Result<Instant, Error> to_instant(const google::protobuf::Timestamp& timestamp,
                                  std::string_view field) {
  constexpr std::int64_t seconds_max = 253'402'300'799;  // the end of the year 9999
  if (timestamp.seconds() < 0 || timestamp.seconds() > seconds_max || timestamp.nanos() < 0 ||
      timestamp.nanos() > 999'999'999) {
    return refusal(ErrorCode::invalid_argument,
                   std::string(field) + " is not a time between 1970 and 9999", std::string(field));
  }
  return instant_from_ms(timestamp.seconds() * 1000 + timestamp.nanos() / 1'000'000);
}

Error not_found(std::string_view thing) {
  return refusal(ErrorCode::not_found, std::string(thing) + " not found");
}

std::string page_token(PageQuery::Direction direction, std::int64_t from) {
  std::string bytes(1, direction == PageQuery::Direction::older ? 'o' : 'n');
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes += static_cast<char>((static_cast<std::uint64_t>(from) >> shift) & 0xff);
  }
  return base64url_encode(bytes);
}

Result<PageQuery, Error> page_query(std::uint32_t page_size, std::string_view token,
                                    PageLimits limits) {
  PageQuery query;
  query.limit = page_size == 0
                    ? limits.standard
                    : static_cast<int>(std::min(page_size, static_cast<std::uint32_t>(limits.max)));
  if (token.empty()) return query;
  const auto bytes = base64url_decode(token);
  const bool is_ours = bytes.has_value() && bytes->size() == token_bytes &&
                       (bytes->front() == 'o' || bytes->front() == 'n');
  std::uint64_t from = 0;
  if (is_ours) {
    for (const char byte : bytes->substr(1)) from = from << 8 | static_cast<unsigned char>(byte);
  }
  if (!is_ours || from == 0 || from > INT64_MAX) {
    return refusal(ErrorCode::invalid_argument, "page_token is not one that this list gave out",
                   "page_token");
  }
  query.from = static_cast<std::int64_t>(from);
  query.direction =
      bytes->front() == 'o' ? PageQuery::Direction::older : PageQuery::Direction::newer;
  return query;
}

Metadata to_metadata(const google::protobuf::Map<std::string, std::string>& map) {
  return {map.begin(), map.end()};
}

void set_metadata(google::protobuf::Map<std::string, std::string>& map, const Metadata& metadata) {
  map.clear();
  for (const auto& [key, value] : metadata) map[key] = value;
}

}  // namespace gatehouse::api
