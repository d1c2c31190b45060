// Bearer tokens up to the signature: the shape, the header and the claims.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/area/scope.h"
#include "common/auth/claims.h"
#include "common/auth/token.h"
#include "tests/fuzz/require.h"

using pingan::fuzz::Require;
namespace auth = pingan::auth;

namespace {

void CheckClaims(std::string_view json) {
  static const auth::Policy* policy = new auth::Policy(auth::Policy::Load("").value());
  static const auth::ClaimRules rules{.issuer = "https://issuer.example", .audience = "pingan"};
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  const auto claims = auth::ParseClaims(json, rules, *policy, now);
  if (!claims.ok()) {
    Require(claims.status().code() == absl::StatusCode::kUnauthenticated,
            "refused as unauthenticated");
    return;
  }
  const auth::Caller& caller = claims->caller;
  Require(caller.expires > now, "an accepted token has time left");
  Require(caller.area.empty() || pingan::area::IsScope(caller.area), "a caller's area is a scope");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto token = auth::ParseToken(text); token.ok()) {
    Require(size <= auth::kTokenBytesMax, "an accepted token is not larger than the limit");
    Require(!token->kid.empty(), "an accepted token names its key");
    CheckClaims(token->claims);
  }
  // The same bytes as a header alone and as claims alone, which random base64 would seldom reach.
  const std::string header = absl::WebSafeBase64Escape(pingan::AbslView(text));
  (void)auth::ParseToken(absl::StrCat(header, ".e30.AA"));
  CheckClaims(text);
  return 0;
}
