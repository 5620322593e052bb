#include "server/applications/redirects.h"

#include "server/applications/test_fixture.h"

namespace gatehouse::applications {
namespace {

using storage::Transaction;
using enum RedirectKind;

TEST_CASE_FIXTURE(Fixture, "redirects: who may register what, by type and environment") {
  struct Row {
    Type type;
    RedirectKind kind;
    const char* uri;
    bool in_development;
    bool in_production;
  };
  for (const Row& row : {
           Row{Type::web_app, callback, "https://app.acme.test/cb", true, true},
           Row{Type::env, callback, "https://app.acme.test/cb", true, true},
           Row{Type::web_app, callback, "http://localhost:4321/api/auth/callback", true, false},
           Row{Type::web_app, callback, "http://app.acme.test/cb", true, false},
           Row{Type::web_app, callback, "https://*.preview.acme.test/cb", true, false},
           Row{Type::web_app, callback, "https://*.com/cb", false, false},
           Row{Type::web_app, callback, "https://app.acme.test/cb?x=1", false, false},
           Row{Type::web_app, callback, "https://app.acme.test/cb#x", false, false},
           Row{Type::web_app, callback, "https://me@app.acme.test/cb", false, false},
           Row{Type::web_app, callback, "/cb", false, false},
           Row{Type::web_app, callback, "com.acme.app:/cb", false, false},
           Row{Type::spa, callback, "com.acme.app:/cb", false, false},
           Row{Type::native, callback, "com.acme.app:/cb", true, true},
           Row{Type::native, callback, "javascript:/cb", false, false},
           Row{Type::native, callback, "http://127.0.0.1/cb", true, true},
           Row{Type::native, callback, "http://[::1]:9000/cb", true, true},
           Row{Type::spa, callback, "http://127.0.0.1/cb", true, false},
           Row{Type::spa, post_logout, "https://app.acme.test", true, true},
           Row{Type::web_app, back_channel_logout, "https://app.acme.test/bcl", true, true},
           Row{Type::env, back_channel_logout, "https://app.acme.test/bcl", true, true},
           Row{Type::web_app, back_channel_logout, "http://localhost:4321/bcl", true, false},
           Row{Type::web_app, back_channel_logout, "https://*.preview.acme.test/b", false, false},
           Row{Type::spa, back_channel_logout, "https://app.acme.test/bcl", false, false},
           Row{Type::native, back_channel_logout, "https://app.acme.test/bcl", false, false},
           Row{Type::m2m, callback, "https://app.acme.test/cb", false, false},
           Row{Type::m2m, post_logout, "https://app.acme.test", false, false},
           Row{Type::m2m, back_channel_logout, "https://app.acme.test/bcl", false, false},
       }) {
    CAPTURE(type_name(row.type));
    CAPTURE(row.uri);
    using environments::Kind;
    CHECK(check_redirect({Kind::development, row.type}, row.kind, row.uri).ok() ==
          row.in_development);
    CHECK(check_redirect({Kind::production, row.type}, row.kind, row.uri).ok() ==
          row.in_production);
  }
}

TEST_CASE("redirects: nobody is sent to a wildcard to start a login") {
  const RedirectPlace place{environments::Kind::development, Type::web_app};
  CHECK(check_initiate_login(place, "https://app.acme.test/start").ok());
  CHECK_FALSE(check_initiate_login(place, "https://*.acme.test/start").ok());
  CHECK_FALSE(check_initiate_login({environments::Kind::development, Type::m2m},
                                   "https://app.acme.test/start")
                  .ok());
}

TEST_CASE_FIXTURE(Fixture, "redirects: the refusal says which URI and why") {
  const auto error =
      try_add(production, make(production, Type::web_app), callback, "http://localhost:4321/cb")
          .error();
  CHECK(error.code == ErrorCode::invalid_argument);
  CHECK(error.detail.find("callback URI \"http://localhost:4321/cb\"") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture,
                  "redirects: adding and removing are recorded, and repeating is nothing") {
  const Application made = make(production, Type::web_app);
  const auto remove = [&](std::string_view uri) {
    return write([&](Transaction& transaction) {
      return remove_redirect(transaction, production.id, context, random, made.id, callback, uri);
    });
  };
  context.now += minutes(1);
  const std::int64_t before = version();
  CHECK(try_add(production, made, callback, "https://a.test/cb").ok());
  CHECK(try_add(production, made, callback, "https://a.test/cb").ok());
  CHECK_EQ(version(), before + 1);
  CHECK(load(made).updated_at == context.now);
  CHECK_EQ(last_record(production.id, "application.updated").detail,
           "added callback URI https://a.test/cb");
  CHECK(load(made).redirects(callback) == std::vector<std::string>{"https://a.test/cb"});

  context.now += minutes(1);
  CHECK(remove("https://a.test/CB").ok());  // another string, so another URI
  CHECK_EQ(load(made).callback_uris.size(), 1);
  CHECK(remove("https://a.test/cb").ok());
  CHECK(remove("https://a.test/cb").ok());
  CHECK_EQ(version(), before + 2);
  CHECK(load(made).callback_uris.empty());
  CHECK_EQ(last_record(production.id, "application.updated").detail,
           "removed callback URI https://a.test/cb");
}

TEST_CASE_FIXTURE(Fixture, "redirects: a list takes its hundred and no more") {
  NewApplication wanted{.type = Type::web_app, .name = "Full"};
  for (std::size_t i = 0; i < redirects_per_kind_max; ++i) {
    wanted.callback_uris.push_back("https://a.test/" + std::to_string(i));
  }
  const Application made = try_create(production, wanted).value();
  CHECK_EQ(made.callback_uris.size(), redirects_per_kind_max);
  CHECK(try_add(production, made, callback, "https://a.test/more").error().code ==
        ErrorCode::resource_exhausted);
  CHECK(try_add(production, made, callback, "https://a.test/7").ok());  // is there
  CHECK(try_add(production, made, post_logout, "https://a.test/more").ok());
}

TEST_CASE_FIXTURE(Fixture, "redirects: a sent URI is registered if it is the same string") {
  const Application made =
      try_create(development, {.type = Type::web_app,
                               .name = "Web",
                               .callback_uris = {"https://a.test/cb", "https://*.p.acme.test/cb"},
                               .post_logout_uris = {"https://a.test"}})
          .value();
  const auto is = [&](RedirectKind kind, std::string_view sent) {
    return is_registered(development, made, kind, sent);
  };
  CHECK(is(callback, "https://a.test/cb"));
  for (const char* sent : {"", "https://a.test/cb/", "https://a.test/CB", "https://A.test/cb",
                           "https://a.test/cb?", "https://a.test:443/cb", "https://a.test/c",
                           "https://a.test", "https://*.p.acme.test/cb", "https://p.acme.test/cb",
                           "https://x.y.p.acme.test/cb", "https://evil.test/.p.acme.test/cb"}) {
    CAPTURE(sent);
    CHECK_FALSE(is(callback, sent));
  }
  CHECK(is(callback, "https://branch-7.p.acme.test/cb"));
  CHECK(is(post_logout, "https://a.test"));
  CHECK(is(post_logout, "https://a.test/"));
  CHECK_FALSE(is(post_logout, "https://a.test/x"));
  CHECK_FALSE(is(back_channel_logout, "https://a.test"));
}

TEST_CASE_FIXTURE(Fixture,
                  "redirects: a native application chooses its loopback port, no other does") {
  const auto with_callback = [&](Type type, const environments::Environment& environment) {
    return try_create(environment,
                      {.type = type, .name = "x", .callback_uris = {"http://127.0.0.1/cb"}})
        .value();
  };
  const Application native = with_callback(Type::native, production);
  CHECK(is_registered(production, native, callback, "http://127.0.0.1:50123/cb"));
  CHECK_FALSE(is_registered(production, native, callback, "http://127.0.0.2:50123/cb"));
  CHECK_FALSE(is_registered(production, native, callback, "http://127.0.0.1:50123/other"));
  const Application spa = with_callback(Type::spa, development);
  CHECK(is_registered(development, spa, callback, "http://127.0.0.1/cb"));
  CHECK_FALSE(is_registered(development, spa, callback, "http://127.0.0.1:50123/cb"));
}

}  // namespace
}  // namespace gatehouse::applications
