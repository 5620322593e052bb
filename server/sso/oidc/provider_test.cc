#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <thread>

#include "server/net/test_loopback_server.h"
#include "server/sso/oidc/test_provider.h"

namespace gatehouse::sso::oidc_rp::testing {
namespace {

constexpr const char* document_uri = "https://idp.example/.well-known/openid-configuration";
constexpr const char* keys_uri = "https://idp.example/keys";

std::optional<Diagnosis> failure_of_endpoints(Stage& stage) {
  const auto read = stage.providers.endpoints(stage.relying, stage.patience());
  if (read.ok()) return std::nullopt;
  return read.error().diagnosis;
}

template <class Change>
std::optional<Diagnosis> with_document(Change&& change) {
  Stage stage;
  change(stage);
  stage.publish();
  return failure_of_endpoints(stage);
}

}  // namespace

TEST_CASE("provider: endpoints come from the discovery document [OIDC Discovery §4]") {
  Stage stage;
  stage.document["authorization_response_iss_parameter_supported"] = "true";
  stage.publish();
  const auto endpoints = stage.providers.endpoints(stage.relying, stage.patience()).value();
  CHECK(endpoints.issuer == issuer);
  CHECK(endpoints.authorize_uri == "https://idp.example/authorize");
  CHECK(endpoints.token_uri == "https://idp.example/token");
  CHECK(endpoints.user_info_uri == "https://idp.example/userinfo");
  CHECK(endpoints.jwks_uri == keys_uri);
  CHECK(endpoints.end_session_uri == "https://idp.example/logout");
  CHECK(endpoints.response_issuer == Endpoints::ResponseIssuer::announced);
}

TEST_CASE("provider: a document that names another issuer is refused [OIDC Discovery §4.3]") {
  for (const char* const other :
       {"https://evil.example", "https://idp.example/", "https://idp.example/common/v2.0",
        "https://idp.example/{tenantid}/v2.0", ""}) {
    CAPTURE(other);
    CHECK(with_document([&](Stage& stage) { stage.document["issuer"] = quoted(other); }) ==
          Diagnosis::discovery_issuer_mismatch);
  }
  CHECK(with_document([](Stage& stage) { stage.document.erase("issuer"); }) ==
        Diagnosis::discovery_issuer_mismatch);
}

TEST_CASE("provider: an address of the document alone stands for the issuer it belongs to") {
  const auto with_address = [](const char* address, const char* stated) {
    connections::OidcConfiguration oidc = Stage::openid();
    oidc.issuer.reset();
    oidc.discovery_endpoint = address;
    Stage stage(connection_of(connections::Provider::custom, oidc));
    stage.document["issuer"] = quoted(stated);
    stage.publish(address);
    return failure_of_endpoints(stage);
  };
  CHECK_FALSE(with_address(document_uri, "https://idp.example").has_value());
  // JumpCloud's and Auth0's issuers end in a slash.
  CHECK_FALSE(with_address(document_uri, "https://idp.example/").has_value());
  CHECK(with_address(document_uri, "https://idp.example/other") ==
        Diagnosis::discovery_issuer_mismatch);
  CHECK(with_address("https://idp.example/anything", "https://idp.example") ==
        Diagnosis::discovery_issuer_mismatch);
}

TEST_CASE("provider: a document without what is needed, or with http, is refused") {
  for (const char* const name : {"authorization_endpoint", "token_endpoint", "jwks_uri"}) {
    CAPTURE(name);
    CHECK(with_document([&](Stage& stage) { stage.document.erase(name); }) ==
          Diagnosis::discovery_incomplete);
  }
  for (const char* const address :
       {"http://idp.example/x", "javascript:alert(1)", "file:///etc/passwd", "/keys",
        "https://user@idp.example/x", "https://idp.example/#x"}) {
    CAPTURE(address);
    CHECK(with_document([&](Stage& stage) {
            stage.document["userinfo_endpoint"] = quoted(address);
          }) == Diagnosis::discovery_incomplete);
  }
  CHECK_FALSE(
      with_document([](Stage& stage) { stage.document.erase("userinfo_endpoint"); }).has_value());
}

TEST_CASE("provider: http is for this machine, in development") {
  const auto with_policy = [](net::AddressPolicy policy, const char* address) {
    Stage stage;
    stage.relying.address_policy = policy;
    stage.document["token_endpoint"] = quoted(address);
    stage.publish();
    return failure_of_endpoints(stage);
  };
  constexpr auto development = net::AddressPolicy::public_or_loopback;
  CHECK_FALSE(with_policy(development, "http://localhost:9000/token").has_value());
  CHECK(with_policy(development, "http://idp.example/token") == Diagnosis::discovery_incomplete);
  CHECK(with_policy(net::AddressPolicy::public_only, "http://localhost:9000/token") ==
        Diagnosis::discovery_incomplete);
}

TEST_CASE("provider: what is set wins over the document") {
  connections::OidcConfiguration oidc = Stage::openid();
  oidc.token_uri = "https://proxy.example/token";
  Stage stage(connection_of(connections::Provider::custom, oidc));
  stage.publish();
  const auto endpoints = stage.providers.endpoints(stage.relying, stage.patience()).value();
  CHECK(endpoints.token_uri == "https://proxy.example/token");
  CHECK(endpoints.authorize_uri == "https://idp.example/authorize");
}

TEST_CASE("provider: documents that redirect, are endless, no JSON or not there are refused") {
  Stage stage;
  stage.http.at(document_uri, 302, "");
  CHECK(failure_of_endpoints(stage) == Diagnosis::provider_answer_malformed);
  stage.http.at(document_uri, 200, "{\"issuer\":\"" + std::string(2 << 20, 'x') + "\"}");
  CHECK(failure_of_endpoints(stage) == Diagnosis::provider_answer_malformed);
  stage.http.at(document_uri, 200, "<html>Sign in</html>");
  CHECK(failure_of_endpoints(stage) == Diagnosis::discovery_failed);
  stage.http.at(document_uri, 200, "[]");
  CHECK(failure_of_endpoints(stage) == Diagnosis::discovery_failed);
  stage.http.at(document_uri, 404, "{}");
  CHECK(failure_of_endpoints(stage) == Diagnosis::discovery_failed);
  stage.http.fail(document_uri, ErrorCode::permission_denied);
  CHECK(failure_of_endpoints(stage) == Diagnosis::provider_address_refused);
  stage.http.fail(document_uri, ErrorCode::unavailable);
  CHECK(failure_of_endpoints(stage) == Diagnosis::provider_unreachable);
  stage.http.fail(document_uri, ErrorCode::deadline_exceeded);
  CHECK(failure_of_endpoints(stage) == Diagnosis::provider_too_slow);
  stage.publish();
  CHECK_FALSE(failure_of_endpoints(stage).has_value());
}

TEST_CASE("provider: a document is read once an hour, and an old one serves in need") {
  Stage stage;
  stage.publish();
  for (int i = 0; i < 3; ++i) CHECK_FALSE(failure_of_endpoints(stage).has_value());
  CHECK(stage.http.calls_to(document_uri).size() == 1);
  stage.now += hours(1);
  CHECK_FALSE(failure_of_endpoints(stage).has_value());
  CHECK(stage.http.calls_to(document_uri).size() == 2);

  stage.http.fail(document_uri, ErrorCode::unavailable);
  stage.now += hours(2);
  for (int i = 0; i < 3; ++i) CHECK_FALSE(failure_of_endpoints(stage).has_value());
  CHECK(stage.http.calls_to(document_uri).size() == 3);  // and not again for half a minute
  stage.now += seconds(31);
  CHECK_FALSE(failure_of_endpoints(stage).has_value());
  CHECK(stage.http.calls_to(document_uri).size() == 4);
  stage.now += hours(24);
  CHECK(failure_of_endpoints(stage) == Diagnosis::provider_unreachable);

  // One that names another issuer now is no reason to trust the old one.
  stage.publish();
  CHECK_FALSE(failure_of_endpoints(stage).has_value());
  stage.document["issuer"] = quoted("https://evil.example");
  stage.publish();
  stage.now += hours(2);
  CHECK(failure_of_endpoints(stage) == Diagnosis::discovery_issuer_mismatch);
}

TEST_CASE("provider: another configuration of a connection does not get the old document") {
  Stage stage;
  stage.publish();
  CHECK_FALSE(failure_of_endpoints(stage).has_value());
  stage.relying.endpoints.issuer = "https://idp.example/new";
  CHECK(failure_of_endpoints(stage) == Diagnosis::discovery_issuer_mismatch);
  stage.relying.connection = ConnectionId(2);
  stage.relying.endpoints.issuer = std::string(issuer);
  CHECK_FALSE(failure_of_endpoints(stage).has_value());
  CHECK(stage.http.calls_to(document_uri).size() == 3);
}

TEST_CASE("provider: a rotated key is found by reading the key set anew, once in half a minute") {
  Stage stage;
  CHECK_FALSE(stage.refusal().has_value());
  CHECK(stage.http.calls_to(keys_uri).size() == 1);
  stage.now += minutes(10);
  stage.claims["exp"] = stage.seconds_text(minutes(5));
  stage.key = rsa_key(1);
  stage.header["kid"] = quoted("k2");
  stage.keys.push_back(jose::jwk_json({.kid = "k2", .key = stage.key.public_key()}));
  CHECK_FALSE(stage.refusal().has_value());
  CHECK(stage.http.calls_to(keys_uri).size() == 2);

  // Kids that nobody knows do not become a stream of calls.
  stage.now += minutes(1);
  stage.header["kid"] = quoted("k3");
  for (int i = 0; i < 5; ++i) CHECK(stage.refusal() == Diagnosis::id_token_key_unknown);
  CHECK(stage.http.calls_to(keys_uri).size() == 3);
  stage.now += seconds(31);
  CHECK(stage.refusal() == Diagnosis::id_token_key_unknown);
  CHECK(stage.http.calls_to(keys_uri).size() == 4);
}

TEST_CASE("provider: tokens and keys without kid fit where there is one key only") {
  Stage no_kid;
  no_kid.header.erase("kid");
  CHECK_FALSE(no_kid.refusal().has_value());

  Stage unnamed;
  const auto parts = std::get<crypto::RsaPublicParts>(unnamed.key.public_key().parts());
  const std::string jwk =
      R"({"kty":"RSA","n":")" + base64url_encode(parts.modulus) + R"(","e":"AQAB"})";
  unnamed.keys = {jwk};
  CHECK_FALSE(unnamed.refusal().has_value());

  Stage two;
  two.header.erase("kid");
  two.keys.push_back(jose::jwk_json({.kid = "k2", .key = rsa_key(1).public_key()}));
  CHECK(two.refusal() == Diagnosis::id_token_key_unknown);

  Stage other_name;
  other_name.header["kid"] = quoted("k9");
  CHECK(other_name.refusal() == Diagnosis::id_token_key_unknown);
}

TEST_CASE("provider: keys of no use are passed over, a set without any is refused") {
  Stage stage;
  const std::string good = stage.keys.front();
  stage.keys = {R"({"kty":"oct","k":"c2VjcmV0","kid":"k1","alg":"HS256"})",
                R"({"kty":"RSA","n":"AQAB","e":"AQAB","kid":"k1"})",
                R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA","kid":"k1"})", R"("k1")", good};
  CHECK_FALSE(stage.refusal().has_value());
  Stage none;
  none.keys = {R"({"kty":"oct","k":"c2VjcmV0","kid":"k1","alg":"HS256"})"};
  CHECK(none.refusal() == Diagnosis::keys_failed);
  // A key that is for encryption signs nothing.
  Stage encryption;
  encryption.keys = {std::string(good).replace(good.find("\"sig\""), 5, "\"enc\"")};
  CHECK(encryption.refusal() == Diagnosis::keys_failed);
  for (const char* const body : {"", "{}", "[]", R"({"keys":{}})", "<html>"}) {
    CAPTURE(body);
    Stage broken;
    broken.publish_with(broken.id_token());
    broken.http.at(keys_uri, 200, body);
    CHECK(broken.refusal() == Diagnosis::keys_failed);
  }
}

TEST_CASE("provider: every call has a deadline of five seconds at most") {
  Stage stage;
  stage.publish();
  CHECK_FALSE(stage.refusal().has_value());
  const auto latest = std::chrono::steady_clock::now() + seconds(5);
  REQUIRE(stage.http.calls() >= 3);
  for (const char* const url : {document_uri, keys_uri, "https://idp.example/token"}) {
    for (const auto& call : stage.http.calls_to(url)) {
      CHECK(call.deadline <= latest);
      CHECK(call.response_bytes_max <= 256 * 1024);
      CHECK(call.address_policy == net::AddressPolicy::public_only);
    }
  }
  // And never beyond the request's own.
  const Deadline soon = std::chrono::steady_clock::now() + seconds(1);
  Stage hurried;
  hurried.publish();
  CHECK(hurried.providers.endpoints(hurried.relying, {.now = hurried.now, .deadline = soon}).ok());
  CHECK(hurried.http.calls_to(document_uri).at(0).deadline == soon);
}

TEST_CASE("provider: whoever is one too many waits for a place while others are answered") {
  Stage stage;
  stage.publish();
  std::mutex mutex;
  std::condition_variable changed;
  int arrived = 0;
  const std::string document = object_of(stage.document);
  stage.http.at(document_uri, [&](const net::OutboundRequest&) -> Result<net::HttpAnswer, Error> {
    std::unique_lock lock(mutex);
    ++arrived;
    changed.notify_all();
    changed.wait(lock, [&] { return arrived >= 8; });
    return net::HttpAnswer{.status = 200, .headers = {}, .body = document};
  });
  std::atomic<int> served = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      if (stage.providers.endpoints(stage.relying, stage.patience()).ok()) ++served;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(served == 12);
}

TEST_CASE("provider: one that hangs holds a few requests of its own and nobody else's") {
  Stage stage;
  stage.publish();
  std::mutex mutex;
  std::condition_variable changed;
  int hanging = 0;
  bool is_over = false;
  stage.http.at(document_uri, [&](const net::OutboundRequest&) -> Result<net::HttpAnswer, Error> {
    std::unique_lock lock(mutex);
    ++hanging;
    changed.notify_all();
    changed.wait(lock, [&] { return is_over; });
    return Error(ErrorCode::deadline_exceeded, "no whole answer in time");
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { (void)failure_of_endpoints(stage); });
  }
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return hanging == 8; });
  }
  CHECK(failure_of_endpoints(stage) == Diagnosis::provider_too_slow);
  Relying other = stage.relying;
  other.connection = ConnectionId(2);
  other.discovery_uri = "https://quick.example/.well-known/openid-configuration";
  other.endpoints.issuer = "https://quick.example";
  Members document = stage.document;
  document["issuer"] = quoted("https://quick.example");
  stage.http.at(other.discovery_uri, 200, object_of(document));
  CHECK(stage.providers.endpoints(other, stage.patience()).ok());
  {
    const std::lock_guard lock(mutex);
    is_over = true;
  }
  changed.notify_all();
  for (std::thread& thread : threads) thread.join();
  stage.publish();
  CHECK_FALSE(failure_of_endpoints(stage).has_value());
}

TEST_CASE("provider: over a real socket, one that never answers is given up at the deadline") {
  net::LoopbackServer server(
      [](net::LoopbackConnection& connection) { connection.wait_for_close(); });
  const auto http = net::make_http_client({});
  ProviderDirectory providers(*http);
  Stage stage;
  stage.relying.address_policy = net::AddressPolicy::public_or_loopback;
  stage.relying.discovery_uri = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
  const auto begin = std::chrono::steady_clock::now();
  const auto read =
      providers.endpoints(stage.relying, {.now = stage.now, .deadline = begin + milliseconds(200)});
  CHECK(read.error().diagnosis == Diagnosis::provider_too_slow);
  CHECK(std::chrono::steady_clock::now() < begin + seconds(3));
  // Where only public addresses may be called, it is not even tried.
  stage.relying.address_policy = net::AddressPolicy::public_only;
  const auto refused = providers.endpoints(stage.relying, stage.patience());
  CHECK(refused.error().diagnosis == Diagnosis::provider_address_refused);
}

TEST_CASE("provider: kept documents are bounded, the one used longest ago goes first") {
  KeptAnswers<int> kept({.fresh = hours(1), .usable = hours(2), .answers_max = 2});
  const Instant start = world::test_start;
  (void)kept.keep("a", 1, start);
  (void)kept.keep("b", 2, start + seconds(1));
  CHECK(kept.find("a", start + seconds(2)).answer != nullptr);
  (void)kept.keep("c", 3, start + seconds(3));
  CHECK(kept.find("b", start + seconds(4)).answer == nullptr);
  CHECK(*kept.find("a", start + seconds(4)).answer == 1);
  CHECK(*kept.find("c", start + seconds(4)).answer == 3);
}

}  // namespace gatehouse::sso::oidc_rp::testing
