#include "server/http/form_body.h"

#include <algorithm>

namespace gatehouse::http {

namespace {

// Whether a parameter of a media type says nothing against UTF-8.
bool is_acceptable(std::string_view parameter) {
  const std::size_t equals = std::min(parameter.find('='), parameter.size());
  if (!equal_ignoring_case(trim_blanks(parameter.substr(0, equals)), "charset")) return true;
  std::string_view charset = trim_blanks(parameter.substr(std::min(equals + 1, parameter.size())));
  if (charset.size() > 2 && charset.front() == '"' && charset.back() == '"') {
    charset = charset.substr(1, charset.size() - 2);
  }
  return equal_ignoring_case(charset, "utf-8") || equal_ignoring_case(charset, "utf8");
}

}  // namespace

bool has_content_type(const Request& request, std::string_view media_type) {
  if (request.headers.count("Content-Type") != 1) return false;
  std::string_view rest = *request.headers.get("Content-Type");
  std::size_t end = std::min(rest.find(';'), rest.size());
  if (!equal_ignoring_case(trim_blanks(rest.substr(0, end)), media_type)) return false;
  while (end != rest.size()) {
    rest.remove_prefix(end + 1);
    end = std::min(rest.find(';'), rest.size());
    if (!is_acceptable(rest.substr(0, end))) return false;
  }
  return true;
}

Result<Form, Error> read_form_body(const Request& request) {
  if (!has_content_type(request, "application/x-www-form-urlencoded")) {
    return Error(ErrorCode::invalid_argument, "form: wrong content type");
  }
  if (request.body.size() > limits::form_body_bytes_max) {
    return Error(ErrorCode::invalid_argument, "form: too many bytes");
  }
  return Form::parse(request.body);
}

Result<Form, Error> read_query(const Request& request) { return Form::parse(request.query); }

}  // namespace gatehouse::http
