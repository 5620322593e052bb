// DnsResolver on the resolver of the C library.

#include "server/net/dns.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include <optional>
#include <span>
#include <string_view>

#include "server/core/ensure.h"

namespace gatehouse::net {
namespace {

constexpr std::size_t message_bytes_max = 65'535;
constexpr std::size_t name_bytes_max = 253;
constexpr int aliases_max = 8;

using Bytes = std::vector<unsigned char>;
using Texts = std::vector<std::string>;

Error no_answer(std::string why) { return Error(ErrorCode::unavailable, std::move(why)); }

// The resolver's state for one question. It is a large structure of the C library with addresses
// into itself: neither copied nor moved.
class Question {
 public:
  explicit Question(const DnsSettings& settings) : is_ready_(res_ninit(&state_) == 0) {
    if (!is_ready_) return;
    // A cut-off answer is told of instead of asking again by TCP, which knows no deadline.
    state_.options |= RES_IGNTC | RES_USE_EDNS0;
    state_.retrans = static_cast<int>(settings.patience.count());
    state_.retry = settings.rounds;
    if (settings.servers.empty()) return;
    state_.nscount = 0;
    for (const DnsServer& server : settings.servers) {
      sockaddr_in& place = state_.nsaddr_list[state_.nscount++];
      place = {};
      place.sin_family = AF_INET;
      place.sin_port = htons(server.port);
      ENSURE(inet_pton(AF_INET, server.address.c_str(), &place.sin_addr) == 1);
    }
  }
  ~Question() {
    if (is_ready_) res_nclose(&state_);
  }
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  // The whole answer; nullopt if what is asked for is not there.
  Result<std::optional<Bytes>, Error> ask(const std::string& name) {
    if (!is_ready_) return no_answer("the resolver cannot be set up");
    Bytes answer(message_bytes_max);
    const int size = res_nquery(&state_, name.c_str(), ns_c_in, ns_t_txt, answer.data(),
                                static_cast<int>(answer.size()));
    if (size >= 0) {
      answer.resize(std::min(static_cast<std::size_t>(size), answer.size()));
      return std::optional(std::move(answer));
    }
    const int why = state_.res_h_errno;
    if (why == HOST_NOT_FOUND || why == NO_DATA) return std::optional<Bytes>();
    return no_answer(std::string("the DNS gave no answer: ") + hstrerror(why));
  }

 private:
  struct __res_state state_ {};
  bool is_ready_;
};

// One resource record of an answer, its names spelled out.
struct Record {
  std::string owner;
  int type;
  Texts texts = {};         // of TXT: one
  std::string target = {};  // of CNAME
};

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// A TXT record is a row of strings of at most 255 bytes, each behind its length; they are one text.
std::optional<std::string> text_of(std::span<const unsigned char> data) {
  std::string text;
  while (!data.empty()) {
    const std::size_t size = data.front();
    if (data.size() < size + 1) return std::nullopt;
    text.append(data.begin() + 1, data.begin() + 1 + static_cast<std::ptrdiff_t>(size));
    data = data.subspan(size + 1);
  }
  return text;
}

std::optional<Record> read_record(ns_msg& message, int index) {
  ns_rr found;
  if (ns_parserr(&message, ns_s_an, index, &found) != 0) return std::nullopt;
  Record record{.owner = lower_case(ns_rr_name(found)), .type = ns_rr_type(found)};
  if (ns_rr_class(found) != ns_c_in) record.type = ns_t_invalid;
  if (record.type == ns_t_txt) {
    auto text =
        text_of(std::span(ns_rr_rdata(found), static_cast<std::size_t>(ns_rr_rdlen(found))));
    if (!text.has_value()) return std::nullopt;
    record.texts.push_back(*std::move(text));
  }
  if (record.type == ns_t_cname) {
    char target[NS_MAXDNAME];
    if (ns_name_uncompress(ns_msg_base(message), ns_msg_end(message), ns_rr_rdata(found), target,
                           sizeof target) < 0) {
      return std::nullopt;
    }
    record.target = lower_case(target);
  }
  return record;
}

Result<std::vector<Record>, Error> read_records(const Bytes& answer) {
  ns_msg message;
  if (ns_initparse(answer.data(), static_cast<int>(answer.size()), &message) != 0) {
    return no_answer("the DNS sent a malformed answer");
  }
  if (ns_msg_getflag(message, ns_f_tc) != 0) return no_answer("the DNS sent a cut-off answer");
  std::vector<Record> records;
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    auto record = read_record(message, i);
    if (!record.has_value()) return no_answer("the DNS sent a malformed record");
    records.push_back(*std::move(record));
  }
  return records;
}

// Where the aliases of the answer lead; they may go round in circles.
std::string final_name(std::string name, const std::vector<Record>& records) {
  for (int i = 0; i < aliases_max; ++i) {
    const auto alias = std::find_if(records.begin(), records.end(), [&](const Record& record) {
      return record.type == ns_t_cname && record.owner == name;
    });
    if (alias == records.end()) return name;
    name = alias->target;
  }
  return {};
}

class SystemResolver final : public DnsResolver {
 public:
  explicit SystemResolver(DnsSettings settings) : settings_(std::move(settings)) {
    ENSURE(settings_.servers.size() <= MAXNS && settings_.patience >= seconds(1) &&
           settings_.rounds >= 1);
  }

  Result<Texts, Error> txt(const std::string& name) override {
    if (name.empty() || name.size() > name_bytes_max || name.find('\0') != std::string::npos) {
      return Error(ErrorCode::invalid_argument, "not a name that the DNS can have");
    }
    Question question(settings_);
    const auto answer = TRY(question.ask(name));
    if (!answer.has_value()) return Texts();
    auto records = TRY(read_records(*answer));
    const std::string owner = final_name(lower_case(name), records);
    Texts texts;
    for (Record& record : records) {
      if (record.type == ns_t_txt && record.owner == owner) {
        texts.push_back(std::move(record.texts.front()));
      }
    }
    return texts;
  }

 private:
  const DnsSettings settings_;
};

}  // namespace

std::unique_ptr<DnsResolver> make_dns_resolver(DnsSettings settings) {
  return std::make_unique<SystemResolver>(std::move(settings));
}

}  // namespace gatehouse::net
