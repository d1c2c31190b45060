// What a token claims, from JSON to a Caller. Nothing here knows about signatures.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/auth/caller.h"
#include "common/auth/policy.h"
#include "common/base/status.h"

namespace pingan::auth {

struct ClaimRules {
  std::string issuer;  // `iss` is this
  std::string
      audience;  // `aud` is this one string: a token for several is good nowhere else either
  absl::Duration leeway = absl::Seconds(60);  // for `nbf` and `iat`, never for `exp`
};

struct Claims {
  Caller caller;
  std::string token_id;  // `jti`, or empty
};

// The claims in `json` at the time `now`:
//   iss, aud, sub  strings, demanded; sub is not kSystemSubject
//   exp            whole seconds since 1970, demanded; later than now
//   nbf, iat       whole seconds, when present; not later than now + leeway
//   roles          names that `policy` knows, each once; demanded, may be empty
//   area           kEverywhere or a scope of 2, 4, 6, 9 or 12 digits; demanded
//   purposes       names that `policy` knows, each once; absent = none
//   party          demanded of and allowed to the roles ["party"] alone
//   jti            string, when present
// UNAUTHENTICATED with TOKEN_EXPIRED if only time is against it, else with TOKEN_INVALID; a claim
// of another type or said twice is the latter. Other claims are ignored.
StatusOr<Claims> ParseClaims(std::string_view json, const ClaimRules& rules, const Policy& policy,
                             absl::Time now);

}  // namespace pingan::auth
