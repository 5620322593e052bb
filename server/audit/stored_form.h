// How a record is brought into the form in which it is stored.

#pragma once

#include "server/audit/query.h"

namespace gatehouse::audit {

// The row of `entry` under the id `id`. Texts are cut to their limits and made printable.
[[nodiscard]] StoredRecord stored_form(AuditId id, const Context& context, const Record& entry);

}  // namespace gatehouse::audit
