#include "server/mail/letter_content.h"

#include <array>
#include <charconv>

namespace gatehouse::mail {
namespace {

constexpr std::size_t field_count = 6;

// A field is its length in digits, ":", and its bytes.
void append_field(std::string& out, std::string_view field) {
  out += std::to_string(field.size());
  out += ':';
  out += field;
}

std::optional<std::string_view> take_field(std::string_view& rest) {
  std::size_t size = 0;
  const char* end = rest.data() + rest.size();
  const auto [stop, status] = std::from_chars(rest.data(), end, size);
  if (status != std::errc{} || stop == end || *stop != ':') return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()) + 1);
  if (size > rest.size()) return std::nullopt;
  const std::string_view field = rest.substr(0, size);
  rest.remove_prefix(size);
  return field;
}

}  // namespace

Secret packed_content(const Letter& letter) {
  std::string out;
  const std::array<std::string_view, field_count> fields = {letter.from_name.text(),
                                                            letter.subject.text(),
                                                            letter.text,
                                                            letter.html,
                                                            letter.code,
                                                            letter.link};
  for (const std::string_view field : fields) append_field(out, field);
  return Secret(std::move(out));
}

std::optional<Letter> unpacked(const Secret& content, const Envelope& envelope) {
  std::array<std::string_view, field_count> fields;
  std::string_view rest = content.reveal();
  for (std::string_view& field : fields) {
    const auto taken = take_field(rest);
    if (!taken) return std::nullopt;
    field = *taken;
  }
  auto to = net::MailAddress::parse(envelope.recipient);
  auto from_name = net::HeaderText::parse(fields[0]);
  auto subject = net::HeaderText::parse(fields[1]);
  if (!rest.empty() || !to || !from_name || !subject) return std::nullopt;
  return Letter{.to = std::move(*to),
                .from_name = std::move(*from_name),
                .subject = std::move(*subject),
                .text = std::string(fields[2]),
                .html = std::string(fields[3]),
                .purpose = envelope.purpose,
                .code = std::string(fields[4]),
                .link = std::string(fields[5]),
                .useful_until = envelope.useful_until};
}

}  // namespace gatehouse::mail
