// The parameters of a request: those of its query and those of a posted form. They are never mixed.

#pragma once

#include "server/core/error.h"
#include "server/core/limits.h"
#include "server/core/result.h"
#include "server/encoding/form.h"
#include "server/http/message.h"

namespace gatehouse::http {

// Whether the request has exactly one Content-Type and it is that, parameters aside; a charset must
// be UTF-8. `media_type` is lower case.
[[nodiscard]] bool has_content_type(const Request& request, std::string_view media_type);

// The posted form. invalid_argument: another content type, a body above form_body_bytes_max, or
// what Form::parse refuses. Repeated names are for the caller to judge.
[[nodiscard]] Result<Form, Error> read_form_body(const Request& request);

// The parameters of the query; invalid_argument for what Form::parse refuses.
[[nodiscard]] Result<Form, Error> read_query(const Request& request);

}  // namespace gatehouse::http
