// A single sign-on that failed: stored under a reference for the doctor, noted in the logs, and
// shown to the person as a page. In development the page says what the doctor would.

#pragma once

#include "server/connections/connection.h"
#include "server/http/message.h"
#include "server/pages/sign_on_screens.h"
#include "server/sso/deps.h"
#include "server/sso/diagnosis.h"

namespace gatehouse::sso {

struct Trouble {
  Failure failure;
  const CheckLog& checks;
  const connections::Connection* connection = nullptr;  // absent: it is not known which
  std::optional<FlowId> flow = std::nullopt;            // likewise
};

// Never fails: without a database the page is shown without a reference.
[[nodiscard]] http::Response failed(const Deps& deps, const Context& context,
                                    const Trouble& trouble);

// The parts of a page that tell what is wrong.
[[nodiscard]] pages::SignOnDiagnosis diagnosis_for_page(const Failure& failure,
                                                        const connections::Connection* connection);
[[nodiscard]] std::vector<pages::SignOnCheck> checks_for_page(const CheckLog& checks,
                                                              const Failure* failure);

// The page for whatever is no diagnosis: storage away, a bug.
[[nodiscard]] http::Response broken(const Deps& deps, const Context& context, const Error& error);

}  // namespace gatehouse::sso
