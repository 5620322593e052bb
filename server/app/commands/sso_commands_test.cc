// gatehouse admin connection and gatehouse doctor sso, called as from a shell, on a data folder.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "server/app/cli.h"
#include "server/app/commands/connection_settings.h"
#include "server/app/data_folder.h"
#include "server/connections/test_fixture.h"
#include "server/connections/test_run.h"
#include "server/environments/environment.h"
#include "server/sso/attempt.h"
#include "server/storage/sqlite/scratch_folder.h"
#include "server/storage/sqlite/sqlite_database.h"

namespace gatehouse::app::commands {
namespace {

using connections::Provider;
using sso::Diagnosis;
using storage::Transaction;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string text(const Json& json, std::string_view key) {
  REQUIRE(json.string(key).has_value());
  return std::string(*json.string(key));
}

std::string metadata_xml(std::string_view entity_id = "https://idp.test/metadata") {
  std::string certificate(connections::idp_certificate);
  certificate = certificate.substr(certificate.find('\n') + 1);
  certificate = certificate.substr(0, certificate.find("-----END"));
  return "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"" +
         std::string(entity_id) +
         "\"><md:IDPSSODescriptor protocolSupportEnumeration="
         "\"urn:oasis:names:tc:SAML:2.0:protocol\"><md:KeyDescriptor use=\"signing\"><ds:KeyInfo "
         "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data><ds:X509Certificate>" +
         certificate +
         "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
         "<md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" "
         "Location=\"https://idp.test/post\"/><md:SingleSignOnService "
         "Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" "
         "Location=\"https://idp.test/redirect\"/></md:IDPSSODescriptor></md:EntityDescriptor>";
}

struct Outcome {
  int status;
  std::string out;
  std::string err;
};

struct Shell {
  storage::ScratchFolder folder = storage::ScratchFolder::make().value();
  OsRandom random;
  SystemClock clock;
  std::string org;

  Shell() {
    const auto opened = DataFolder::open(data()).value();
    REQUIRE(opened.master_key(random).ok());
    REQUIRE(open() != nullptr);
    done({"admin", "environments", "create", "--name", "Test", "--base-url",
          "http://localhost:8080", "--kind", "development"});
    org = text(done({"admin", "organizations", "create", "--name", "Acme"}), "id");
  }
  [[nodiscard]] std::string data() const { return folder.path() + "/data"; }
  [[nodiscard]] std::unique_ptr<storage::SqliteDatabase> open() const {
    return storage::SqliteDatabase::open({.path = data() + "/gatehouse.db", .now = clock.now()})
        .value();
  }
  std::string file(const std::string& name, std::string_view bytes) {
    const std::string path = folder.path() + "/" + name;
    REQUIRE(write_secret_file(path, bytes).ok());
    return path;
  }
  Outcome run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin() + 1, {"--data", data()});
    std::ostringstream out;
    std::ostringstream err;
    std::istringstream in;
    Console console{.out = out, .err = err, .in = in};
    const int status = run_command_line(arguments, console);
    return {status, out.str(), err.str()};
  }
  Outcome connection(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"admin", "connection"});
    return run(std::move(arguments));
  }
  // The document of a command that must work.
  Json done(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    if (arguments[0] == "admin") arguments.emplace_back("--yes");
    const Outcome outcome = run(std::move(arguments));
    CAPTURE(outcome.err);
    CAPTURE(outcome.out);
    REQUIRE(outcome.status == 0);
    auto parsed = Json::parse(outcome.out);
    REQUIRE(parsed.ok());
    return std::move(parsed).value();
  }
  Json did(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"admin", "connection"});
    return done(std::move(arguments));
  }
  // A SAML connection of Okta's with all that it needs.
  std::string okta() {
    return text(did({"create", "--org", org, "--type", "saml", "--provider", "okta",
                     "--metadata-file", file("metadata.xml", metadata_xml())}),
                "id");
  }
  // What the server would store.
  template <class Work>
  auto write(Work work) {
    const auto database = open();
    const Context context = operator_context(clock, random);
    return storage::write(*database, context,
                          [&](Transaction& transaction) {
                            const auto environments =
                                environments::list_environments(transaction).value();
                            Context here = context;
                            here.environment = environments.front().id;
                            return work(transaction, here);
                          })
        .take();
  }
  std::string fail(const std::string& connection, const sso::Failure& failure) {
    return write([&](Transaction& transaction, const Context& here) {
             sso::NewAttempt attempt{.connection = ConnectionId::parse(connection),
                                     .provider = Provider::okta,
                                     .type = connections::ConnectionType::saml,
                                     .failure = failure};
             attempt.checks.passed("The response is signed.", "RSA-SHA256");
             attempt.checks.failed(failure);
             return sso::record_attempt(transaction, here.environment, here, random, attempt);
           })
        .text();
  }
};

TEST_CASE("a connection is made of metadata, and says what to enter at the provider") {
  Shell shell;
  const std::string path = shell.file("metadata.xml", metadata_xml());
  const Outcome made = shell.connection({"create", "--org", shell.org, "--type", "saml",
                                         "--provider", "okta", "--metadata-file", path});
  CAPTURE(made.err);
  REQUIRE(made.status == 0);
  CHECK(contains(made.out, "SAML connection with OKTA, COMPLETED, not enabled"));
  CHECK(contains(made.out, "Single sign-on URL"));
  CHECK(contains(made.out, "Audience URI (SP Entity ID)"));
  CHECK(contains(made.out, "docs/sso/okta.md"));
  CHECK(contains(made.out, "connection test conn_"));

  const Json list = shell.did({"list"});
  REQUIRE(list.array()->size() == 1);
  const std::string id = text(list.array()->front(), "id");
  const Json shown = shell.did({"show", id});
  const Json& settings = *shown.find("settings");
  CHECK(text(settings, "idp_entity_id") == "https://idp.test/metadata");
  CHECK(text(settings, "idp_sso_url") == "https://idp.test/redirect");
  CHECK(text(settings, "idp_sso_request_binding") == "HTTP_REDIRECT");
  CHECK(shown.array("certificates")->size() == 1);
  const Json& addresses = *shown.find("at_the_provider");
  const std::string base = "http://localhost:8080/sso/v1/saml/" + id;
  CHECK(text(addresses, "entity_id") == base);
  CHECK(text(addresses, "acs_url") == base + "/callback");
  CHECK(text(addresses, "test_url") == base + "/test");

  const Json audit = shell.done({"admin", "audit", "list"});
  CHECK(contains(audit.text(), "connection.created"));
  CHECK(contains(audit.text(), "connection.updated"));
}

TEST_CASE("a connection grows from DRAFT to COMPLETED, and only then can be enabled") {
  Shell shell;
  const Json made =
      shell.did({"create", "--org", shell.org, "--type", "oidc", "--provider", "entra-id"});
  const std::string id = text(made, "id");
  CHECK(text(made, "status") == "DRAFT");
  CHECK(text(made, "provider") == "MICROSOFT_AD");
  const Outcome early = shell.connection({"enable", id});
  CHECK(early.status == 1);
  CHECK(contains(early.err, "--issuer --client-id --client-secret-file"));
  CHECK(text(shell.did({"update", id, "--issuer", "https://login.example.com/t/v2.0"}), "status") ==
        "IN_PROGRESS");
  const std::string secret = "s3cr3t-0123456789-value";
  const std::string path = shell.file("secret", secret + "\n");
  const Outcome whole =
      shell.connection({"update", id, "--client-id", "gatehouse", "--client-secret-file", path});
  CAPTURE(whole.err);
  CHECK(whole.status == 0);
  CHECK(contains(whole.out, "COMPLETED"));
  CHECK(!contains(whole.out, secret));
  CHECK(shell.did({"enable", id}).boolean("enabled") == true);
  const Outcome undone = shell.connection({"update", id, "--issuer", ""});
  CHECK(undone.status == 1);
  CHECK(contains(undone.err, "disable it first"));
  CHECK(text(*shell.did({"show", id}).find("settings"), "issuer") ==
        "https://login.example.com/t/v2.0");
  CHECK(shell.did({"disable", id}).boolean("enabled") == false);
  CHECK(shell.did({"delete", id}).string("id") == id);
  CHECK(shell.connection({"show", id}).status == 1);
}

TEST_CASE("settings of another type, files that are none, and secrets on the line are refused") {
  Shell shell;
  const std::string id = shell.okta();
  const auto refused = [&](std::vector<std::string> arguments, std::string_view why) {
    arguments.insert(arguments.begin(), {"update", id});
    const Outcome outcome = shell.connection(std::move(arguments));
    CAPTURE(why);
    CAPTURE(outcome.err);
    CHECK(outcome.status != 0);
    CHECK(contains(outcome.err, why));
  };
  refused({}, "say what to change");
  refused({"--issuer", "https://idp.test"}, "--issuer is not for connections of type SAML");
  refused({"--jit", "perhaps"}, "--jit");
  refused({"--metadata-file", "/nowhere"}, "there is no file /nowhere");
  refused({"--metadata-file", shell.file("x", "<html/>")}, "metadata_malformed");
  refused({"--certificate-file", shell.file("y", "no certificate")}, "idp_certificate");
  refused({"--client-secret", "abc"}, "--client-secret");
  refused({"--sso-url", "http://idp.test/sso"}, "https://");
  const Outcome open = shell.connection(
      {"create", "--org", shell.org, "--environment-wide", "--provider", "google"});
  CHECK(open.status == 1);
  CHECK(contains(open.err, "say whose it is"));
  const std::string readable = shell.file("open", "secret");
  REQUIRE(::chmod(readable.c_str(), 0644) == 0);
  const Outcome exposed =
      shell.connection({"create", "--org", shell.org, "--type", "oidc", "--provider", "custom",
                        "--client-secret-file", readable});
  CHECK(exposed.status == 1);
  CHECK(shell.did({"list"}).array()->size() == 1);
}

TEST_CASE("social login is the environment's own") {
  Shell shell;
  const Json made =
      shell.did({"create", "--environment-wide", "--provider", "github", "--client-id", "abc",
                 "--client-secret-file", shell.file("secret", "0123456789abcdef"), "--enable"});
  CHECK(text(made, "type") == "OAUTH");
  CHECK(made.find("organization")->is_null());
  CHECK(made.boolean("enabled") == true);
  CHECK(contains(made.text(), "/sso/v1/oauth/conn_"));
  CHECK(text(made, "guide") == "docs/sso/social.md");
  CHECK(shell.did({"list", "--environment-wide"}).array()->size() == 1);
  shell.okta();
  CHECK(shell.did({"list", "--environment-wide"}).array()->size() == 1);
  CHECK(shell.did({"list"}).array()->size() == 2);
  CHECK(shell.did({"list", "--org", shell.org}).array()->size() == 1);
  CHECK(shell.connection({"domains", text(made, "id")}).status == 1);
}

TEST_CASE("domains lead to a connection: all of the organization's, or those that are named") {
  Shell shell;
  const std::string id = shell.okta();
  CHECK(contains(shell.connection({"domains", id}).out, "--add example.com"));
  CHECK(shell.did({"domains", id, "--add", "Acme.test"}).array()->size() == 1);
  CHECK(shell.did({"domains", id, "--add", "acme.example"}).array()->size() == 2);
  shell.did({"enable", id});
  CHECK(shell.did({"list", "--domain", "acme.test"}).array()->size() == 1);
  CHECK(shell.did({"list", "--domain", "other.test"}).array()->empty());
  const auto leading = [&](const Json& domains) {
    std::string names;
    for (const Json& domain : *domains.array()) {
      if (domain.boolean("leads_here") == true) names += text(domain, "domain") + " ";
    }
    return names;
  };
  CHECK(leading(shell.did({"domains", id, "--only", "acme.test"})) == "acme.test ");
  CHECK(shell.did({"list", "--domain", "acme.example"}).array()->empty());
  CHECK(leading(shell.did({"domains", id, "--add", "third.example"})) ==
        "third.example acme.test ");
  CHECK(leading(shell.did({"domains", id, "--all"})) == "third.example acme.example acme.test ");
  CHECK(shell.connection({"domains", id, "--only", "missing.test"}).status == 1);
  CHECK(shell.connection({"domains", id, "--add", "gmail.com"}).status == 1);
}

TEST_CASE("attributes are mapped by name, and taken back") {
  Shell shell;
  const std::string id = shell.okta();
  const Json mapped = shell.did({"update", id, "--map", "email=mail", "--map", "sub=uid"});
  CHECK(text(*mapped.find("attribute_mapping"), "email") == "mail");
  const Json less = shell.did({"update", id, "--map", "email="});
  CHECK(less.find("attribute_mapping")->object()->size() == 1);
}

TEST_CASE("a test run is begun, and its result shown with every check") {
  Shell shell;
  const std::string id = shell.okta();
  const Json begun = shell.did({"test", id});
  const std::string run = text(begun, "id");
  CHECK(text(begun, "url") == "http://localhost:8080/sso/v1/saml/" + id + "/test?test=" + run);
  CHECK(text(begun, "status") == "PENDING");
  CHECK(shell.connection({"test", id, "--run", run}).status == 1);
  CHECK(shell.connection({"test", id, "--run", run, "--wait", "--timeout", "0"}).status == 1);
  shell.write([&](Transaction& transaction, const Context& here) {
    sso::CheckLog checks;
    checks.passed("The response is signed.");
    checks.failed(sso::Failure(Diagnosis::audience_mismatch, "https://here", "https://there"));
    return connections::finish_test(
        transaction, here.environment, *ConnectionTestId::parse(run),
        {.status = connections::TestStatus::failure,
         .error = "audience_mismatch",
         .error_description = "The assertion is meant for another audience.",
         .error_details = checks.json()});
  });
  const Outcome failed = shell.connection({"test", id, "--run", run, "--wait"});
  CHECK(failed.status == 1);
  CHECK(contains(failed.out, "The test sign-in failed: audience_mismatch."));
  CHECK(contains(failed.out, "ok    The response is signed."));
  CHECK(contains(failed.out, "FAIL  The assertion is meant for another audience"));
  CHECK(contains(failed.out, "expected https://here; received https://there"));
  CHECK(contains(failed.out, "Audience URI (SP Entity ID)"));
  CHECK(shell.connection({"test", id, "--run", "test_1"}).status == 1);
}

TEST_CASE("the doctor explains a reference, the last attempts of a connection, or lists all") {
  Shell shell;
  const std::string id = shell.okta();
  CHECK(contains(shell.run({"doctor", "sso"}).out, "No single sign-on failed"));
  CHECK(contains(shell.run({"doctor", "sso", "--connection", id}).out, "--check"));
  const std::string first =
      shell.fail(id, sso::Failure(Diagnosis::audience_mismatch, "https://here", "https://there"));
  shell.fail(id, sso::Failure(Diagnosis::assertion_expired, "after 07:00", "06:00"));

  const Outcome one = shell.run({"doctor", "sso", first});
  CAPTURE(one.err);
  CHECK(one.status == 0);
  CHECK(contains(one.out, "audience_mismatch"));
  CHECK(contains(one.out, "Expected  https://here"));
  CHECK(contains(one.out, "Received  https://there"));
  CHECK(contains(one.out, "Okta Admin Console"));
  CHECK(contains(one.out, "ok    The response is signed."));
  CHECK(contains(one.out, "docs/sso/okta.md"));
  CHECK(!contains(one.out, "assertion_expired"));
  const Json document = shell.done({"doctor", "sso", first});
  CHECK(text(document, "diagnosis") == "audience_mismatch");
  CHECK(text(document, "code") == "invalid_saml_response");
  CHECK(contains(text(document, "remedy"), "Audience URI (SP Entity ID)"));
  CHECK(document.array("checks")->size() == 2);

  CHECK(contains(shell.run({"doctor", "sso", "--connection", id}).out, "assertion_expired"));
  CHECK(!contains(shell.run({"doctor", "sso", "--connection", id}).out, "audience_mismatch"));
  CHECK(shell.done({"doctor", "sso", "--connection", id, "--last", "5"}).array()->size() == 2);
  CHECK(shell.done({"doctor", "sso"}).array()->size() == 2);

  CHECK(shell.run({"doctor", "sso", "err_123456789012345"}).status == 1);
  CHECK(shell.run({"doctor", "sso", "conn_1"}).status == 1);
  CHECK(shell.run({"doctor", "sso", "--connection", "conn_123456789012345"}).status == 1);
  CHECK(shell.run({"doctor", "sso", first, "--connection", id}).status == 1);
  CHECK(shell.run({"doctor", "sso", "--check"}).status == 1);
  CHECK(shell.run({"doctor", "sso", "--connection", id, "--last", "0"}).status == 1);
}

TEST_CASE("the doctor looks at a connection that nobody has signed in by") {
  Shell shell;
  const std::string id = shell.okta();
  const auto check = [&] { return shell.run({"doctor", "sso", "--connection", id, "--check"}); };
  const Outcome before = check();
  CHECK(before.status == 1);
  CHECK(contains(before.out, "fail  enabled"));
  CHECK(contains(before.out, "no verified domain"));
  CHECK(contains(before.out, "ok    certificate"));
  CHECK(contains(before.out, "initiate_login_missing"));
  shell.did({"domains", id, "--add", "acme.test"});
  shell.did({"enable", id});
  const Json applications = shell.done({"admin", "applications", "list"});
  shell.done({"admin", "applications", "create", "--type", "WEB_APP", "--name", "Docs",
              "--initiate-login-uri", "https://docs.test/login"});
  const Outcome after = check();
  CAPTURE(after.out);
  CHECK(after.status == 0);
  CHECK(contains(after.out, "ok    domains        acme.test"));
  CHECK(contains(after.out, "https://docs.test/login"));

  shell.did({"update", id, "--metadata-url", "https://localhost:1/metadata", "--no-fetch"});
  const Outcome dark = check();
  CHECK(dark.status == 1);
  CHECK(contains(dark.out, "provider_unreachable"));
  shell.fail(id, sso::Failure(Diagnosis::issuer_mismatch, "a", "b"));
  CHECK(contains(check().out, "issuer_mismatch 1"));
  const Outcome empty = shell.run(
      {"doctor", "sso", "--connection",
       text(shell.did({"create", "--org", shell.org, "--type", "saml", "--provider", "adfs"}),
            "id"),
       "--check"});
  CHECK(empty.status == 1);
  CHECK(contains(empty.out, "--entity-id --sso-url --certificate-file"));
  CHECK(contains(empty.out, "certificate_missing"));
}

TEST_CASE("every provider by name has a guide that is there") {
  for (const ProviderName& known : provider_choices()) {
    const std::string path = "docs/sso/" + std::string(known.guide) + ".md";
    CAPTURE(path);
    CHECK(std::ifstream(path).good());
  }
  using connections::ConnectionType;
  CHECK(guide_of(Provider::okta, "OKTA", ConnectionType::saml) == "docs/sso/okta.md");
  CHECK(guide_of(Provider::ping_identity, "pingone", ConnectionType::saml) ==
        "docs/sso/pingone.md");
  CHECK(guide_of(Provider::ping_identity, "", ConnectionType::oidc) == "docs/sso/pingfederate.md");
  CHECK(guide_of(Provider::custom, "shibboleth", ConnectionType::saml) == "docs/sso/shibboleth.md");
  CHECK(guide_of(Provider::custom, "CUSTOM", ConnectionType::saml) == "docs/sso/custom-saml.md");
  CHECK(guide_of(Provider::custom, "", ConnectionType::oidc) == "docs/sso/custom-oidc.md");
  CHECK(guide_of(Provider::google, "", ConnectionType::oauth) == "docs/sso/social.md");
}

}  // namespace
}  // namespace gatehouse::app::commands
