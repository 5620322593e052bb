#include <sys/stat.h>

#include <algorithm>
#include <ctime>

#include "server/app/commands/doctor_check.h"
#include "server/app/commands/maintenance.h"
#include "server/app/config.h"
#include "server/app/data_folder.h"
#include "server/net/http_client.h"
#include "server/net/smtp.h"

namespace gatehouse::app::commands {
namespace {

constexpr Duration clock_difference_max = seconds(30);
// No machine that runs this was switched on before it was written.
constexpr Instant earliest_now = instant_from_ms(1'767'225'600'000);  // 2026-01-01

using enum Check::Status;

void check_mode(Checks& checks, std::string_view name, const std::string& path, unsigned refused) {
  struct ::stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    checks.push_back({warn, std::string(name), path + " is not there yet",
                      "the first start makes it; if there was one, restore it"});
  } else if ((facts.st_mode & refused) != 0) {
    checks.push_back(
        {fail, std::string(name), "others than its owner can use " + path, "chmod go= " + path});
  } else {
    checks.push_back({ok, std::string(name), path});
  }
}

void check_folder(Checks& checks, const Place& place) {
  check_mode(checks, "data folder", place.data_folder, S_IWGRP | S_IWOTH);
  if (place.is_sqlite()) {
    check_mode(checks, "database", place.database.target(), S_IRWXG | S_IRWXO);
  }
  const auto key = read_master_key(place.master_key_file);
  if (key.ok()) {
    checks.push_back({ok, "master key", place.master_key_file});
  } else {
    checks.push_back({fail, "master key", place.master_key_file + ": " + key.error().detail,
                      "restore the key that the database was made with; for a new installation:"
                      " (umask 077; openssl rand -hex 32 > FILE)"});
  }
}

// Files were written in the past; where they were not, the clock has been set back.
void check_clock(Checks& checks, const Place& place, Instant now) {
  struct ::stat facts {};
  const bool is_known = place.is_sqlite() && ::stat(place.database.target().c_str(), &facts) == 0;
  const Instant written = instant_from_ms(is_known ? std::int64_t{facts.st_mtime} * 1000 : 0);
  if (now < earliest_now || written > now + clock_difference_max) {
    checks.push_back({fail, "clock", "this machine says " + to_rfc3339(now),
                      "set the clock; tokens and codes live by it: timedatectl set-ntp true"});
  } else {
    checks.push_back({ok, "clock", to_rfc3339(now)});
  }
}

// A file says enough about itself; a server must answer, and hold what this program can use.
void check_database(Checks& checks, const Place& place, Instant now) {
  if (place.is_sqlite()) return;
  storage::OpenSettings settings = place.opening;
  settings.now = now;
  settings.schema = storage::OpenSettings::Schema::as_is;
  const auto opened = open_or_make(place.database, settings);
  if (opened.ok()) {
    checks.push_back({ok, "database", place.database.shown() + " answers"});
  } else if (opened.error().code == ErrorCode::failed_precondition) {
    checks.push_back({warn, "database", opened.error().detail,
                      "gatehouse migrate --config FILE brings it up to date, as the start does"});
  } else {
    checks.push_back({fail, "database", opened.error().detail,
                      "see database.url, the password, and who may connect"});
  }
}

// How far an HTTP date [RFC 9110 §5.6.7] is from `now`; nullopt if it is none.
std::optional<Duration> distance(std::string_view date, Instant now) {
  std::tm parts{};
  const std::string text(date);
  if (::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) return std::nullopt;
  const Instant there = instant_from_ms(std::int64_t{::timegm(&parts)} * 1000);
  return there > now ? there - now : now - there;
}

void check_answer(Checks& checks, const std::string& base_url, const net::HttpAnswer& answer,
                  Instant now) {
  const auto document = Json::parse(answer.body);
  const auto issuer = document.ok() ? document.value().string("issuer") : std::nullopt;
  if (answer.status != 200 || !issuer.has_value()) {
    checks.push_back({fail, "issuer",
                      base_url + " answers with status " + std::to_string(answer.status) +
                          ", and no discovery document",
                      "see that the name and the proxy lead to this server, with the Host kept"});
  } else if (*issuer != base_url) {
    checks.push_back({fail, "issuer",
                      "discovery names " + std::string(*issuer) + ", not " + base_url,
                      "the base_url of the environment must be the address that people use"});
  } else {
    checks.push_back({ok, "issuer", base_url + " answers, and names itself"});
  }
  const auto date = answer.header("date");
  const auto apart = date.has_value() ? distance(*date, now) : std::nullopt;
  if (apart.has_value() && *apart > clock_difference_max) {
    checks.push_back({warn, "clocks",
                      "the server's clock and this machine's are " +
                          std::to_string(apart->count() / 1000) + " s apart",
                      "set both clocks: timedatectl set-ntp true"});
  }
}

void check_issuer(Checks& checks, std::string base_url, Instant now) {
  while (base_url.ends_with('/')) base_url.pop_back();
  const bool is_http = base_url.starts_with("http://");
  const auto client = net::make_http_client({});
  const auto answer =
      client->send({.url = base_url + "/.well-known/openid-configuration",
                    .deadline = std::chrono::steady_clock::now() + limits::outbound_deadline,
                    .address_policy = is_http ? net::AddressPolicy::public_or_loopback
                                              : net::AddressPolicy::public_only});
  if (answer.ok()) return check_answer(checks, base_url, answer.value(), now);
  if (answer.error().code == ErrorCode::permission_denied) {
    checks.push_back({warn, "issuer", base_url + " is on a private address, which we do not call",
                      "open it in a browser: " + base_url + "/.well-known/openid-configuration"});
    return;
  }
  checks.push_back({fail, "issuer", base_url + " does not answer: " + answer.error().detail,
                    "start the server; see name, port, certificate and proxy"});
}

void check_mail(Checks& checks, const net::SmtpSettings& settings) {
  const std::string server = settings.host + ":" + std::to_string(settings.port);
  const auto reached = net::SmtpSender(settings).probe();
  if (reached.ok()) {
    checks.push_back(
        {ok, "mail",
         server + " takes our connection" + (settings.user.empty() ? "" : " and credentials")});
  } else {
    checks.push_back({fail, "mail", server + ": " + reached.error().detail,
                      "see mail.host, port, security, user and password_file"});
  }
}

void check_config(Checks& checks, const std::string& file, Instant now) {
  const auto config = load_config(file, process_environment());
  if (!config.ok()) {
    checks.push_back({fail, "configuration", config.error().detail,
                      "gatehouse serve --print-config-reference explains every setting"});
    return;
  }
  checks.push_back({ok, "configuration", file});
  const auto place = place_of(config.value(), file);
  if (place.ok()) {
    check_folder(checks, place.value());
    check_clock(checks, place.value(), now);
    check_database(checks, place.value(), now);
  } else {
    checks.push_back({fail, "database", place.error().detail, "correct the file it names"});
  }
  const auto secrets = read_config_secrets(config.value());
  if (secrets.ok()) {
    check_mail(checks, secrets.value().mail.smtp);
  } else {
    checks.push_back({fail, "secrets", secrets.error().detail, "correct the file it names"});
  }
  check_issuer(checks, config.value().environment.base_url, now);
}

Result<Unit, Error> check_data(Checks& checks, const Place& place, const Context& context) {
  const auto database = TRY(open_existing(place, context.now));
  check_folder(checks, place);
  check_clock(checks, place, context.now);
  const auto all = TRY(storage::read(*database, context, environments::list_environments));
  for (const auto& environment : all) check_issuer(checks, environment.base_url, context.now);
  return Unit{};
}

}  // namespace

Result<Answer, Error> run_doctor(const DoctorOptions& options) {
  const SystemClock clock;
  OsRandom random;
  const Context context = operator_context(clock, random);
  Checks checks;
  if (!options.url.empty()) {
    check_issuer(checks, options.url, context.now);
  } else if (!options.place.config_file.empty()) {
    check_config(checks, options.place.config_file, context.now);
  } else {
    TRY(check_data(checks, TRY(find_place(options.place)), context));
  }
  return answer_of(checks);
}

}  // namespace gatehouse::app::commands
