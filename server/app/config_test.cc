// What a configuration must say before anything starts, and how it is told what is wrong.

#include "server/app/config.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "server/app/config_database.h"
#include "server/app/data_folder.h"
#include "server/storage/sqlite/scratch_folder.h"
#include "tests/world/seeded_random.h"

namespace gatehouse::app {
namespace {

constexpr std::string_view good = R"([server]
port = 8443
trusted_proxies = ["10.0.0.2"]
[data]
folder = "/var/lib/gatehouse"
[master_key]
file = "/etc/gatehouse/master.key"
[environment]
base_url = "https://ID.example.com/"
product_name = "Acme"
[mail]
host = "smtp.example.com"
from = "id@example.com"
)";

// The good one with `before` replaced.
std::string changed(std::string_view before, std::string_view after) {
  std::string text(good);
  const std::size_t at = text.find(before);
  REQUIRE(at != std::string::npos);
  return text.replace(at, before.size(), after);
}

std::string refusal(std::string_view toml, const ProcessEnvironment& given = {}) {
  const auto config = parse_config(toml, given);
  if (config.ok()) return "accepted";
  CHECK(config.error().code == ErrorCode::invalid_argument);
  CHECK(config.error().detail.find('\n') == std::string::npos);
  return config.error().detail;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST_CASE("a complete configuration is taken, with addresses in their one form") {
  const auto config = parse_config(good, {});
  REQUIRE(config.ok());
  CHECK(config.value().server.bind == "127.0.0.1");
  CHECK(config.value().server.port == 8443);
  CHECK(config.value().environment.base_url == "https://id.example.com");
  CHECK(config.value().environment.name == "Production");
  CHECK(config.value().mail.security == "starttls");
  CHECK(config.value().limits.mails_per_address_per_minute ==
        login::ThrottleLimits{}.mails_per_address_per_minute);
  const auto v6 =
      parse_config(changed("[\"10.0.0.2\"]", "[\"2001:DB8:0:0::1\", \"10.0.0.2\"]"), {});
  REQUIRE(v6.ok());
  CHECK(v6.value().server.trusted_proxies.front() == "2001:db8::1");
}

TEST_CASE("each required setting is missed by its name") {
  const std::pair<std::string_view, std::string_view> required[] = {
      {"port = 8443\n", "server.port"},
      {"folder = \"/var/lib/gatehouse\"\n", "data.folder"},
      {"file = \"/etc/gatehouse/master.key\"\n", "master_key.file"},
      {"base_url = \"https://ID.example.com/\"\n", "environment.base_url"},
      {"product_name = \"Acme\"\n", "environment.product_name"},
      {"host = \"smtp.example.com\"\n", "mail.host"},
      {"from = \"id@example.com\"\n", "mail.from"},
  };
  for (const auto& [line, name] : required) {
    CAPTURE(name);
    const std::string why = refusal(changed(line, ""));
    CHECK(contains(why, std::string(name) + " is missing"));
    CHECK(contains(why, " = "));  // and how it is written
  }
  CHECK(contains(refusal(""), "server.port is missing"));
}

TEST_CASE("what is wrong, weak or contradictory is refused by the name of its setting") {
  struct Case {
    std::string_view before, after, says;
  };
  const Case cases[] = {
      {"port = 8443", "port = 0", "server.port is a whole number from 1 to 65535"},
      {"port = 8443", "port = 65536", "server.port"},
      {"port = 8443", "port = \"8443\"", "server.port"},
      {"port = 8443", "port = 8443\nbind = \"localhost\"", "server.bind"},
      {"port = 8443", "port = 8443\nio_threads = 0", "server.io_threads"},
      {"[\"10.0.0.2\"]", "[\"10.0.0.0/8\"]", "server.trusted_proxies"},
      {"[\"10.0.0.2\"]", "[\"\"]", "server.trusted_proxies"},
      {"[\"10.0.0.2\"]", "[1]", "server.trusted_proxies"},
      {"[\"10.0.0.2\"]", "[]", "server.tls_certificate and server.tls_key are missing"},
      {"port = 8443", "port = 8443\ntls_key = \"/k\"", "server.tls_certificate is missing"},
      {"port = 8443", "port = 8443\ntls_certificate = \"/c\"", "server.tls_key is missing"},
      {"https://ID.example.com/", "http://id.example.com", "environment.base_url"},
      {"https://ID.example.com/", "https://localhost", "environment.base_url"},
      {"https://ID.example.com/", "https://id.example.com/path", "environment.base_url"},
      {"product_name = \"Acme\"", "product_name = \"Acme\"\nsupport_email = \"nobody\"",
       "environment.support_email"},
      {"product_name = \"Acme\"", "product_name = \"A\\tB\"", "environment.product_name"},
      {"from = \"id@example.com\"", "from = \"not an address\"", "mail.from"},
      {"from = \"id@example.com\"", "from = \"id@example.com\"\nsecurity = \"none\"",
       "mail.security"},
      {"from = \"id@example.com\"", "from = \"id@example.com\"\nsecurity = \"plain\"",
       "mail.security"},
      {"from = \"id@example.com\"", "from = \"id@example.com\"\nsecurity = \"starttls_if_offered\"",
       "mail.security"},
      {"from = \"id@example.com\"", "from = \"id@example.com\"\nuser = \"u\"",
       "mail.password_file is missing"},
      {"from = \"id@example.com\"", "from = \"id@example.com\"\npassword_file = \"/p\"",
       "mail.user is missing"},
      {"from = \"id@example.com\"", "from = \"id@example.com\"\npassword = \"hunter2\"",
       "secrets do not stand in this file"},
      {"[mail]", "[limits]\nmails_per_address_per_minute = 0\n[mail]",
       "limits.mails_per_address_per_minute"},
      {"[mail]", "[limits]\nwrong_codes_per_source_per_hour = -1\n[mail]",
       "limits.wrong_codes_per_source_per_hour"},
      {"[mail]", "[log]\nlevel = \"none\"\n[mail]", "log.level"},
      {"[mail]", "[mial]\nhost = \"x\"\n[mail]", "there is no section [mial]"},
      {"port = 8443", "prot = 8443", "there is no setting server.prot"},
      {"[server]", "x = 1\n[server]", "'x' stands outside of a section"},
      {"port = 8443", "port = ", "line 2"},
      {"port = 8443", "\"po\\nrt\" = 8443", "there is no setting server.po rt"},
      {"[server]", "\"\\u001b[2J\" = 1\n[server]", "'[2J' stands outside"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.after);
    CHECK(contains(refusal(changed(one.before, one.after)), one.says));
  }
}

TEST_CASE("an unknown setting is refused with its line, and a secret is not repeated") {
  const std::string why = refusal(changed("port = 8443", "\n\npassword = \"hunter2\""));
  CHECK(contains(why, "line 4"));
  CHECK(!contains(why, "hunter2"));
}

TEST_CASE("the process's environment names files of secrets, and contradicts nothing") {
  const std::string without = changed("file = \"/etc/gatehouse/master.key\"\n", "");
  const auto config = parse_config(without, {.master_key_file = "/run/secrets/key"});
  REQUIRE(config.ok());
  CHECK(config.value().master_key.file == "/run/secrets/key");
  CHECK(contains(refusal(good, {.master_key_file = "/run/secrets/key"}),
                 "master_key.file and GATEHOUSE_MASTER_KEY_FILE name different files"));
  CHECK(refusal(good, {.master_key_file = "/etc/gatehouse/master.key"}) == "accepted");
}

std::string with_url(std::string_view url) {
  return changed("[master_key]", "[database]\nurl = \"" + std::string(url) + "\"\n[master_key]");
}

TEST_CASE("a database on this machine, or one that proves itself, is taken") {
  for (const std::string_view url :
       {"postgres://gatehouse@localhost/gatehouse", "postgres://127.0.0.1:5433/gatehouse",
        "postgresql://gatehouse@[::1]:5432,127.0.0.2/gatehouse",
        "postgres:///gatehouse?host=/run/postgresql", "postgres://%2Frun%2Fpostgresql/gatehouse",
        "postgres://a:pass%40word@db.example.com/g?sslmode=verify-full&sslrootcert=/etc/ssl/db.pem",
        "postgres://db1,db2:5433/g?sslmode=verify-full",
        "postgres://localhost/g?sslmode=disable"}) {
    CAPTURE(url);
    CHECK(refusal(with_url(url)) == "accepted");
  }
  const auto config = parse_config(good, {});
  CHECK(config.value().database.url.empty());
  CHECK(config.value().database.connections_max == 32);
  CHECK(database_location(config.value()).value().shown() == "/var/lib/gatehouse/gatehouse.db");
}

TEST_CASE("a database that others could read along with, or stand in for, is refused by name") {
  const std::string weak = "needs sslmode=verify-full";
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"mysql://db/gatehouse", "is not a URL of PostgreSQL"},
      {"sqlite:/var/lib/x.db", "is not a URL of PostgreSQL"},
      {"host=db dbname=gatehouse", "is not a URL of PostgreSQL"},
      {"postgres://localhost?x=@db.example.com/g", "is not a URL of PostgreSQL"},
      {"postgres://[::1/g", "is not a URL of PostgreSQL"},
      {"postgres://%zz/g", "is not a URL of PostgreSQL"},
      {"postgres:///gatehouse", "names no host"},
      {"postgres://localhost/g?host=", "names no host"},
      {"postgres://db.example.com/g", weak},
      {"postgres://10.0.0.7/g?sslmode=disable", weak},
      {"postgres://10.0.0.7/g?sslmode=allow", weak},
      {"postgres://10.0.0.7/g?sslmode=prefer", weak},
      {"postgres://10.0.0.7/g?sslmode=require", weak},
      {"postgres://10.0.0.7/g?sslmode=verify-ca", weak},
      {"postgres://db/g?sslmode=verify-full&sslmode=disable", weak},
      {"postgres://localhost,db.example.com/g", weak},
      {"postgres://localhost/g?hostaddr=10.0.0.7", weak},
      {"postgres://localhost/g?host=db.example.com", weak},
      {"postgres://localhost.example.com/g", weak},
      {"postgres://localhost/g?service=other", "service"},
      {"postgres://db/g?ssl=true&sslmode=verify-full", "ssl"},
  };
  for (const auto& [url, says] : cases) {
    CAPTURE(url);
    const std::string why = refusal(with_url(url));
    CHECK(contains(why, "database.url "));
    CHECK(contains(why, says));
  }
  CHECK(contains(refusal(changed("[master_key]", "[database]\nconnections_max = 1\n[master_key]")),
                 "database.connections_max is a whole number from 2 to 200"));
  CHECK(contains(refusal(changed("[master_key]", "[database]\nmigrate = \"no\"\n[master_key]")),
                 "database.migrate is at_start or never"));
  CHECK(
      contains(refusal(changed("[master_key]", "[database]\npassword_file = \"/p\"\n[master_key]")),
               "database.url is missing"));
  CHECK(
      contains(refusal(changed("[master_key]", "[database]\npassword = \"hunter2\"\n[master_key]")),
               "database.password_file"));
}

TEST_CASE("the database may be named by the process's environment, and is held to the same rules") {
  const ProcessEnvironment given{.database_url = "postgres://gatehouse@localhost/gatehouse"};
  CHECK(parse_config(good, given).value().database.url == given.database_url);
  CHECK(contains(refusal(good, {.database_url = "postgres://db.example.com/g"}),
                 "GATEHOUSE_DATABASE_URL leads to another machine"));
  CHECK(contains(refusal(with_url("postgres://localhost/other"), given),
                 "database.url and GATEHOUSE_DATABASE_URL name different databases"));
  CHECK(contains(refusal(good, {.database_password_file = "/run/secrets/db"}),
                 "database.url is missing"));
}

TEST_CASE("a database's password is in no message, whatever is wrong") {
  for (const std::string_view url :
       {"postgres://ada:hunter2@db.example.com/g", "postgres://ada:hunter2@/g",
        "postgres://ada:hunter2@[::1/g", "postgres://localhost/g?password=hunter2&service=x",
        "mysql://ada:hunter2@db/g"}) {
    CAPTURE(url);
    const std::string why = refusal(with_url(url));
    CHECK(why != "accepted");
    CHECK(!contains(why, "hunter2"));
    CHECK(!contains(refusal(good, {.database_url = std::string(url)}), "hunter2"));
    const auto named = named_database("--database", url);
    REQUIRE(!named.ok());
    CHECK(!contains(named.error().detail, "hunter2"));
  }
  for (const std::string_view url :
       {"postgres://ada:hunter2@localhost/g", "postgres://localhost/g?password=hunter2"}) {
    CHECK(!contains(named_database("--database", url).value().shown(), "hunter2"));
  }
}

TEST_CASE("garbage never crashes, and never makes a configuration that is weaker") {
  world::SeededRandom random(7);
  const std::string_view letters = "\n\"[]=.#{}\\'x0\x00\xff,";
  int accepted = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text(good);
    for (std::uint64_t edits = 1 + random_below(random, 6); edits > 0; --edits) {
      const std::size_t at = random_below(random, text.size());
      switch (random_below(random, 3)) {
        case 0: text.erase(at, 1 + random_below(random, 40)); break;
        case 1: text.insert(at, 1, letters[random_below(random, letters.size())]); break;
        default: text[at] = static_cast<char>(random_below(random, 256)); break;
      }
      if (text.empty()) text = "x";
    }
    const auto config = parse_config(text, {});
    if (!config.ok()) continue;
    ++accepted;
    CHECK(config.value().environment.base_url.starts_with("https://"));
    CHECK(config.value().mail.security != "plain");
    CHECK(config.value().database.url.empty());
    CHECK(!config.value().mail.host.empty());
    CHECK(!config.value().master_key.file.empty());
    CHECK(
        !(config.value().server.tls_key.empty() && config.value().server.trusted_proxies.empty()));
    CHECK(config.value().limits.wrong_codes_per_address_per_hour > 0);
  }
  CHECK(accepted < 3000);
}

struct Disk {
  storage::ScratchFolder folder = storage::ScratchFolder::make().value();
  Config config = parse_config(good, {}).value();

  Disk() {
    config.data.folder = path("data");
    config.master_key.file = path("master.key");
    write("master.key", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n", 0600);
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return folder.path() + "/" + name;
  }
  void write(const std::string& name, std::string_view text, ::mode_t mode) const {
    std::ofstream(path(name)) << text;
    REQUIRE(::chmod(path(name).c_str(), mode) == 0);
  }
  [[nodiscard]] std::string secrets_refusal() const {
    const auto read = read_config_secrets(config);
    return read.ok() ? "accepted" : read.error().detail;
  }
  [[nodiscard]] std::string files_refusal() const {
    const auto checked = check_config_files(config);
    return checked.ok() ? "accepted" : checked.error().detail;
  }
};

TEST_CASE("a master key that is missing, open to others or no key is refused by name") {
  Disk disk;
  CHECK(disk.secrets_refusal() == "accepted");
  REQUIRE(::chmod(disk.path("master.key").c_str(), 0604) == 0);
  CHECK(contains(disk.secrets_refusal(), "master_key.file: "));
  CHECK(contains(disk.secrets_refusal(), "chmod 600"));
  disk.write("master.key", "too short\n", 0600);
  CHECK(contains(disk.secrets_refusal(), "master_key.file: "));
  disk.write("master.key", std::string(64, '0') + "\n", 0600);
  CHECK(contains(disk.secrets_refusal(), "master_key.file: "));
  disk.config.master_key.file = disk.path("nothing");
  CHECK(contains(disk.secrets_refusal(), "openssl rand -hex 32"));
}

TEST_CASE("a mail password that others can read, or that is not there, is refused by name") {
  Disk disk;
  disk.config.mail.user = "gatehouse";
  disk.config.mail.password_file = disk.path("password");
  CHECK(contains(disk.secrets_refusal(), "mail.password_file: "));
  disk.write("password", "secret\n", 0640);
  CHECK(contains(disk.secrets_refusal(), "mail.password_file: "));
  disk.write("password", "\n", 0600);
  CHECK(contains(disk.secrets_refusal(), "mail.password_file: the file is empty"));
  disk.write("password", "secret\n", 0600);
  CHECK(disk.secrets_refusal() == "accepted");
}

TEST_CASE("a database's password lies in a file of its own, which nobody else can read") {
  Disk disk;
  disk.config.database.url = "postgres://gatehouse@localhost/gatehouse?connect_timeout=5";
  disk.config.database.password_file = disk.path("password");
  const auto why = [&disk] { return database_location(disk.config).error().detail; };
  CHECK(contains(why(), "database.password_file: "));
  disk.write("password", "hunter 2&\n", 0640);
  CHECK(contains(why(), "database.password_file: "));
  disk.write("password", "\n", 0600);
  CHECK(contains(why(), "database.password_file: the file is empty"));
  disk.write("password", "hunter 2&\n", 0600);
  const auto location = database_location(disk.config);
  REQUIRE(location.ok());
  CHECK(location.value().target().ends_with("?connect_timeout=5&password=hunter%202%26"));
  CHECK(!contains(location.value().shown(), "hunter"));
  CHECK(contains(refusal(changed("[master_key]",
                                 "[database]\nurl = \"postgres://a:hunter2@localhost/g\"\n"
                                 "password_file = \"/p\"\n[master_key]")),
                 "database.url has a password, and database.password_file too"));
}

TEST_CASE("a configuration with a password in it is refused where everybody can read it") {
  Disk disk;
  disk.write("gatehouse.toml", with_url("postgres://ada:hunter2@localhost/g"), 0644);
  const auto open = load_config(disk.path("gatehouse.toml"), {});
  REQUIRE(!open.ok());
  CHECK(open.error().code == ErrorCode::failed_precondition);
  CHECK(contains(open.error().detail, "database.password_file"));
  CHECK(!contains(open.error().detail, "hunter2"));
  REQUIRE(::chmod(disk.path("gatehouse.toml").c_str(), 0640) == 0);
  CHECK(load_config(disk.path("gatehouse.toml"), {}).ok());
  // One that the environment tells stands in no file.
  disk.write("plain.toml", good, 0644);
  CHECK(load_config(disk.path("plain.toml"), {.database_url = "postgres://a:b@localhost/g"}).ok());
}

TEST_CASE("who holds a folder keeps others off it, and lets go with the process") {
  Disk disk;
  using Kind = FolderLock::Kind;
  const auto take = [&disk](Kind kind) { return FolderLock::take(disk.folder.path(), kind); };
  {
    const auto server = take(Kind::shared);
    REQUIRE(server.ok());
    CHECK(take(Kind::shared).ok());
    const auto refused = take(Kind::exclusive);
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == ErrorCode::failed_precondition);
    CHECK(contains(refused.error().detail, "a server runs on the database there"));
  }
  const auto command = take(Kind::exclusive);
  REQUIRE(command.ok());
  CHECK(!take(Kind::shared).ok());
}

TEST_CASE("a TLS key that everybody can read is refused by name") {
  Disk disk;
  disk.config.server.tls_certificate = disk.path("tls.pem");
  disk.config.server.tls_key = disk.path("tls.key");
  CHECK(contains(disk.files_refusal(), "server.tls_certificate: "));
  disk.write("tls.pem", "x", 0644);
  CHECK(contains(disk.files_refusal(), "server.tls_key: "));
  disk.write("tls.key", "x", 0644);
  CHECK(contains(disk.files_refusal(), "server.tls_key: everybody may read"));
  disk.write("tls.key", "x", 0640);
  CHECK(disk.files_refusal() == "accepted");
}

TEST_CASE("a data folder that others can write to, or that is none, is refused by name") {
  Disk disk;
  CHECK(disk.files_refusal() == "accepted");
  REQUIRE(::chmod(disk.config.data.folder.c_str(), 0777) == 0);
  CHECK(contains(disk.files_refusal(), "data.folder: others may write to"));
  disk.config.data.folder = disk.path("master.key");
  CHECK(contains(disk.files_refusal(), "data.folder: "));
}

TEST_CASE("a configuration that everybody can write to is refused") {
  Disk disk;
  disk.write("gatehouse.toml", good, 0644);
  CHECK(load_config(disk.path("gatehouse.toml"), {}).ok());
  REQUIRE(::chmod(disk.path("gatehouse.toml").c_str(), 0666) == 0);
  const auto open = load_config(disk.path("gatehouse.toml"), {});
  REQUIRE(!open.ok());
  CHECK(contains(open.error().detail, "chmod o-w"));
  CHECK(load_config(disk.path("absent.toml"), {}).error().code == ErrorCode::not_found);
  CHECK(!load_config(disk.folder.path(), {}).ok());
}

TEST_CASE("the example and the reference in the repository are those of the table") {
  CHECK(read_file("deploy/gatehouse.example.toml") == config_example());
  CHECK(read_file("docs/reference/configuration.md") == config_reference());
  CHECK(refusal(config_example()) == "accepted");
}

}  // namespace
}  // namespace gatehouse::app
