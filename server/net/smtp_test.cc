// The sender against a small mail server, and what goes into a message.

#include "server/net/smtp.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "server/net/test_loopback_server.h"

namespace gatehouse::net {
namespace {

using namespace std::chrono_literals;

MailMessage sample_message() {
  return {.from = *MailAddress::parse("signin@gatehouse.test"),
          .from_name = *HeaderText::parse("Acme Console"),
          .to = *MailAddress::parse("ada@acme.test"),
          .subject = *HeaderText::parse("482913 is your code"),
          .text = "Your code is 482913.\n.hidden dot\n..two\n.\nend\n",
          .html = "<p>482913</p>\n",
          .message_id = "msg_1",
          .date = instant_from_ms(1'795'292'100'000)};
}

// Speaks just enough SMTP. `replies` overrides the answer to a command by its first word.
struct MailServer {
  std::vector<std::string> commands;
  std::string message;  // as received, dots undone
  std::map<std::string, std::string> replies;
  std::string features = "250-loopback\r\n250 SIZE 1000000\r\n";

  void serve(LoopbackConnection& connection) {
    connection.write("220 loopback ESMTP\r\n");
    while (true) {
      const std::string line = connection.read_until("\r\n");
      if (line.empty()) return;
      commands.push_back(line.substr(0, line.size() - 2));
      const std::string word = line.substr(0, line.find_first_of(" \r"));
      if (const auto reply = replies.find(word); reply != replies.end()) {
        connection.write(reply->second);
      } else if (word == "EHLO") {
        connection.write(features);
      } else if (word == "AUTH") {
        connection.write("334 \r\n");
        commands.push_back(connection.read_until("\r\n"));
        connection.write("235 welcome\r\n");
      } else if (word == "DATA") {
        connection.write("354 go on\r\n");
        take_message(connection);
      } else if (word == "QUIT") {
        connection.write("221 bye\r\n");
        return;
      } else {
        connection.write("250 ok\r\n");
      }
    }
  }

  void take_message(LoopbackConnection& connection) {
    while (true) {
      const std::string line = connection.read_until("\r\n");
      if (line.empty() || line == ".\r\n") break;
      message += line.starts_with(".") ? line.substr(1) : line;
    }
    const auto reply = replies.find("after the message");
    connection.write(reply == replies.end() ? "250 taken\r\n" : reply->second);
  }

  [[nodiscard]] bool saw(std::string_view start) const {
    return std::any_of(commands.begin(), commands.end(),
                       [&](const std::string& line) { return line.starts_with(start); });
  }
};

Result<Unit, SmtpFailure> send_to(MailServer& mail, const SmtpSettings& changes) {
  LoopbackServer server([&](LoopbackConnection& connection) { mail.serve(connection); });
  SmtpSettings settings = changes;
  settings.host = "127.0.0.1";
  settings.port = server.port();
  settings.deadline = 5s;
  SmtpSender sender(std::move(settings));
  return sender.send(sample_message());
}

SmtpSettings plain() { return {.host = "127.0.0.1", .security = SmtpSecurity::plain}; }

TEST_CASE("a message arrives as it was rendered, dots at line starts included") {
  MailServer mail;
  SmtpSettings settings = plain();
  settings.helo_name = "gatehouse.test";
  CHECK(send_to(mail, settings).ok());
  CHECK(mail.saw("EHLO gatehouse.test"));
  CHECK(mail.saw("MAIL FROM:<signin@gatehouse.test>"));
  CHECK(mail.saw("RCPT TO:<ada@acme.test>"));
  CHECK_FALSE(mail.saw("AUTH"));
  CHECK(mail.message == render(sample_message()));
  CHECK(mail.message.find("\r\n.hidden dot\r\n..two\r\n.\r\nend\r\n") != std::string::npos);
}

TEST_CASE("credentials are sent where they are set") {
  MailServer mail;
  mail.features = "250-loopback\r\n250 AUTH PLAIN\r\n";
  SmtpSettings settings = plain();
  settings.user = "user";
  settings.password = Secret("password");
  CHECK(send_to(mail, settings).ok());
  CHECK(mail.saw("AUTH PLAIN"));
  CHECK(mail.saw("AHVzZXIAcGFzc3dvcmQ="));  // NUL user NUL password [RFC 4616 §2]
  CHECK_FALSE(mail.message.empty());
}

Result<Unit, SmtpFailure> probe(MailServer& mail, SmtpSettings settings) {
  LoopbackServer server([&](LoopbackConnection& connection) { mail.serve(connection); });
  settings.port = server.port();
  settings.deadline = 5s;
  return SmtpSender(std::move(settings)).probe();
}

TEST_CASE("a probe logs in, and begins no message") {
  MailServer mail;
  mail.features = "250-loopback\r\n250 AUTH PLAIN\r\n";
  SmtpSettings settings = plain();
  settings.user = "user";
  settings.password = Secret("password");
  CHECK(probe(mail, settings).ok());
  CHECK(mail.saw("AUTH PLAIN"));
  CHECK_FALSE(mail.saw("MAIL"));

  MailServer refusing;
  refusing.features = mail.features;
  refusing.replies["AUTH"] = "535 no\r\n";
  CHECK_FALSE(probe(refusing, settings).ok());

  MailServer in_the_open;
  settings.security = SmtpSecurity::starttls;
  CHECK_FALSE(probe(in_the_open, settings).ok());
  CHECK_FALSE(in_the_open.saw("AUTH"));
}

TEST_CASE("refused credentials are a temporary failure: the operator mends them") {
  MailServer mail;
  mail.features = "250-loopback\r\n250 AUTH PLAIN\r\n";
  mail.replies["AUTH"] = "535 no\r\n";
  SmtpSettings settings = plain();
  settings.user = "user";
  settings.password = Secret("password");
  const auto outcome = send_to(mail, settings);
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().kind == SmtpFailure::Kind::temporary);
  CHECK(outcome.error().detail.find("password") == std::string::npos);
  CHECK(mail.message.empty());
}

TEST_CASE("a 4xx reply is temporary and a 5xx reply permanent, at any step") {
  for (const std::string step : {"MAIL", "RCPT", "DATA", "after the message"}) {
    for (const std::string reply : {"451 later\r\n", "550 never\r\n"}) {
      CAPTURE(step);
      CAPTURE(reply);
      MailServer mail;
      mail.replies[step] = reply;
      const auto outcome = send_to(mail, plain());
      REQUIRE_FALSE(outcome.ok());
      CHECK((outcome.error().kind == SmtpFailure::Kind::temporary) == reply.starts_with("4"));
    }
  }
}

TEST_CASE("no server, a closed connection and a silent server are temporary") {
  SmtpSettings nobody = plain();
  {
    LoopbackServer gone([](LoopbackConnection&) {});
    nobody.port = gone.port();
  }
  SmtpSender to_nobody(nobody);
  CHECK(to_nobody.send(sample_message()).error().kind == SmtpFailure::Kind::temporary);

  LoopbackServer closing([](LoopbackConnection& connection) { connection.write("220 hello\r\n"); });
  SmtpSettings settings = plain();
  settings.port = closing.port();
  SmtpSender to_closing(settings);
  CHECK(to_closing.send(sample_message()).error().kind == SmtpFailure::Kind::temporary);

  LoopbackServer silent([](LoopbackConnection& connection) { connection.wait_for_close(); });
  settings.port = silent.port();
  settings.deadline = 50ms;
  SmtpSender to_silent(settings);
  CHECK(to_silent.send(sample_message()).error().kind == SmtpFailure::Kind::temporary);
}

TEST_CASE("where STARTTLS is required, nothing is sent to a server without it") {
  MailServer mail;
  SmtpSettings settings = plain();
  settings.security = SmtpSecurity::starttls;
  CHECK_FALSE(send_to(mail, settings).ok());
  CHECK_FALSE(mail.saw("MAIL"));
  CHECK(mail.message.empty());

  MailServer optional;
  settings.security = SmtpSecurity::starttls_if_offered;
  CHECK(send_to(optional, settings).ok());
}

TEST_CASE("settings that cannot work or would leak are named") {
  CHECK(settings_problem({.host = "mail.acme.test"}).empty());
  CHECK(settings_problem({.host = "::1"}).empty());
  CHECK_FALSE(settings_problem({.host = ""}).empty());
  CHECK_FALSE(settings_problem({.host = "mail.test/x"}).empty());
  CHECK_FALSE(settings_problem({.host = "a@b"}).empty());
  CHECK_FALSE(settings_problem({.host = "mail.test", .port = 0}).empty());
  CHECK_FALSE(settings_problem({.host = "mail.test", .user = "u"}).empty());
  CHECK_FALSE(settings_problem({.host = "mail.test", .helo_name = "a\r\nb"}).empty());
  CHECK_FALSE(
      settings_problem({.host = "mail.test", .user = "u\r\n", .password = Secret("p")}).empty());
  for (const SmtpSecurity open : {SmtpSecurity::plain, SmtpSecurity::starttls_if_offered}) {
    CHECK_FALSE(settings_problem(
                    {.host = "mail.test", .security = open, .user = "u", .password = Secret("p")})
                    .empty());
    CHECK(settings_problem(
              {.host = "localhost", .security = open, .user = "u", .password = Secret("p")})
              .empty());
  }
}

TEST_CASE("plain addresses parse, and keep what they were") {
  for (const char* text :
       {"ada@acme.test", "Ada.Lovelace+x@mail.acme-1.test", "o'neil_{x}=1@a.b", "a@localhost"}) {
    CAPTURE(text);
    REQUIRE(MailAddress::parse(text).has_value());
    CHECK(MailAddress::parse(text)->text() == text);
  }
  CHECK(MailAddress::parse("ada@acme.test")->domain() == "acme.test");
}

TEST_CASE("everything but a plain address is refused") {
  const std::string long_local(65, 'a');
  for (const std::string text : {"",
                                 "ada",
                                 "@acme.test",
                                 "ada@",
                                 "ada@@acme.test",
                                 "a@b@c.test",
                                 ".a@b.test",
                                 "a.@b.test",
                                 "a..b@c.test",
                                 "a b@c.test",
                                 "\"a\"@c.test",
                                 "a(x)@c.test",
                                 "<a@c.test>",
                                 "a@[127.0.0.1]",
                                 "a@127.0.0.1",
                                 "a%b.test@c.test",
                                 "b.test!a@c.test",
                                 "=?utf-8?q?a?=@c.test",
                                 "a@-c.test",
                                 "a@c-.test",
                                 "a@c..test",
                                 "a@c.test.",
                                 "a@.test",
                                 "a,b@c.test",
                                 "a;b@c.test",
                                 "a:b@c.test",
                                 "a\\b@c.test",
                                 "\u00e4@c.test",
                                 "a@\u00e4.test",
                                 "a@c_d.test",
                                 "@x:a@b.test",
                                 "a@c.test\r\nBcc: b@c.test",
                                 "a\n@c.test",
                                 "a@c.test\n",
                                 "a@c.test "}) {
    CAPTURE(text);
    CHECK_FALSE(MailAddress::parse(text).has_value());
  }
  CHECK_FALSE(MailAddress::parse(std::string_view("a@b.test\0", 9)).has_value());
  CHECK_FALSE(MailAddress::parse(long_local + "@b.test").has_value());
  CHECK_FALSE(MailAddress::parse("a@" + std::string(64, 'b') + ".test").has_value());
  CHECK_FALSE(MailAddress::parse("a@" + std::string(253, 'b')).has_value());
}

TEST_CASE("a header text cannot hold controls or broken UTF-8") {
  for (const std::string text :
       {"a\r\nBcc: x@y.test", "a\nb", "a\rb", "a\tb", "\x7f", "\xc3", "\xc0\xaf", "\xe2\x80",
        "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xff", "a\xc2\x85"}) {
    CHECK_FALSE(HeaderText::parse(text).has_value());
  }
  CHECK_FALSE(HeaderText::parse(std::string_view("a\0b", 3)).has_value());
  CHECK_FALSE(HeaderText::parse(std::string(401, 'a')).has_value());
  CHECK(HeaderText::parse("").has_value());
  CHECK(HeaderText::parse("Gr\u00fc\u00dfe, \u4f60\u597d \U0001f511").has_value());
}

TEST_CASE("a message has the headers that mail needs, and two parts") {
  const std::string bytes = render(sample_message());
  CHECK(
      bytes.starts_with("From: \"Acme Console\"\r\n <signin@gatehouse.test>\r\n"
                        "To: <ada@acme.test>\r\n"
                        "Subject: 482913 is your code\r\n"
                        "Date: Sat, 21 Nov 2026 20:15:00 +0000\r\n"
                        "Message-ID: <msg_1@gatehouse.test>\r\n"));
  CHECK(bytes.find("multipart/alternative") != std::string::npos);
  CHECK(bytes.find("text/plain; charset=utf-8") < bytes.find("text/html; charset=utf-8"));
  MailMessage text_only = sample_message();
  text_only.html.clear();
  CHECK(render(text_only).find("multipart") == std::string::npos);
}

TEST_CASE("a message is ASCII, in short lines, with bare line breaks nowhere") {
  MailMessage message = sample_message();
  message.subject = *HeaderText::parse("Dein Code f\u00fcr Gr\u00fc\u00dfe " +
                                       std::string(90, 'x') + " \u4f60\u597d=?x?=");
  message.from_name = *HeaderText::parse("\u00c9clair \"&\" Sons");
  message.text =
      "Gr\u00fc\u00dfe = ok \nline with space at end \r\n" + std::string(300, 'y') + "\n\rlone\t\n";
  message.html = std::string(200, '=') + "\n<p>\u4f60\u597d</p>";
  const std::string bytes = render(message);
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    REQUIRE(end != std::string_view::npos);
    CHECK(end <= 78);
    CHECK(rest.substr(0, end).find_first_of("\r\n") == std::string_view::npos);
    rest.remove_prefix(end + 2);
  }
  CHECK(std::all_of(bytes.begin(), bytes.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
  CHECK(bytes.find("Subject: =?UTF-8?Q?Dein_Code_f=C3=BCr_") != std::string::npos);
  CHECK(bytes.find("Gr=C3=BC=C3=9Fe =3D ok=20\r\n") != std::string::npos);
}

TEST_CASE("quotes in a display name stay inside it") {
  MailMessage message = sample_message();
  message.from_name = *HeaderText::parse("Acme\" <evil@x.test> \\");
  CHECK(render(message).starts_with(
      "From: \"Acme\\\" <evil@x.test> \\\\\"\r\n <signin@gatehouse.test>\r\n"));
}

}  // namespace
}  // namespace gatehouse::net
