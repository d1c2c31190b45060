#include "common/auth/claims.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/area/scope.h"
#include "common/auth/json.h"
#include "common/auth/token.h"

namespace pingan::auth {
namespace {

constexpr size_t kNameBytesMax = 256;

Status Refused(std::string_view claim) {
  return InvalidToken(absl::StrCat("token claim refused: ", AbslView(claim)));
}

// Absent only if `demanded` is false; then empty.
StatusOr<std::string> ParseName(const json_t* claims, const char* claim, bool demanded) {
  if (!demanded && !json_object_get(claims, claim)) return std::string();
  const auto text = StringMember(claims, claim);
  if (!text || text->empty() || text->size() > kNameBytesMax ||
      std::any_of(text->begin(), text->end(),
                  [](unsigned char c) { return absl::ascii_iscntrl(c); })) {
    return Refused(claim);
  }
  return std::string(*text);
}

StatusOr<std::optional<absl::Time>> ParseTime(const json_t* claims, const char* claim) {
  const json_t* seconds = json_object_get(claims, claim);
  if (!seconds) return std::nullopt;
  if (!json_is_integer(seconds) || json_integer_value(seconds) < 0) return Refused(claim);
  return absl::FromUnixSeconds(json_integer_value(seconds));
}

// Each name once and known to `known`.
template <class Known>
StatusOr<std::vector<std::string>> ParseNames(const json_t* claims, const char* claim,
                                              const Known& known) {
  const json_t* array = json_object_get(claims, claim);
  if (!json_is_array(array)) return Refused(claim);
  std::vector<std::string> names;
  size_t index;
  json_t* item;
  json_array_foreach(array, index, item) {
    if (!json_is_string(item)) return Refused(claim);
    std::string name(json_string_value(item), json_string_length(item));
    if (!known.contains(name)) return Refused(claim);
    if (std::find(names.begin(), names.end(), name) != names.end()) return Refused(claim);
    names.push_back(std::move(name));
  }
  return names;
}

// Empty for everywhere.
StatusOr<std::string> ParseArea(const json_t* claims) {
  const auto area = StringMember(claims, "area");
  if (area == kEverywhere) return std::string();
  if (!area || !area::IsScope(*area)) return Refused("area");
  return std::string(*area);
}

Status CheckTimes(const json_t* claims, absl::Duration leeway, absl::Time now,
                  absl::Time* expires) {
  ASSIGN_OR_RETURN(const auto exp, ParseTime(claims, "exp"));
  if (!exp) return Refused("exp");
  for (const char* claim : {"nbf", "iat"}) {
    ASSIGN_OR_RETURN(const auto time, ParseTime(claims, claim));
    if (time && *time > now + leeway) return Refused(claim);
  }
  *expires = *exp;
  return absl::OkStatus();
}

}  // namespace

StatusOr<Claims> ParseClaims(std::string_view text, const ClaimRules& rules, const Policy& policy,
                             absl::Time now) {
  const Json json = ParseObject(text);
  if (!json) return InvalidToken("token claims are not a plain JSON object");
  if (StringMember(json.get(), "iss") != rules.issuer) return Refused("iss");
  if (StringMember(json.get(), "aud") != rules.audience) return Refused("aud");
  Claims claims;
  Caller& caller = claims.caller;
  RETURN_IF_ERROR(CheckTimes(json.get(), rules.leeway, now, &caller.expires));
  ASSIGN_OR_RETURN(caller.subject, ParseName(json.get(), "sub", true));
  if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(caller.subject), kSystemSubject)) {
    return Refused("sub");
  }
  ASSIGN_OR_RETURN(claims.token_id, ParseName(json.get(), "jti", false));
  ASSIGN_OR_RETURN(caller.roles, ParseNames(json.get(), "roles", policy.roles()));
  ASSIGN_OR_RETURN(caller.area, ParseArea(json.get()));
  if (json_object_get(json.get(), "purposes")) {
    ASSIGN_OR_RETURN(caller.purposes, ParseNames(json.get(), "purposes", policy.purposes()));
  }
  ASSIGN_OR_RETURN(caller.party, ParseName(json.get(), "party", false));
  const bool has_party_role =
      std::find(caller.roles.begin(), caller.roles.end(), kPartyRole) != caller.roles.end();
  if (has_party_role != !caller.party.empty() || (has_party_role && caller.roles.size() > 1)) {
    return Refused("party");
  }
  if (now >= caller.expires) {
    return Error(absl::StatusCode::kUnauthenticated, common::v1::TOKEN_EXPIRED,
                 "token has expired");
  }
  return claims;
}

}  // namespace pingan::auth
