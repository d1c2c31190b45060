#include "common/auth/verifier.h"

#include <algorithm>

#include "common/auth/token.h"

namespace pingan::auth {
namespace {

ClaimRules Bounded(ClaimRules rules) {
  rules.leeway = std::min(rules.leeway, absl::Seconds(60));
  return rules;
}

}  // namespace

Verifier::Verifier(ClaimRules rules, TrustStore* trust, const Policy* policy)
    : rules_(Bounded(std::move(rules))), store_(*trust), policy_(*policy) {}

StatusOr<Caller> Verifier::Verify(std::string_view text, const Trust& trust, absl::Time now) const {
  ASSIGN_OR_RETURN(const Token token, ParseToken(text));
  const Key* key = trust.keys->Find(token.kid);
  if (!key) {
    store_.ReportUnknownKey();
    return InvalidToken("token is signed with an unknown key");
  }
  if (token.algorithm != key->algorithm || token.signature.size() != key->signature_bytes) {
    return InvalidToken("token does not fit its key");
  }
  if (!SignatureHolds(std::string(text), *key))
    return InvalidToken("token signature does not hold");
  ASSIGN_OR_RETURN(Claims claims, ParseClaims(token.claims, rules_, policy_, now));
  if (trust.revoked.Cover(claims.caller.subject, claims.token_id))
    return InvalidToken("token is revoked");
  return std::move(claims.caller);
}

}  // namespace pingan::auth
