// Tokens that a development server takes, signed with the key in its state folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/status.h"

namespace pingan::ctl {

struct TokenWish {
  std::string role;
  std::string area;  // scope; empty = everywhere
  std::vector<std::string> purposes;
  std::string party;   // resource name; of the role party, and of no other
  std::string policy;  // file that names roles and purposes; empty = the built-in one
  int64_t hours = 8;
};

// Signed with <state>/keys. INVALID_ARGUMENT without a reason, naming the flag, for what every
// server would refuse as a token: a role or purpose that the policy does not have, a purpose that
// comes twice, a party without its role or the role without a party.
StatusOr<std::string> MintToken(const std::string& state, const TokenWish& wish);

}  // namespace pingan::ctl
