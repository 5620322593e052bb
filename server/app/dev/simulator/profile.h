// Profiles: what sets one identity provider's answers apart from another's. The table in profile.cc
// is all that the simulator knows of a real product.

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/connections/configuration.h"
#include "server/core/enum_names.h"
#include "server/core/time.h"

namespace gatehouse::app::dev {

enum class ProfileName {
  okta,
  entra,
  google,
  adfs,
  pingfederate,
  onelogin,
  jumpcloud,
  shibboleth,
  plain,
};
inline constexpr int profiles_count = static_cast<int>(ProfileName::plain) + 1;
inline constexpr EnumNames<ProfileName, profiles_count> profile_names({"okta", "entra", "google",
                                                                       "adfs", "pingfederate",
                                                                       "onelogin", "jumpcloud",
                                                                       "shibboleth", "plain"});

enum class Signs { assertion, response, both };
enum class NameId {
  address,      // emailAddress: the login
  unspecified,  // unspecified: the login
  absent,       // there is none
  transient,    // another one each time
  persistent,   // opaque, the same for this application each time
};
enum class Groups { by_name, by_guid, joined };

struct AttributeName {
  std::string_view name;
  std::string_view friendly = {};
};

// A constant of the table; every text in it lives as long as the program.
struct Profile {
  ProfileName name;
  std::string_view title;

  // How its XML looks.
  std::string_view protocol_prefix;   // "samlp"
  std::string_view assertion_prefix;  // empty: the default namespace
  std::string_view attribute_format;  // NameFormat; empty: left out
  std::string_view value_type;        // xsi:type of values; empty: left out

  // What it says.
  Signs signs;
  NameId name_id;
  AttributeName email, given_name, family_name, groups;
  Groups groups_as;
  std::string_view context;  // AuthnContextClassRef
  Duration valid_before, valid_for, confirmed_for;
  enum class Statement { always, when_filled } statement = Statement::always;
  enum class Encryption { none, where_offered } encryption = Encryption::none;
  enum class Logout { none, single } logout = Logout::single;
  enum class Padding { none, leading_blank } padding = Padding::none;
  // Whether an answer without assertion is signed.
  enum class Refusal { unsigned_, signed_ } refusal = Refusal::unsigned_;
  // How octets above ASCII letters are written in queries that it signs.
  enum class Escapes { upper_case, lower_case } escapes = Escapes::upper_case;

  std::span<const std::string_view> sends;  // sentences for people
};
[[nodiscard]] const Profile& profile(ProfileName name);

// How a provider of that kind calls itself, for one connection.
[[nodiscard]] std::string entity_id_of(const Profile& profile, ConnectionId connection,
                                       std::string_view simulator_url);
// A name for what has no number of its own: the same for the same text.
[[nodiscard]] std::string guid_of(std::string_view text);
[[nodiscard]] std::string tenant_of(ConnectionId connection);
// "00u" and the like, with that many letters and digits after it.
[[nodiscard]] std::string token_of(std::string_view prefix, std::string_view text,
                                   std::size_t length);

[[nodiscard]] connections::SamlSigning signing_option(const Profile& profile);
[[nodiscard]] connections::NameIdFormat name_id_option(const Profile& profile);

}  // namespace gatehouse::app::dev
