// Between the types of the wire and those of the domain.

#pragma once

#include <google/protobuf/map.h>
#include <google/protobuf/timestamp.pb.h>

#include <map>
#include <string>

#include "server/core/error.h"
#include "server/core/id.h"
#include "server/core/page.h"
#include "server/core/result.h"

namespace gatehouse::api {

// To milliseconds, as stored.
[[nodiscard]] google::protobuf::Timestamp to_timestamp(Instant instant);
// Errors: invalid_argument (before 1970 or after 9999), naming `field`.
Result<Instant, Error> to_instant(const google::protobuf::Timestamp& timestamp,
                                  std::string_view field);

// The id that a field holds. Errors: invalid_argument, naming `field`: no id at all.
template <class AnyId>
Result<AnyId, Error> parse_id(std::string_view text, std::string_view field) {
  const auto id = AnyId::parse(text);
  if (id.has_value()) return *id;
  return refusal(
      ErrorCode::invalid_argument,
      std::string(field) + " must be " + std::string(AnyId::prefix) + " followed by digits",
      std::string(field));
}

// "organization not found", "user not found", …
[[nodiscard]] Error not_found(std::string_view thing);

// A page token is a direction and a position, at most 32 characters; opaque to callers.
[[nodiscard]] std::string page_token(PageQuery::Direction direction, std::int64_t from);

// What page_size (0: the default) and page_token (empty: the first page) ask for. Sizes beyond
// `max` are cut to it. Errors: invalid_argument (a token that we did not make).
struct PageLimits {
  int standard = 10;
  int max = 30;
};
Result<PageQuery, Error> page_query(std::uint32_t page_size, std::string_view token,
                                    PageLimits limits = {});

// Fills next_page_token and prev_page_token, and total_size where `set_total` is given one.
template <class Response, class Item>
void set_page_tokens(Response& response, const Page<Item>& page) {
  using Direction = PageQuery::Direction;
  if (page.older) response.set_next_page_token(page_token(Direction::older, *page.older));
  if (page.newer) response.set_prev_page_token(page_token(Direction::newer, *page.newer));
}

// Metadata: a map on the wire, ordered by key in the domain.
using Metadata = std::map<std::string, std::string, std::less<>>;
[[nodiscard]] Metadata to_metadata(const google::protobuf::Map<std::string, std::string>& map);
void set_metadata(google::protobuf::Map<std::string, std::string>& map, const Metadata& metadata);

}  // namespace gatehouse::api
