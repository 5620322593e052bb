// What is wrong of itself, whatever the method: every field of every request that has a limit, an
// enumeration, a mask, an id or a page token is given something else, and the failure names it.

#include <google/protobuf/field_mask.pb.h>

#include <algorithm>
#include <limits>

#include "buf/validate/validate.pb.h"
#include "server/api/services/all.h"
#include "tests/world/foreign_ids.h"

namespace gatehouse::world {
namespace {

using api::Status;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::uint32_t api_client = 4;  // AuthenticationType's bit
constexpr int depth_max = 3;

using Path = std::vector<const FieldDescriptor*>;

std::string text_of(const Path& path) {
  std::string text;
  for (const FieldDescriptor* field : path) {
    if (!text.empty()) text += '.';
    text += field->name();
    if (field->is_repeated() && !field->is_map()) text += "[0]";
  }
  return text;
}

// All fields below a message but those inside lists and maps; lists and maps themselves are
// visited.
void walk(const Descriptor& type, Path& path, const std::function<void(const Path&)>& visit) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    path.push_back(&field);
    visit(path);
    const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (is_message && !field.is_repeated() && path.size() < depth_max &&
        field.message_type()->file()->package() != "google.protobuf") {
      walk(*field.message_type(), path, visit);
    }
    path.pop_back();
  }
}

// The message that holds the last field of the path, made where there is none.
Message& holder(Message& root, const Path& path) {
  Message* at = &root;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    at = at->GetReflection()->MutableMessage(at, path[i]);
  }
  return *at;
}

void set_text(Message& root, const Path& path, const std::string& text) {
  Message& message = holder(root, path);
  const auto& reflection = *message.GetReflection();
  const FieldDescriptor* field = path.back();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    Message* wrapper = reflection.MutableMessage(&message, field);
    wrapper->GetReflection()->SetString(wrapper, wrapper->GetDescriptor()->FindFieldByName("value"),
                                        text);
  } else if (field->is_repeated()) {
    reflection.ClearField(&message, field);
    reflection.AddString(&message, field, text);
  } else {
    reflection.SetString(&message, field, text);
  }
}

bool is_text(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING ||
         (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_repeated() &&
          field.message_type()->full_name() == "google.protobuf.StringValue");
}

const buf::validate::StringRules& rules_of(const FieldDescriptor& field) {
  const auto& constraints = field.options().GetExtension(buf::validate::field);
  return field.is_repeated() ? constraints.repeated().items().string() : constraints.string();
}

// One more entry of a list or map of any type.
void add_entry(Message& message, const FieldDescriptor& field, const std::string& text,
               const std::string& value = "value") {
  const auto& reflection = *message.GetReflection();
  if (field.is_map()) {
    Message& pair = *reflection.AddMessage(&message, &field);
    const FieldDescriptor* held = field.message_type()->map_value();
    pair.GetReflection()->SetString(&pair, field.message_type()->map_key(), text);
    if (is_text(*held)) pair.GetReflection()->SetString(&pair, held, value);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    reflection.AddMessage(&message, &field);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    reflection.AddString(&message, &field, text);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    reflection.AddEnumValue(&message, &field, field.enum_type()->value(0)->number());
  }
}

// Cut to what the field's type can hold; false: it holds no number.
bool set_number(Message& message, const FieldDescriptor& field, std::int64_t value) {
  if (field.is_repeated()) return false;
  const auto& reflection = *message.GetReflection();
  const auto cut = [value]<class Number>(Number) {
    const bool is_high = value > 0;
    if (value == -1) return static_cast<Number>(-1);
    return is_high ? std::numeric_limits<Number>::max() : std::numeric_limits<Number>::min();
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      reflection.SetInt32(&message, &field, cut(std::int32_t{}));
      return true;
    case FieldDescriptor::CPPTYPE_INT64:
      reflection.SetInt64(&message, &field, cut(std::int64_t{}));
      return true;
    case FieldDescriptor::CPPTYPE_UINT32:
      reflection.SetUInt32(&message, &field, cut(std::uint32_t{}));
      return true;
    case FieldDescriptor::CPPTYPE_UINT64:
      reflection.SetUInt64(&message, &field, cut(std::uint64_t{}));
      return true;
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Descriptor& type = *field.message_type();
      const auto* inner = type.FindFieldByName("value");
      const auto* wrapped = type.FindFieldByName("seconds");
      if (type.file()->package() != "google.protobuf" || (inner == nullptr && wrapped == nullptr)) {
        return false;
      }
      return set_number(*reflection.MutableMessage(&message, &field),
                        inner == nullptr ? *wrapped : *inner, value);
    }
    default: return false;
  }
}

bool has_upper_limit(const FieldDescriptor& field) {
  const auto& rules = field.options().GetExtension(buf::validate::field);
  return rules.uint32().has_lte() || rules.uint32().has_lt() || rules.int32().has_lte() ||
         rules.int32().has_lt() || rules.int64().has_lte() || rules.int64().has_lt() ||
         rules.uint64().has_lte() || rules.uint64().has_lt();
}

// Calls every method that API clients may call with requests that are right but for one field.
struct Walker {
  World world;
  ApiClient api{world};
  ForeignIds own{api};
  api::Contract contract;
  api::Methods methods = api::all_methods(contract);

  struct Spoiled {
    const api::Method& method;
    const Path& path;
    std::unique_ptr<Message> request, response;
    std::string service, name;
  };
  bool shows_nothing(const Message& response) const {
    const std::string text = response.DebugString();
    return std::ranges::none_of(own.secrets(), [&](const std::string& secret) {
      return text.find(secret) != std::string::npos;
    });
  }
  // `spoil` says whether it changed the field; `judge` is called with what was answered.
  void each_field(const std::function<bool(Message&, const Path&)>& spoil,
                  const std::function<void(const Spoiled&, const CallStatus&)>& judge) {
    for (const api::Method* method : methods.all()) {
      if (!method->invoke || (method->callers & api_client) == 0) continue;
      Path path;
      walk(*method->request->GetDescriptor(), path, [&](const Path& at) {
        const auto slash = method->path.rfind('/');
        Spoiled spoiled{*method,
                        at,
                        std::unique_ptr<Message>(method->request->New()),
                        std::unique_ptr<Message>(method->response->New()),
                        method->path.substr(1, slash - 1),
                        method->path.substr(slash + 1)};
        own.name_in(*spoiled.request, spoiled.service, spoiled.name);
        if (!spoil(*spoiled.request, at)) return;
        const CallStatus status = api.call_message(
            std::string_view(method->path).substr(std::string_view("/scalekit.v1.").size()),
            *spoiled.request, *spoiled.response);
        INFO(method->path << " " << text_of(at) << ": " << status.message);
        CHECK(status.status != Status::internal);
        judge(spoiled, status);
      });
    }
  }
};

bool names(const CallStatus& status, const std::string& field) {
  for (const std::string& named : status.fields()) {
    if (named == field || named.starts_with(field + "[") || named.starts_with(field + ".") ||
        named == field + " (key)") {
      return true;
    }
  }
  return false;
}

void check_named(const Walker::Spoiled& spoiled, const CallStatus& status) {
  INFO(spoiled.method.path << " " << text_of(spoiled.path) << ": " << status.message);
  CHECK(status.status == Status::invalid_argument);
  CHECK(names(status, text_of(spoiled.path)));
}

}  // namespace

TEST_CASE("bad input: no list takes a page token that it did not give out") {
  Walker walker;
  for (const std::string token :
       {"made-up", "1", "bwAAAAAAAAAA", "eAAAAAAAAAAB", "b_____________8"}) {
    int checked = 0;
    walker.each_field(
        [&](Message& request, const Path& path) {
          if (path.back()->name() != "page_token") return false;
          set_text(request, path, token);
          return true;
        },
        [&](const auto& spoiled, const CallStatus& status) {
          ++checked;
          check_named(spoiled, status);
        });
    CHECK(checked >= 15);
  }
}

TEST_CASE("bad input: a text longer than its limit is refused by its name") {
  Walker walker;
  int checked = 0;
  walker.each_field(
      [](Message& request, const Path& path) {
        if (!is_text(*path.back()) || !rules_of(*path.back()).has_max_len()) return false;
        const std::size_t size = rules_of(*path.back()).max_len() + 1;
        set_text(request, path, rules_of(*path.back()).prefix() + std::string(size, '1'));
        return true;
      },
      [&](const auto& spoiled, const CallStatus& status) {
        ++checked;
        check_named(spoiled, status);
      });
  CHECK(checked > 150);
}

TEST_CASE("bad input: an empty text where one is needed is refused by its name") {
  Walker walker;
  int checked = 0;
  walker.each_field(
      [](Message& request, const Path& path) {
        if (!is_text(*path.back()) || rules_of(*path.back()).min_len() == 0) return false;
        set_text(request, path, "");
        return true;
      },
      [&](const auto& spoiled, const CallStatus& status) {
        ++checked;
        check_named(spoiled, status);
      });
  CHECK(checked > 150);
}

TEST_CASE("bad input: a text with the character U+0000 is refused by its name") {
  Walker walker;
  int checked = 0;
  walker.each_field(
      [](Message& request, const Path& path) {
        if (!is_text(*path.back())) return false;
        set_text(request, path, rules_of(*path.back()).prefix() + std::string("1\0", 2));
        return true;
      },
      [&](const auto& spoiled, const CallStatus& status) {
        ++checked;
        check_named(spoiled, status);
      });
  CHECK(checked > 250);
}

TEST_CASE("bad input: texts with bytes that mean something elsewhere are no failure of ours") {
  Walker walker;
  for (const std::string& text : {std::string("'\";--%_\\"), std::string("\r\nX-Header: 1"),
                                  std::string("\xe2\x80\xae\xf0\x9f\x98\x80")}) {
    walker.each_field(
        [&](Message& request, const Path& path) {
          if (!is_text(*path.back())) return false;
          set_text(request, path, text);
          return true;
        },
        [](const auto&, const CallStatus&) {});
  }
}

TEST_CASE("bad input: a number beyond its limit is refused by its name, others are no failure") {
  Walker walker;
  int checked = 0;
  for (const std::int64_t extreme : {std::numeric_limits<std::int64_t>::max(),
                                     std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}}) {
    walker.each_field(
        [&](Message& request, const Path& path) {
          return set_number(holder(request, path), *path.back(), extreme);
        },
        [&](const auto& spoiled, const CallStatus& status) {
          if (extreme < 0 || !has_upper_limit(*spoiled.path.back())) return;
          ++checked;
          check_named(spoiled, status);
        });
  }
  CHECK(checked > 10);
}

TEST_CASE("bad input: a list or map with too many entries is refused by its name") {
  Walker walker;
  int checked = 0;
  walker.each_field(
      [](Message& request, const Path& path) {
        const FieldDescriptor& field = *path.back();
        const auto& rules = field.options().GetExtension(buf::validate::field);
        const auto most = field.is_map() ? rules.map().max_pairs() : rules.repeated().max_items();
        if (most == 0) return false;
        Message& message = holder(request, path);
        for (std::uint64_t i = 0; i <= most; ++i) add_entry(message, field, std::to_string(i));
        return true;
      },
      [&](const auto& spoiled, const CallStatus& status) {
        ++checked;
        INFO(spoiled.method.path << " " << text_of(spoiled.path) << ": " << status.message);
        const std::string name = text_of(spoiled.path);
        CHECK(status.status == Status::invalid_argument);
        CHECK(names(status, name.substr(0, name.rfind('['))));
      });
  CHECK(checked > 10);
}

TEST_CASE("bad input: keys and values of maps that are too long are refused") {
  Walker walker;
  int checked = 0;
  struct Entry {
    std::string key, value;
  };
  const std::string vast(5000, 'x');
  for (const Entry& entry : {Entry{vast, "value"}, Entry{"key", vast}}) {
    walker.each_field(
        [&](Message& request, const Path& path) {
          const FieldDescriptor& field = *path.back();
          if (!field.is_map() || !is_text(*field.message_type()->map_value())) return false;
          Message& message = holder(request, path);
          add_entry(message, field, entry.key, entry.value);
          return true;
        },
        [&](const auto& spoiled, const CallStatus& status) {
          ++checked;
          check_named(spoiled, status);
        });
  }
  CHECK(checked > 10);
}

TEST_CASE("bad input: a text without a limit of its own is no failure of ours, however long") {
  Walker walker;
  walker.each_field(
      [](Message& request, const Path& path) {
        if (!is_text(*path.back()) || rules_of(*path.back()).has_max_len()) return false;
        set_text(request, path, std::string(200'000, 'a'));
        return true;
      },
      [](const auto& spoiled, const CallStatus& status) {
        INFO(spoiled.method.path << " " << text_of(spoiled.path) << ": " << status.message);
        CHECK(status.message.size() < 1000);
        CHECK(spoiled.response->ByteSizeLong() < 100'000);
      });
}

TEST_CASE("bad input: a number that an enumeration does not have is refused by its name") {
  Walker walker;
  int checked = 0;
  walker.each_field(
      [](Message& request, const Path& path) {
        if (path.back()->cpp_type() != FieldDescriptor::CPPTYPE_ENUM) return false;
        Message& message = holder(request, path);
        if (path.back()->is_repeated()) {
          message.GetReflection()->AddEnumValue(&message, path.back(), 9999);
        } else {
          message.GetReflection()->SetEnumValue(&message, path.back(), 9999);
        }
        return true;
      },
      [&](const auto& spoiled, const CallStatus& status) {
        ++checked;
        check_named(spoiled, status);
      });
  CHECK(checked > 20);
}

TEST_CASE("bad input: a mask that names no field is refused by its name") {
  Walker walker;
  int checked = 0;
  for (const std::string unknown : {"no_such_field", "client.", "id", "*", "name.first"}) {
    walker.each_field(
        [&](Message& request, const Path& path) {
          const Descriptor* type = path.back()->message_type();
          if (type == nullptr || type->full_name() != "google.protobuf.FieldMask") return false;
          Message& message = holder(request, path);
          google::protobuf::FieldMask mask;
          mask.add_paths(unknown);
          message.GetReflection()->MutableMessage(&message, path.back())->CopyFrom(mask);
          return true;
        },
        [&](const auto& spoiled, const CallStatus& status) {
          ++checked;
          check_named(spoiled, status);
        });
  }
  CHECK(checked >= 20);
}

TEST_CASE("bad input: a malformed id is an invalid argument or nobody's, and never answered") {
  Walker walker;
  int checked = 0;
  for (const std::string id : {"nonsense", "_", "'; DROP TABLE users", "1", "\xc3\xa4\xc3\xb6",
                               "org_99999999999999999999", "usr_-1"}) {
    walker.each_field(
        [&](Message& request, const Path& path) {
          const FieldDescriptor& field = *path.back();
          const bool is_id = field.name() == "id" || field.name().ends_with("_id");
          if (!is_id || path.size() > 1 || field.is_repeated() || !is_text(field)) return false;
          set_text(request, path, id);
          return true;
        },
        [&](const auto& spoiled, const CallStatus& status) {
          ++checked;
          INFO(spoiled.method.path << " " << text_of(spoiled.path) << ": " << status.message);
          // A filter may be answered with nothing.
          const bool is_empty = spoiled.method.is_read && walker.shows_nothing(*spoiled.response);
          CHECK((status.status == Status::invalid_argument || status.status == Status::not_found ||
                 (status.status == Status::ok && is_empty)));
        });
  }
  CHECK(checked > 500);
}

TEST_CASE("bad input: an id of the right form that nobody has is not found") {
  Walker walker;
  int checked = 0;
  walker.each_field(
      [&](Message& request, const Path& path) {
        const FieldDescriptor& field = *path.back();
        const std::string& prefix = rules_of(field).prefix();
        if (prefix.empty() || path.size() > 1 || field.is_repeated()) return false;
        set_text(request, path, prefix + (prefix.ends_with('_') ? "" : "_") + "123456789012345678");
        return true;
      },
      [&](const auto& spoiled, const CallStatus& status) {
        ++checked;
        INFO(spoiled.method.path << " " << text_of(spoiled.path) << ": " << status.message);
        CHECK(status.status == Status::not_found);
        CHECK(status.message.find("not found") != std::string::npos);
      });
  CHECK(checked > 60);
}

}  // namespace gatehouse::world
