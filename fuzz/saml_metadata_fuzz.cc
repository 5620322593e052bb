// Metadata of identity providers. Whatever is taken has a key to verify with and an https address.

// fuzz-modules: sso

#include "server/core/ensure.h"
#include "server/sso/saml/metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace gatehouse;
  using namespace gatehouse::sso::saml;
  const Instant now = instant_from_ms(1'795'348'800'000);
  const std::string_view input(reinterpret_cast<const char*>(data), size);

  for (const std::string wanted : {"", "https://two.test/"}) {
    const auto read = read_idp_metadata(input, {.entity_id = wanted, .now = now});
    if (!read.ok()) continue;
    const IdpMetadata& found = read.value();
    ENSURE(!found.certificates.empty());
    ENSURE(!found.entity_id.empty());
    ENSURE(wanted.empty() || found.entity_id == wanted);
    ENSURE(!found.valid_until.has_value() || *found.valid_until > now);
    ENSURE(!found.sign_in.redirect_url.empty() || !found.sign_in.post_url.empty());
    for (const std::string& url : {found.sign_in.redirect_url, found.sign_in.post_url,
                                   found.logout.redirect_url, found.logout.post_url}) {
      ENSURE(url.empty() || url.starts_with("https:") || url.starts_with("HTTPS:") ||
             !url.starts_with("http:"));
    }
  }
  return 0;
}
