// The keys that simulated providers sign with: one pair for the installation, kept in the folder
// idp/ of the data folder, and one that nobody has been told of.

#pragma once

#include "server/app/data_folder.h"
#include "server/app/dev/simulator/saml_answer.h"

namespace gatehouse::app::dev {

// Makes what is missing or damaged (up to a second). Every file is readable by its owner only.
// Errors: unavailable (the disk), failed_precondition (others may read a key), internal (no key can
// be made here).
Result<ProviderKeys, Error> prepare_provider_keys(const DataFolder& folder, Instant now);

}  // namespace gatehouse::app::dev
