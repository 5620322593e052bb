// fuzz-modules: http_server
// HTTP/2 from bytes to requests, answered at once or late, in pieces and over time.

#include <cstdint>

#include "server/core/ensure.h"
#include "server/core/limits.h"
#include "server/http/server/http2.h"
#include "server/http/server/recording_carrier.h"

namespace {

using namespace gatehouse;
using namespace gatehouse::http::server;

constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

}  // namespace

// The first byte chooses the size of the pieces; its lowest bit whether answers come late.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool answers_late = (data[0] & 1) != 0;
  const std::size_t piece = std::size_t{1} + data[0] * std::size_t{4};
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);

  Deadline now = Deadline{} + std::chrono::hours(1);
  RecordingCarrier carrier;
  if (!answers_late) {
    carrier.answer = [](const http::Request& request) {
      http::Response response = http::plain_text(200, request.path);
      if (request.path == "/t") response.trailers.add("grpc-status", "0");
      return response;
    };
  }
  Http2Protocol protocol(carrier.parts(), now);
  protocol.feed(preface, now);
  std::size_t answered = 0;
  while (!bytes.empty() && !protocol.is_finished()) {
    protocol.feed(bytes.substr(0, piece), now);
    bytes.remove_prefix(std::min(piece, bytes.size()));
    carrier.take_output();
    protocol.resume(now);
    if (answers_late && answered < carrier.started.size() && bytes.size() % 2 == 0) {
      protocol.answer(carrier.started[answered++].first, http::plain_text(200, "late"), now);
    }
    now += Duration(100);
    protocol.expire(now);
  }
  for (const auto& [stream, request] : carrier.started) {
    ENSURE(request.path.starts_with('/') && !request.authority.empty());
    ENSURE(request.body.size() <= carrier.body_bytes_max);
    ENSURE(request.headers.size() <= limits::request_fields_max + 1);
  }
  return 0;
}
