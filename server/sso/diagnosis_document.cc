#include "server/sso/diagnosis_document.h"

#include "server/sso/diagnosis_text.h"

namespace gatehouse::sso {
namespace {

using connections::Provider;

struct Group {
  std::string_view heading;
  std::span<const DiagnosisRow> rows;
};

struct ProviderTitle {
  Provider provider;
  std::string_view title;
};
constexpr ProviderTitle titles[] = {{Provider::okta, "Okta"},
                                    {Provider::microsoft_ad, "Entra ID"},
                                    {Provider::google, "Google"},
                                    {Provider::adfs, "AD FS"},
                                    {Provider::ping_identity, "PingOne, PingFederate"},
                                    {Provider::onelogin, "OneLogin"},
                                    {Provider::jumpcloud, "JumpCloud"},
                                    {Provider::auth0, "Auth0"},
                                    {Provider::microsoft, "Microsoft (social)"},
                                    {Provider::github, "GitHub"},
                                    {Provider::gitlab, "GitLab"},
                                    {Provider::linkedin, "LinkedIn"},
                                    {Provider::salesforce, "Salesforce"}};

// What stands between angle brackets or pipes in a text must not become markup.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<' || c == '>' || c == '*' || c == '_') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

// Escaped but for what stands between backquotes.
std::string prose(std::string_view text) {
  std::string out;
  bool is_code = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('`'), text.size());
    out += is_code ? std::string(text.substr(0, end)) : escaped(text.substr(0, end));
    if (end < text.size()) out.push_back('`');
    is_code = !is_code;
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return out;
}

void write(const DiagnosisRow& row, std::string& out) {
  const DiagnosisText& text = row.text;
  out += "### `" + std::string(text.name) + "`\n\n";
  out += prose(text.explanation) + "\n\n";
  out += "The person reads: *" + std::string(text.title) +
         "* The application gets `error=" + std::string(text.code) + "`.\n\n";
  out += "**What to change.** " + prose(text.remedy) + "\n";
  bool is_first = true;
  for (const ProviderTitle& known : titles) {
    const std::string_view remedy = remedy_for(row.diagnosis, known.provider);
    if (remedy == text.remedy) continue;
    out += is_first ? "\n" : "";
    is_first = false;
    out += "- **" + std::string(known.title) + "**: " + prose(remedy) + "\n";
  }
  out += "\n";
}

}  // namespace

std::string diagnoses_document() {
  const Group groups[] = {{"The connection, the request, the provider", journey_texts()},
                          {"SAML", saml_texts()},
                          {"OpenID Connect and OAuth", oidc_texts()},
                          {"The person, and sign-ins that the provider starts", person_texts()}};
  std::string out =
      "# Diagnoses\n\n"
      "Every single sign-on that fails has one of these names. People see a reference\n"
      "(`err_…`); `gatehouse doctor sso REFERENCE` says which check failed, what was expected and\n"
      "received, and what to change. In a development environment the error page says so "
      "itself.\n\n"
      "This page is what `gatehouse reference sso` prints.\n\n";
  for (const Group& group : groups) {
    out += "## " + std::string(group.heading) + "\n\n";
    for (const DiagnosisRow& row : group.rows) write(row, out);
  }
  out.pop_back();
  return out;
}

}  // namespace gatehouse::sso
