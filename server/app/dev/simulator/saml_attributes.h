// The attributes of a person, by the names and in the form in which a profile sends them.

#pragma once

#include "server/app/dev/simulator/person.h"
#include "server/app/dev/simulator/profile.h"

namespace gatehouse::app::dev {

struct SamlAttribute {
  std::string name;
  std::string friendly = {};
  std::vector<std::string> values;
  // Each value is a text, or a persistent NameID [eduPerson].
  enum class Form { text, name_id } form = Form::text;
};

struct AttributesOf {
  const Profile& profile;
  const Person& person;
  std::string tenant;
};
// Empty: there is no AttributeStatement.
[[nodiscard]] std::vector<SamlAttribute> attributes_of(const AttributesOf& whose);

// Opaque, the same for the same person of the same tenant.
[[nodiscard]] std::string object_id_of(std::string_view tenant, const Person& person);

}  // namespace gatehouse::app::dev
