// The metadata of a simulated provider [SAML Metadata §2.4.3].

#pragma once

#include <string>

#include "server/crypto/certificate.h"

namespace gatehouse::app::dev {

struct MetadataOf {
  std::string entity_id;
  std::string url;  // of the provider
  crypto::Certificate certificate;
};
[[nodiscard]] std::string saml_metadata(const MetadataOf& whose);

}  // namespace gatehouse::app::dev
