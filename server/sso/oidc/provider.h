// ProviderDirectory: what providers say of themselves (endpoints, keys), read from them and kept
// for a while [OIDC Discovery §4] [RFC 7517 §5], and the one way of calling them.
//
// Every call ends after limits::outbound_deadline or with its request, whichever is sooner. No lock
// is held meanwhile and nobody waits for another's call: a provider that hangs costs the requests
// that are on their way to it, and of those only a few at the same time.

#pragma once

#include "server/jose/foreign_jws.h"
#include "server/net/http_client.h"
#include "server/sso/oidc/kept_answers.h"
#include "server/sso/oidc/provider_calls.h"
#include "server/sso/oidc/relying.h"

namespace gatehouse::sso::oidc_rp {

class ProviderDirectory {
 public:
  explicit ProviderDirectory(net::HttpClient& http);

  // Where that provider is spoken to: of the discovery document, if the connection has one, and of
  // the connection's own settings. A document that was read within the hour is not read again; one
  // of the last day does while a newer cannot be had.
  // Failures: discovery_failed, discovery_issuer_mismatch, discovery_incomplete, and those of
  // ProviderCalls::send.
  [[nodiscard]] Result<Endpoints, Failure> endpoints(const Relying& relying,
                                                     const Patience& patience);

  // The keys that the provider signs with, at most an hour old, or four while newer ones cannot be
  // had. Failures: keys_failed, and those of ProviderCalls::send.
  using Keys = std::shared_ptr<const jose::ForeignKeys>;
  [[nodiscard]] Result<Keys, Failure> keys(const Relying& relying, const Endpoints& endpoints,
                                           const Patience& patience);
  // Reads them anew, because a token names one that is not among them; for one connection at most
  // every half minute, else and on failure it gives what there is.
  [[nodiscard]] Result<Keys, Failure> newer_keys(const Relying& relying, const Endpoints& endpoints,
                                                 const Patience& patience);

  // Forgets the provider's document, because what stands in it did not work: the next request
  // reads it anew, at most every half minute.
  void doubt(const Relying& relying, Instant now);

  [[nodiscard]] ProviderCalls& calls() { return calls_; }

 private:
  [[nodiscard]] Result<Endpoints, Failure> read_document(const Relying& relying,
                                                         const Patience& patience);
  [[nodiscard]] Result<Keys, Failure> read_keys(const Relying& relying, const Endpoints& endpoints,
                                                const Patience& patience);

  ProviderCalls calls_;
  KeptAnswers<Endpoints> documents_;
  KeptAnswers<jose::ForeignKeys> keys_;
};

}  // namespace gatehouse::sso::oidc_rp
