// Random walks through the sign-in by honest people and an attacker, who repeats and reorders
// requests and swaps flows, forms, browsers, codes and links. However they walk: a session exists
// only where the address of its user was proven in the flow that made it, from a letter that went
// to that address, in the browser that began the flow.

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

constexpr int walks = 2'000;
constexpr int walks_per_world = 100;
constexpr int steps_per_walk = 9;

const char* const addresses[] = {"ada@acme.test", "bob@acme.test", "nina@initech.test"};

// What the model knows of a flow: which browser began it, and to which address its letters went.
struct KnownFlow {
  int browser;
  std::string email;                           // of the newest letter; empty: none went out
  Fields key;                                  // the fields of its forms
  std::vector<mail::DeliveredLetter> letters;  // newest last
};

class Walk {
 public:
  Walk(World& world, std::uint64_t seed) : world_(world), dice_(seed) {
    for (int i = 0; i < 3; ++i) browsers_.push_back(std::make_unique<Browser>(world));
  }

  void run() {
    for (int i = 0; i < steps_per_walk; ++i) step();
  }

 private:
  std::size_t roll(std::size_t sides) { return random_below(dice_, sides); }
  Browser& any_browser() { return *browsers_[roll(browsers_.size())]; }

  void step() {
    switch (flows_.empty() ? 0 : roll(8)) {
      case 0: return begin();
      case 1: return send_mail();
      case 2:
      case 3: return type_code();
      case 4: return press_link();
      case 5: return name_organization();
      case 6: return choose_organization();
      default: return resume();
    }
  }

  void begin() {
    const std::size_t who = roll(browsers_.size());
    const Page page = browsers_[who]->authorize("Console", {{"prompt", "login"}});
    const PageForm* form = page.find_form("/login/email");
    if (form == nullptr) return;
    flows_.push_back({static_cast<int>(who), {}, {form->fields[0], form->fields[1]}, {}});
  }

  // The form key of one flow, now and then with the flow id of another.
  Fields key() {
    Fields fields = flows_[roll(flows_.size())].key;
    if (roll(5) == 0) fields[0] = flows_[roll(flows_.size())].key[0];
    if (roll(5) == 0) fields[1] = flows_[roll(flows_.size())].key[1];
    return fields;
  }
  KnownFlow* flow_of(const Fields& fields) {
    for (KnownFlow& flow : flows_) {
      if (flow.key == fields) return &flow;
    }
    return nullptr;
  }

  // Usually the browser to which the flow belongs.
  std::size_t browser_for(const Fields& fields) {
    const KnownFlow* flow = flow_of(fields);
    if (flow != nullptr && roll(4) != 0) return static_cast<std::size_t>(flow->browser);
    return roll(browsers_.size());
  }

  void send_mail() {
    const Fields fields = key();
    const std::size_t who = browser_for(fields);
    const std::string email = addresses[roll(std::size(addresses))];
    static_cast<void>(browsers_[who]->send(http::Method::post, "/login/email",
                                           encode(merged(fields, {{"email", email}})), {}));
    const auto& work = world_.last_statements();
    if (std::ranges::find(work, "mail.insert") == work.end()) return;
    // Nobody else can have a letter sent in a flow's name.
    KnownFlow* flow = flow_of(fields);
    REQUIRE(flow != nullptr);
    REQUIRE(static_cast<std::size_t>(flow->browser) == who);
    flow->email = email;
    flow->letters.push_back(world_.mail(email));
  }

  // A letter of some flow, seldom the right one, seldom the newest.
  const mail::DeliveredLetter* any_letter(const KnownFlow* wanted) {
    const KnownFlow& flow =
        wanted != nullptr && roll(3) != 0 ? *wanted : flows_[roll(flows_.size())];
    if (flow.letters.empty()) return nullptr;
    return roll(3) == 0 ? &flow.letters.front() : &flow.letters.back();
  }

  void type_code() {
    const Fields fields = key();
    const std::size_t who = browser_for(fields);
    const auto* letter = any_letter(flow_of(fields));
    const std::string code = letter == nullptr ? "123456" : letter->code;
    prove(fields, who, "/login/code", {{"code", code}}, letter);
  }

  void press_link() {
    const Fields fields = key();
    const std::size_t who = browser_for(fields);
    const auto* letter = any_letter(flow_of(fields));
    if (letter == nullptr) return;
    any_browser().open(letter->link);
    const std::string token = letter->link.substr(letter->link.find("token=") + 6);
    prove(fields, who, "/login/link", {{"token", token}}, letter);
  }

  void prove(const Fields& fields, std::size_t who, const char* action, const Fields& proof,
             const mail::DeliveredLetter* letter) {
    const std::string cookie = browsers_[who]->cookie("gh_session");
    const Page page = browsers_[who]->post(action, merged(fields, proof));
    const KnownFlow* flow = flow_of(fields);
    const bool is_proven = page.find_form("/login/sign-up") != nullptr ||
                           page.find_form("/login/organization") != nullptr ||
                           browsers_[who]->cookie("gh_session") != cookie;
    if (is_proven) {
      REQUIRE(flow != nullptr);
      CHECK(static_cast<std::size_t>(flow->browser) == who);
      if (proven_.contains(fields[0].second)) return;
      // The newest letter of this very flow, to the address that the flow is for.
      REQUIRE(letter != nullptr);
      CHECK(letter->code == flow->letters.back().code);
      proven_[fields[0].second] = flow->email;
    }
    check_session(*browsers_[who], cookie, fields);
  }

  void name_organization() {
    const Fields fields = key();
    const std::size_t who = browser_for(fields);
    const std::string cookie = browsers_[who]->cookie("gh_session");
    browsers_[who]->post("/login/sign-up", merged(fields, {{"organization_name", "Initech"},
                                                           {"given_name", "N"},
                                                           {"family_name", "N"}}));
    check_session(*browsers_[who], cookie, fields);
  }

  void choose_organization() {
    const Fields fields = key();
    const std::size_t who = browser_for(fields);
    const std::string cookie = browsers_[who]->cookie("gh_session");
    const Page page = browsers_[who]->open("/login?flow=" + fields[0].second);
    const PageForm* form = page.find_form("/login/organization");
    const std::string chosen = form != nullptr && !form->buttons.empty()
                                   ? form->buttons[roll(form->buttons.size())].second
                                   : world_.organization("Acme").text();
    browsers_[who]->post("/login/organization", merged(fields, {{"organization", chosen}}));
    check_session(*browsers_[who], cookie, fields);
  }

  void resume() {
    Browser& browser = any_browser();
    const std::string cookie = browser.cookie("gh_session");
    browser.open("/oauth/authorize/resume?flow=" + key()[0].second);
    CHECK(browser.cookie("gh_session") == cookie);
  }

  // A session that came with the last request is that of the person who proved their address.
  void check_session(Browser& browser, const std::string& cookie_before, const Fields& fields) {
    const std::string cookie = browser.cookie("gh_session");
    if (cookie == cookie_before || cookie.empty()) return;
    const auto live = world_.must([&](storage::Transaction& transaction) {
      return sessions::check_cookie(transaction, world_.development(), cookie, world_.now());
    });
    REQUIRE(live.has_value());
    REQUIRE(proven_.contains(fields[0].second));
    CHECK(live->user.email.text() == proven_[fields[0].second]);
    CHECK(!completed_.contains(fields[0].second));
    completed_.insert(fields[0].second);
  }

  World& world_;
  SeededRandom dice_;
  std::vector<std::unique_ptr<Browser>> browsers_;
  std::vector<KnownFlow> flows_;
  std::map<std::string, std::string> proven_;  // flow id, address
  std::set<std::string> completed_;
};

TEST_CASE("random walks through the sign-in never make a session that nobody proved") {
  std::size_t sessions = 0;
  for (std::uint64_t seed = 1; seed <= walks; seed += walks_per_world) {
    World world({.seed = seed});
    for (std::uint64_t i = seed; i < seed + walks_per_world; ++i) {
      INFO("seed ", i);
      Walk(world, i).run();
    }
    sessions += world.audit("session.created").size();
    CHECK(world.violations() == "");
  }
  // The walks do reach the end.
  CHECK(sessions > 50);
}

}  // namespace
}  // namespace gatehouse::world
