#include "common/auth/policy.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/auth/json.h"

namespace pingan::auth {
namespace {

constexpr char kBuiltIn[] =
#include "common/auth/policy_json.inc"
    ;

Status Malformed(std::string_view where, std::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID,
               absl::StrCat("policy: ", AbslView(where), ": ", AbslView(problem)));
}

StatusOr<Policy::Names> ParseNames(std::string_view where, const json_t* array) {
  if (!json_is_array(array)) return Malformed(where, "want an array of names");
  Policy::Names names;
  size_t index;
  json_t* item;
  json_array_foreach(array, index, item) {
    if (!json_string_length(item)) return Malformed(where, "want names");
    if (!names.insert(json_string_value(item)).second) {
      return Malformed(where, absl::StrCat(json_string_value(item), " is said twice"));
    }
  }
  return names;
}

}  // namespace

StatusOr<Policy> Policy::Parse(std::string_view text) {
  const Json json = ParseObject(text);
  const json_t* roles = json ? json_object_get(json.get(), "roles") : nullptr;
  if (!json_is_object(roles) || json_object_size(json.get()) != 3) {
    return Malformed("roles", "want an object of permissions, purposes and roles");
  }
  Policy policy;
  ASSIGN_OR_RETURN(policy.permissions_,
                   ParseNames("permissions", json_object_get(json.get(), "permissions")));
  ASSIGN_OR_RETURN(policy.purposes_,
                   ParseNames("purposes", json_object_get(json.get(), "purposes")));
  const char* role;
  json_t* granted;
  json_object_foreach(const_cast<json_t*>(roles), role, granted) {
    ASSIGN_OR_RETURN(Names names, ParseNames(role, granted));
    for (const std::string& name : names) {
      if (!policy.permissions_.contains(name)) {
        return Malformed(role, absl::StrCat("there is no permission ", name));
      }
    }
    policy.roles_.emplace(role, std::move(names));
  }
  return policy;
}

StatusOr<Policy> Policy::Load(const std::string& file) {
  if (file.empty()) return Parse(kBuiltIn);
  std::ifstream in(file);
  if (!in) {
    return Error(absl::StatusCode::kNotFound, common::v1::FIELD_INVALID,
                 absl::StrCat("policy: cannot read ", file));
  }
  std::ostringstream text;
  text << in.rdbuf();
  return Parse(text.str());
}

bool Policy::Allows(const Caller& caller, std::string_view permission) const {
  return std::any_of(caller.roles.begin(), caller.roles.end(), [&](const std::string& role) {
    const auto it = roles_.find(role);
    return it != roles_.end() && it->second.contains(AbslView(permission));
  });
}

bool Policy::AllowsPurpose(const Caller& caller, std::string_view purpose) const {
  return purposes_.contains(AbslView(purpose)) &&
         std::find(caller.purposes.begin(), caller.purposes.end(), purpose) !=
             caller.purposes.end();
}

}  // namespace pingan::auth
