// TwoNodes: a World, and a second node on its database: an application with a clock, a random
// source, a mailbox and a network of its own. What they know of each other is what is stored.

#pragma once

#include <thread>

#include "server/cluster/lease.h"
#include "tests/world/client.h"

namespace gatehouse::world {

class TwoNodes {
 public:
  // `here` is the World's own node, `there` the other.
  enum class Which { here, there };

  TwoNodes() {
    clock_.set(world.now());
    other_ = app::App::build({world.database(), clock_, random_, log_, mailbox_, http_, keys_},
                             {.master_key = world.master_key(), .throttle = no_throttle()})
                 .value();
    other_->make_keys().take();
    other_->set_readiness(app::App::Readiness::ready);
  }

  void turn_to(Which which) { world.turn_to(which == Which::there ? other_.get() : nullptr); }
  app::App& app(Which which) { return which == Which::there ? *other_ : world.app(); }
  FakeHttpClient& http() { return http_; }
  mail::Mailbox& mailbox() { return mailbox_; }
  ManualClock& clock() { return clock_; }

  void advance(Duration by) {
    world.advance(by);
    clock_.advance(by);
  }
  // What a node does within a second.
  void second_of_jobs(Which which) {
    for (const app::Job& job : app(which).jobs()) {
      if (job.every <= seconds(1)) CHECK(job.run().ok());
    }
  }
  static Result<Unit, Error> run(app::App& node, std::string_view name) {
    for (const app::Job& job : node.jobs()) {
      if (job.name == name) return job.run();
    }
    return Error(ErrorCode::not_found, "no such job");
  }

  // One request to one of the nodes, from any thread.
  http::Response send(Which which, http::Request request) {
    http::Request head = request;
    head.body.clear();
    app::Front& front = app(which).front();
    const auto plan = front.plan(head);
    return front.handle(std::move(request), plan);
  }

  World world;

 private:
  ManualClock clock_;
  SeededRandom random_{4711};
  CapturedLog log_;
  mail::Mailbox mailbox_;
  FakeHttpClient http_;
  TestKeys keys_;
  std::unique_ptr<app::App> other_;
};

}  // namespace gatehouse::world
