// Who is calling: what a verified token says, and nothing else. Pure data; the purpose of a single
// call is not in it, because a token allows purposes and a call states one of them.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace pingan::auth {

// The claim `area` of a token that is not limited to any area. A token without the claim is
// refused, so nobody gets everything by leaving something out.
inline constexpr char kEverywhere[] = "0";

// The role of somebody who takes part in a dispute. Such a token carries this role alone, and
// `party`.
inline constexpr char kPartyRole[] = "party";

// Who acts when a clock does. No token speaks for it, in whatever case and between whatever blanks.
inline constexpr char kSystemSubject[] = "system";

struct Caller {
  // Who acts, as the issuer names them; 1 to 256 bytes, no control characters, not kSystemSubject.
  // Goes into the audit.
  std::string subject;

  // Names of roles that the policy knows, each once.
  std::vector<std::string> roles;

  // The scope within which the caller sees anything: 2, 4, 6, 9 or 12 digits, matched by
  // area::Covers; empty = everywhere (said by kEverywhere in the token).
  std::string area;

  // What the caller may reveal personal data for; names that the policy knows, each once.
  std::vector<std::string> purposes;

  // The resource name of the one party this token is bound to; empty for everybody else.
  std::string party;

  // From this moment on the token is worth nothing.
  absl::Time expires;
};

}  // namespace pingan::auth
