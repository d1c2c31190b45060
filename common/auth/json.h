// Strict JSON objects from outside: no key twice, no NUL in a string, nothing after the end.
#pragma once

#include <jansson.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pingan::auth {

struct JsonFree {
  void operator()(json_t* json) const { json_decref(json); }
};
using Json = std::unique_ptr<json_t, JsonFree>;

// The object in `text`, or null for anything else.
inline Json ParseObject(std::string_view text) {
  Json json(json_loadb(text.data(), text.size(), JSON_REJECT_DUPLICATES, nullptr));
  return json_is_object(json.get()) ? std::move(json) : nullptr;
}

// The string member `name`, or nothing if it is absent or of another type.
inline std::optional<std::string_view> StringMember(const json_t* object, const char* name) {
  const json_t* member = json_object_get(object, name);
  if (!json_is_string(member)) return std::nullopt;
  return std::string_view(json_string_value(member), json_string_length(member));
}

}  // namespace pingan::auth
