#include "server/net/smtp.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "server/net/address_guard.h"
#include "server/net/curl_handle.h"

namespace gatehouse::net {
namespace {

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.';
}

bool is_host(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  return IpAddress::parse(host).has_value() ||
         std::all_of(host.begin(), host.end(), is_host_character);
}

bool has_line_break_or_nul(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

std::string url_of(const SmtpSettings& settings) {
  const bool is_v6 = settings.host.find(':') != std::string::npos;
  const std::string host = is_v6 ? "[" + settings.host + "]" : settings.host;
  return (settings.security == SmtpSecurity::tls ? "smtps://" : "smtp://") + host + ":" +
         std::to_string(settings.port) + "/" + settings.helo_name;
}

long use_ssl(SmtpSecurity security) {
  switch (security) {
    case SmtpSecurity::plain: return CURLUSESSL_NONE;
    case SmtpSecurity::starttls_if_offered: return CURLUSESSL_TRY;
    case SmtpSecurity::starttls:
    case SmtpSecurity::tls: break;
  }
  return CURLUSESSL_ALL;
}

// The message, handed to curl piece by piece.
struct Upload {
  const std::string& bytes;
  std::size_t sent = 0;
};

std::size_t give(char* buffer, std::size_t, std::size_t size, void* shared) {
  auto& upload = *static_cast<Upload*>(shared);
  const std::size_t count = std::min(size, upload.bytes.size() - upload.sent);
  std::memcpy(buffer, upload.bytes.data() + upload.sent, count);
  upload.sent += count;
  return count;
}

std::size_t ignore(char*, std::size_t, std::size_t size, void*) { return size; }

SmtpFailure failure_of(CURLcode code, long reply, const char* text) {
  const std::string detail = *text != '\0' ? text : curl().easy_strerror(code);
  // Refused credentials are the operator's to mend, and then the letter can still go.
  const bool about_credentials = code == CURLE_LOGIN_DENIED || (reply >= 530 && reply <= 538);
  const bool permanent = reply >= 500 && reply < 600 && !about_credentials;
  return {.kind = permanent ? SmtpFailure::Kind::permanent : SmtpFailure::Kind::temporary,
          .detail = detail + (reply > 0 ? " (reply " + std::to_string(reply) + ")" : "")};
}

// The operator's to mend, and then the letter can still go.
SmtpFailure no_curl() { return {.kind = SmtpFailure::Kind::temporary, .detail = curl_is_missing}; }

}  // namespace

struct SmtpSender::State {
  explicit State(SmtpSettings given) : settings(std::move(given)), url(url_of(settings)) {}

  // All that concerns the connection and not the message.
  void prepare(CurlTransfer& transfer) const;

  const SmtpSettings settings;
  const std::string url;
};

std::string settings_problem(const SmtpSettings& settings) {
  if (!is_host(settings.host)) return "host is not the name or address of a machine";
  if (settings.port == 0) return "port is missing";
  if (!settings.helo_name.empty() && !is_host(settings.helo_name)) {
    return "helo_name is not the name of a machine";
  }
  if (has_line_break_or_nul(settings.user) || has_line_break_or_nul(settings.password.reveal())) {
    return "user or password has a line break in it";
  }
  if (settings.user.empty() != settings.password.empty()) return "user and password go together";
  const bool in_the_open = settings.security == SmtpSecurity::plain ||
                           settings.security == SmtpSecurity::starttls_if_offered;
  const auto address = IpAddress::parse(settings.host);
  const bool here = settings.host == "localhost" || (address && is_loopback(*address));
  if (!settings.user.empty() && in_the_open && !here) {
    return "security must be starttls or tls where there is a password";
  }
  if (settings.deadline <= Duration::zero()) return "deadline must be positive";
  return {};
}

void SmtpSender::State::prepare(CurlTransfer& transfer) const {
  transfer.set(CURLOPT_URL, url.c_str());
  transfer.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  transfer.set(CURLOPT_PROXY, "");
  transfer.set(CURLOPT_NOSIGNAL, 1L);
  transfer.set(CURLOPT_TIMEOUT_MS, static_cast<long>(settings.deadline.count()));
  transfer.set(CURLOPT_USE_SSL, use_ssl(settings.security));
  transfer.set(CURLOPT_SSL_VERIFYPEER, 1L);
  transfer.set(CURLOPT_SSL_VERIFYHOST, 2L);
  transfer.set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  if (!settings.ca_file.empty()) transfer.set(CURLOPT_CAINFO, settings.ca_file.c_str());
  if (settings.user.empty()) return;
  const std::string password(settings.password.reveal());  // copied by libcurl
  transfer.set(CURLOPT_USERNAME, settings.user.c_str());
  transfer.set(CURLOPT_PASSWORD, password.c_str());
}

SmtpSender::SmtpSender(SmtpSettings settings) {
  ENSURE(settings_problem(settings).empty());
  state_ = std::make_unique<const State>(std::move(settings));
}

SmtpSender::~SmtpSender() = default;

Result<Unit, SmtpFailure> SmtpSender::send(const MailMessage& message) {
  if (find_curl() == nullptr) return no_curl();
  const std::string bytes = render(message);
  const std::string sender = "<" + message.from.text() + ">";
  Upload upload{.bytes = bytes};
  CurlList recipients;
  recipients.add("<" + message.to.text() + ">");
  std::array<char, CURL_ERROR_SIZE> problem{};
  CurlTransfer transfer;
  transfer.set(CURLOPT_ERRORBUFFER, problem.data());
  state_->prepare(transfer);
  transfer.set(CURLOPT_MAIL_FROM, sender.c_str());
  transfer.set(CURLOPT_MAIL_RCPT, recipients.get());
  transfer.set(CURLOPT_UPLOAD, 1L);
  transfer.set(CURLOPT_READFUNCTION, &give);
  transfer.set(CURLOPT_READDATA, &upload);
  transfer.set(CURLOPT_WRITEFUNCTION, &ignore);
  const CURLcode code = transfer.perform();
  if (code == CURLE_OK) return Unit{};
  return failure_of(code, transfer.response_code(), problem.data());
}

Result<Unit, SmtpFailure> SmtpSender::probe() {
  if (find_curl() == nullptr) return no_curl();
  std::array<char, CURL_ERROR_SIZE> problem{};
  CurlTransfer transfer;
  transfer.set(CURLOPT_ERRORBUFFER, problem.data());
  state_->prepare(transfer);
  transfer.set(CURLOPT_CONNECT_ONLY, 1L);
  const CURLcode code = transfer.perform();
  if (code == CURLE_OK) return Unit{};
  return failure_of(code, transfer.response_code(), problem.data());
}

}  // namespace gatehouse::net
