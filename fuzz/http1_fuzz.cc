// fuzz-modules: http_server
// HTTP/1.1 from bytes to requests. The first byte says how the rest is cut into pieces: whatever
// the pieces, the requests and the answers have to be the same.

#include <cstdint>

#include "server/core/ensure.h"
#include "server/core/limits.h"
#include "server/http/server/http1.h"
#include "server/http/server/recording_carrier.h"

namespace {

using namespace gatehouse;
using namespace gatehouse::http::server;

struct Outcome {
  std::string answers;
  std::string requests;
};

std::string describe(const http::Request& request) {
  std::string text = request.authority + "\n" + request.path + "\n" + request.query + "\n";
  for (const http::Headers* headers : {&request.headers, &request.trailers}) {
    for (std::size_t i = 0; i < headers->size(); ++i) {
      text.append(headers->at(i).name).append(":").append(headers->at(i).value).append("\n");
    }
  }
  return text + request.body;
}

Outcome run(std::string_view bytes, std::size_t piece) {
  const Deadline now = Deadline{} + std::chrono::hours(1);
  RecordingCarrier carrier;
  carrier.answer = [](const http::Request& request) { return http::plain_text(200, request.path); };
  Http1Protocol protocol(carrier.parts(), now);
  Outcome outcome;
  for (; !bytes.empty() && !protocol.is_finished();
       bytes.remove_prefix(std::min(piece, bytes.size()))) {
    protocol.feed(bytes.substr(0, piece), now);
    for (;;) {
      const std::string answer = carrier.take_output();
      if (answer.empty()) break;
      outcome.answers += answer;
      protocol.resume(now);
    }
  }
  for (const auto& [stream, request] : carrier.started) {
    ENSURE(request.path.starts_with('/') && !request.authority.empty());
    ENSURE(request.body.size() <= carrier.body_bytes_max);
    ENSURE(request.headers.size() <= limits::request_fields_max);
    outcome.requests += describe(request);
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome whole = run(bytes, bytes.size());
  const Outcome pieces = run(bytes, std::size_t{1} + data[0]);
  // 100 Continue depends on what has arrived, so only the requests are compared.
  ENSURE(whole.requests == pieces.requests);
  return 0;
}
