#include "server/net/http_client.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>

#include "server/net/curl_handle.h"

namespace gatehouse::net {
namespace {

constexpr std::size_t answer_head_bytes_max = 32 * 1024;

bool is_token_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f && std::strchr("()<>@,;:\\\"/[]?={}", c) == nullptr;
}

bool is_field(const HttpField& field) {
  const bool name_is_token =
      !field.name.empty() && std::all_of(field.name.begin(), field.name.end(), is_token_character);
  const bool value_is_clean = std::none_of(field.value.begin(), field.value.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
  return name_is_token && value_is_clean;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string_view without_spaces(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::optional<IpAddress> address_of(const curl_sockaddr& target) {
  if (target.family == AF_INET) {
    sockaddr_in address{};
    if (target.addrlen < sizeof address) return std::nullopt;
    std::memcpy(&address, &target.addr, sizeof address);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &address.sin_addr, bytes.size());
    return IpAddress::v4(bytes);
  }
  if (target.family == AF_INET6) {
    sockaddr_in6 address{};
    if (target.addrlen < sizeof address) return std::nullopt;
    std::memcpy(&address, &target.addr, sizeof address);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
    return IpAddress::v6(bytes);
  }
  return std::nullopt;
}

// What the callbacks of one transfer share.
struct Exchange {
  AddressPolicy policy;
  enum class Scheme { http, https } scheme;
  std::size_t body_bytes_max;
  std::size_t head_bytes = 0;
  enum class Refusal { none, address, size } refusal = Refusal::none;
  HttpAnswer answer;
};

curl_socket_t open_socket(void* shared, curlsocktype, curl_sockaddr* target) {
  auto& exchange = *static_cast<Exchange*>(shared);
  const auto address = address_of(*target);
  const bool allowed = address && is_allowed(*address, exchange.policy) &&
                       (exchange.scheme == Exchange::Scheme::https || is_loopback(*address));
  if (!allowed) {
    exchange.refusal = Exchange::Refusal::address;
    return CURL_SOCKET_BAD;
  }
  return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

std::size_t take_body(char* data, std::size_t, std::size_t size, void* shared) {
  auto& exchange = *static_cast<Exchange*>(shared);
  if (size > exchange.body_bytes_max - exchange.answer.body.size()) {
    exchange.refusal = Exchange::Refusal::size;
    return 0;
  }
  exchange.answer.body.append(data, size);
  return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* shared) {
  auto& exchange = *static_cast<Exchange*>(shared);
  exchange.head_bytes += size;
  if (exchange.head_bytes > answer_head_bytes_max) {
    exchange.refusal = Exchange::Refusal::size;
    return 0;
  }
  const std::string_view line(data, size);
  if (line.starts_with("HTTP/")) {
    exchange.answer.headers.clear();  // what came before was an interim answer
    return size;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  HttpField field{.name = std::string(line.substr(0, colon)),
                  .value = std::string(without_spaces(line.substr(colon + 1)))};
  std::transform(field.name.begin(), field.name.end(), field.name.begin(), lower);
  exchange.answer.headers.push_back(std::move(field));
  return size;
}

// The scheme of a URL that may be called at all.
Result<Exchange::Scheme, Error> checked_scheme(const OutboundRequest& request) {
  CurlUrl url;
  const bool parsed =
      request.url.find('\0') == std::string::npos && url.set(CURLUPART_URL, request.url);
  if (!parsed) return Error{ErrorCode::invalid_argument, "malformed URL"};
  if (!url.get(CURLUPART_USER).empty() || !url.get(CURLUPART_PASSWORD).empty()) {
    return Error{ErrorCode::invalid_argument, "a URL must not carry credentials"};
  }
  const std::string scheme = url.get(CURLUPART_SCHEME);
  if (scheme == "https") return Exchange::Scheme::https;
  if (scheme == "http" && request.address_policy == AddressPolicy::public_or_loopback) {
    return Exchange::Scheme::http;
  }
  return Error{ErrorCode::permission_denied, "scheme not allowed"};
}

Error failure_of(CURLcode code, const Exchange& exchange, const char* text) {
  if (exchange.refusal == Exchange::Refusal::address) {
    return {ErrorCode::permission_denied, "the address is not allowed for outbound calls"};
  }
  if (exchange.refusal == Exchange::Refusal::size || code == CURLE_FILESIZE_EXCEEDED) {
    return {ErrorCode::resource_exhausted, "the answer is too large"};
  }
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return {ErrorCode::deadline_exceeded, "no whole answer in time"};
  }
  return {ErrorCode::unavailable, *text != '\0' ? text : curl().easy_strerror(code)};
}

class CurlHttpClient final : public HttpClient {
 public:
  explicit CurlHttpClient(HttpClientSettings settings) : settings_(std::move(settings)) {
    ENSURE(settings_.calls_max > 0);
  }

  Result<HttpAnswer, Error> send(const OutboundRequest& request) override {
    if (find_curl() == nullptr) return Error{ErrorCode::unavailable, curl_is_missing};
    const auto scheme = TRY(checked_scheme(request));
    CurlList headers;
    headers.add("Expect:");  // curl would wait for "100 Continue" before larger bodies
    for (const HttpField& field : request.headers) {
      if (!is_field(field)) return Error{ErrorCode::invalid_argument, "malformed header"};
      headers.add(field.value.empty() ? field.name + ";" : field.name + ": " + field.value);
    }
    TRY(enter(request.deadline));
    const Leave leave(*this);
    Exchange exchange{.policy = request.address_policy,
                      .scheme = scheme,
                      .body_bytes_max = request.response_bytes_max,
                      .answer = {}};
    return perform(request, headers, exchange);
  }

 private:
  // Gives one of the calls_max places back.
  class Leave {
   public:
    explicit Leave(CurlHttpClient& client) : client_(client) {}
    ~Leave() {
      {
        const std::lock_guard lock(client_.mutex_);
        --client_.calls_;
      }
      client_.place_free_.notify_one();
    }
    Leave(const Leave&) = delete;
    Leave& operator=(const Leave&) = delete;

   private:
    CurlHttpClient& client_;
  };

  Result<Unit, Error> enter(Deadline deadline) {
    std::unique_lock lock(mutex_);
    const bool free =
        place_free_.wait_until(lock, deadline, [this] { return calls_ < settings_.calls_max; });
    if (!free) return Error{ErrorCode::resource_exhausted, "too many outbound calls under way"};
    ++calls_;
    return Unit{};
  }

  Result<HttpAnswer, Error> perform(const OutboundRequest& request, const CurlList& headers,
                                    Exchange& exchange) {
    const long left_ms = milliseconds_left(request.deadline);
    if (left_ms <= 0) return Error{ErrorCode::deadline_exceeded, "no time left for the call"};
    CurlTransfer transfer;
    std::array<char, CURL_ERROR_SIZE> problem{};
    transfer.set(CURLOPT_ERRORBUFFER, problem.data());
    transfer.set(CURLOPT_URL, request.url.c_str());
    transfer.set(CURLOPT_PROTOCOLS_STR,
                 exchange.scheme == Exchange::Scheme::https ? "https" : "http");
    transfer.set(CURLOPT_FOLLOWLOCATION, 0L);
    transfer.set(CURLOPT_PROXY, "");
    transfer.set(CURLOPT_NOSIGNAL, 1L);
    transfer.set(CURLOPT_TIMEOUT_MS, left_ms);
    transfer.set(CURLOPT_SSL_VERIFYPEER, 1L);
    transfer.set(CURLOPT_SSL_VERIFYHOST, 2L);
    transfer.set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    if (!settings_.ca_file.empty()) transfer.set(CURLOPT_CAINFO, settings_.ca_file.c_str());
    transfer.set(CURLOPT_USERAGENT, settings_.user_agent.c_str());
    transfer.set(CURLOPT_HTTPHEADER, headers.get());
    if (request.method == OutboundMethod::post) {
      transfer.set(CURLOPT_POST, 1L);
      transfer.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      transfer.set(CURLOPT_POSTFIELDS, request.body.data());
    }
    transfer.set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    transfer.set(CURLOPT_OPENSOCKETDATA, &exchange);
    transfer.set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request.response_bytes_max));
    transfer.set(CURLOPT_WRITEFUNCTION, &take_body);
    transfer.set(CURLOPT_WRITEDATA, &exchange);
    transfer.set(CURLOPT_HEADERFUNCTION, &take_header);
    transfer.set(CURLOPT_HEADERDATA, &exchange);
    const CURLcode code = transfer.perform();
    if (code != CURLE_OK) return failure_of(code, exchange, problem.data());
    exchange.answer.status = static_cast<int>(transfer.response_code());
    return std::move(exchange.answer);
  }

  const HttpClientSettings settings_;
  std::mutex mutex_;
  std::condition_variable place_free_;
  std::size_t calls_ = 0;
};

}  // namespace

std::optional<std::string_view> HttpAnswer::header(std::string_view name) const {
  for (const HttpField& field : headers) {
    if (field.name == name) return field.value;
  }
  return std::nullopt;
}

std::unique_ptr<HttpClient> make_http_client(HttpClientSettings settings) {
  return std::make_unique<CurlHttpClient>(std::move(settings));
}

}  // namespace gatehouse::net
