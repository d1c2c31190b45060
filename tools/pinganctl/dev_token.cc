#include "tools/pinganctl/dev_token.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/auth/dev_keys.h"
#include "common/auth/policy.h"
#include "common/base/clock.h"

namespace pingan::ctl {
namespace {

std::string Sorted(const std::set<std::string>& names) {
  return absl::StrJoin(names, ", ");
}

Status CheckRole(const TokenWish& wish, const auth::Policy& policy) {
  if (!policy.roles().contains(wish.role)) {
    std::set<std::string> names;
    for (const auto& [name, permissions] : policy.roles()) names.insert(name);
    return absl::InvalidArgumentError(
        absl::StrCat("--role: no role \"", wish.role, "\"; want one of ", Sorted(names)));
  }
  const bool party = wish.role == auth::kPartyRole;
  if (party && wish.party.empty()) {
    return absl::InvalidArgumentError(
        "--party: want the party's name, as disputes/411602-2026-000001/parties/1");
  }
  if (!party && !wish.party.empty()) {
    return absl::InvalidArgumentError("--party: only the role party is of a party");
  }
  return absl::OkStatus();
}

Status CheckPurposes(const TokenWish& wish, const auth::Policy& policy) {
  std::set<std::string> seen;
  for (const std::string& purpose : wish.purposes) {
    if (!policy.purposes().contains(purpose)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--purpose: no purpose \"", purpose, "\"; want one of ",
                       Sorted({policy.purposes().begin(), policy.purposes().end()})));
    }
    if (!seen.insert(purpose).second) {
      return absl::InvalidArgumentError(absl::StrCat("--purpose: ", purpose, " comes twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<std::string> MintToken(const std::string& state, const TokenWish& wish) {
  const auto policy = auth::Policy::Load(wish.policy);
  if (!policy.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--policy: ", policy.status().message()));
  }
  RETURN_IF_ERROR(CheckRole(wish, *policy));
  RETURN_IF_ERROR(CheckPurposes(wish, *policy));
  const absl::Time now = Clock::Real().Now();
  auth::TokenClaims claims;
  claims.caller = {.subject = absl::StrCat("pinganctl-", wish.role),
                   .roles = {wish.role},
                   .area = wish.area,
                   .purposes = wish.purposes,
                   .party = wish.party,
                   .expires = now + absl::Hours(wish.hours)};
  claims.issued = now;
  return auth::MintToken(state + "/keys", claims);
}

}  // namespace pingan::ctl
