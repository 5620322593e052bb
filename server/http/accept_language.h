// Which of our languages a browser asks for [RFC 9110 §12.5.4].

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/http/message.h"

namespace gatehouse::http {

// The one of `supported` ("en", "pt-BR"; the first is the fallback, there is at least one) that the
// Accept-Language of the request prefers: the highest weight wins, then what stands first. A range
// takes an exact tag, a tag that it begins ("pt" takes "pt-BR"), and failing that its own language
// ("de-CH" takes "de").
[[nodiscard]] std::string best_language(const Request& request,
                                        std::span<const std::string_view> supported);

}  // namespace gatehouse::http
