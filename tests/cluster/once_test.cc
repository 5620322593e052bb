// What works once works once in the whole cluster, also when two nodes are asked at the same time.

#include <latch>

#include "server/cluster/lease_store.h"
#include "tests/cluster/two_nodes.h"

namespace gatehouse::world {
namespace {

using storage::Transaction;
using enum TwoNodes::Which;

http::Request form_post(std::string_view path, const Fields& fields) {
  http::Request request;
  request.method = http::Method::post;
  request.authority = std::string(development_url.substr(development_url.find("//") + 2));
  request.path = std::string(path);
  request.body = encode(fields);
  request.peer_address = "198.51.100.9";
  request.headers.add("Host", request.authority);
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  return request;
}

struct Fixture : TwoNodes {
  Browser browser{world};
  Client console{world, "Console"};

  // The same request to each node from two threads, four times in all.
  std::vector<http::Response> send_everywhere(const http::Request& request) {
    std::vector<http::Response> answers(4);
    std::latch start(4);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      threads.emplace_back([this, &request, &answers, &start, i] {
        start.arrive_and_wait();
        answers[i] = send(i % 2 == 0 ? here : there, request);
      });
    }
    for (std::thread& thread : threads) thread.join();
    return answers;
  }
  Fields with_secret(Fields fields) {
    return merged(std::move(fields), {{"client_id", console.known().client_id},
                                      {"client_secret", console.known().secret}});
  }
};

std::string member_of(const http::Response& response, std::string_view name) {
  const Json json = Json::parse(response.body_view()).value();
  return std::string(json.string(name).value_or(std::string_view()));
}

TEST_CASE("nodes: a code shown to both at once is redeemed once") {
  Fixture nodes;
  nodes.browser.sign_in("Console", "ada@acme.test");
  for (int round = 0; round < 10; ++round) {
    nodes.advance(seconds(1));
    const std::string code = nodes.browser.authorize("Console").parameter("code");
    const auto answers = nodes.send_everywhere(form_post(
        "/oauth/token", nodes.with_secret({{"grant_type", "authorization_code"},
                                           {"code", code},
                                           {"redirect_uri", nodes.console.known().callback}})));
    int redeemed = 0;
    for (const http::Response& answer : answers) {
      if (answer.status == 200) ++redeemed;
      if (answer.status != 200) CHECK(member_of(answer, "error") == "invalid_grant");
    }
    CHECK(redeemed == 1);
  }
  CHECK(nodes.world.violations() == "");
}

TEST_CASE("nodes: a refresh token shown to both at once has one successor") {
  Fixture nodes;
  std::string token =
      nodes.console.exchange(nodes.browser.sign_in("Console", "ada@acme.test")).refresh_token();
  for (int round = 0; round < 10; ++round) {
    nodes.advance(seconds(1));
    const auto answers = nodes.send_everywhere(
        form_post("/oauth/token",
                  nodes.with_secret({{"grant_type", "refresh_token"}, {"refresh_token", token}})));
    std::set<std::string> successors;
    for (const http::Response& answer : answers) {
      REQUIRE(answer.status == 200);
      successors.insert(member_of(answer, "refresh_token"));
    }
    REQUIRE(successors.size() == 1);
    CHECK(*successors.begin() != token);
    token = *successors.begin();
  }
  CHECK(nodes.world.violations() == "");
}

TEST_CASE("nodes: a mailed code typed in at both at once makes one session") {
  Fixture nodes;
  for (int round = 0; round < 5; ++round) {
    nodes.advance(minutes(1));
    Browser browser(nodes.world);
    const Page check_mail = browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
    const PageForm* form = check_mail.find_form("/login/code");
    REQUIRE(form != nullptr);
    const std::size_t before = nodes.world.audit("session.created").size();
    http::Request request = form_post(
        "/login/code", merged(form->fields, {{"code", nodes.world.mail("ada@acme.test").code}}));
    request.headers.add("Cookie", "gh_browser=" + browser.cookie("gh_browser"));
    request.headers.add("Origin", std::string(development_url));
    nodes.send_everywhere(request);
    CHECK(nodes.world.audit("session.created").size() == before + 1);
  }
  CHECK(nodes.world.violations() == "");
}

TEST_CASE("nodes: every job run by both at once, again and again, does each thing once") {
  Fixture nodes;
  // Things to do for every job: letters, logouts, refusals, records, rows that are over.
  for (int i = 0; i < 3; ++i) {
    Browser browser(nodes.world);
    const Page back = browser.sign_in("Console", "ada@acme.test");
    REQUIRE(nodes.console.exchange(back).status == 200);
    REQUIRE(nodes.console.exchange(back).status == 400);
    REQUIRE(browser.submit(browser.open("/oidc/logout"), "/oidc/logout/confirm").status() == 200);
  }
  for (int i = 0; i < 6; ++i) {
    Browser browser(nodes.world);
    const std::string email = "new" + std::to_string(i) + "@initech.test";
    const Page first = browser.authorize("Console", {{"prompt", "create"}});
    REQUIRE(browser.submit(first, "/login/sign-up/email", {{"email", email}}).status() == 200);
  }
  nodes.advance(days(40));  // sessions are over, keys are due

  std::vector<std::thread> threads;
  for (const auto which : {here, there}) {
    for (const app::Job& job : nodes.app(which).jobs()) {
      threads.emplace_back([&job] {
        for (int i = 0; i < 5; ++i) CHECK(job.run().ok());
      });
    }
    threads.emplace_back(
        [&nodes, which] { CHECK(nodes.app(which).mail_sender().send_due().ok()); });
  }
  for (std::thread& thread : threads) thread.join();

  CHECK(nodes.world.http().calls().size() + nodes.http().calls().size() == 3);
  CHECK(nodes.world.violations() == "");
}

TEST_CASE("nodes: a letter is sent by one of two senders") {
  Fixture nodes;
  for (int i = 0; i < 20; ++i) {
    Browser browser(nodes.world);
    const std::string email = "new" + std::to_string(i) + "@initech.test";
    const Page first = browser.authorize("Console", {{"prompt", "create"}});
    REQUIRE(browser.submit(first, "/login/sign-up/email", {{"email", email}}).status() == 200);
  }
  std::vector<std::thread> threads;
  int sent[2] = {};
  for (const auto which : {here, there}) {
    threads.emplace_back([&nodes, &sent, which] {
      sent[which == there ? 1 : 0] =
          static_cast<int>(nodes.app(which).mail_sender().send_due().take().sent);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(sent[0] + sent[1] == 20);
  std::set<std::string> recipients;
  for (const auto& letter : nodes.mailbox().letters("")) recipients.insert(letter.to);
  const std::size_t by_the_other = recipients.size();
  CHECK(by_the_other == static_cast<std::size_t>(sent[1]));
  for (const auto& letter : nodes.world.all_mail()) {
    CHECK(recipients.insert(letter.to).second);
  }
  CHECK(recipients.size() == 20);
}

TEST_CASE("nodes: what runs once in the cluster moves on when its node is gone") {
  Fixture nodes;
  const auto ran_at = [&](std::string_view job) {
    return nodes.world.must(
        [&](Transaction& transaction) { return cluster::find_lease(transaction, job); });
  };
  CHECK(TwoNodes::run(nodes.app(here), "seal audit log").ok());
  const auto first = ran_at("seal audit log");
  REQUIRE(first.has_value());
  nodes.advance(seconds(19));
  CHECK(TwoNodes::run(nodes.app(there), "seal audit log").ok());
  CHECK(ran_at("seal audit log")->holder == first->holder);
  CHECK(ran_at("seal audit log")->last_ran_at == first->last_ran_at);
  // The first one is never heard of again.
  nodes.advance(seconds(1));
  CHECK(TwoNodes::run(nodes.app(there), "seal audit log").ok());
  CHECK(ran_at("seal audit log")->holder != first->holder);
  CHECK(ran_at("seal audit log")->last_ran_at == nodes.clock().now());
}

}  // namespace
}  // namespace gatehouse::world
