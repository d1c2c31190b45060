#include "common/auth/authenticator.h"

#include "absl/strings/match.h"
#include "common/auth/token.h"

namespace pingan::auth {
namespace {

constexpr absl::string_view kScheme = "Bearer ";

}  // namespace

StatusOr<std::unique_ptr<Authenticator>> Authenticator::Open(Options options, const Policy* policy,
                                                             const Clock* clock) {
  ASSIGN_OR_RETURN(auto trust, TrustStore::Open(options.trust, clock));
  return std::unique_ptr<Authenticator>(
      new Authenticator(options, std::move(trust), policy, clock));
}

Authenticator::Authenticator(const Options& options, std::unique_ptr<TrustStore> trust,
                             const Policy* policy, const Clock* clock)
    : trust_(std::move(trust)),
      verifier_(options.rules, trust_.get(), policy),
      clock_(*clock),
      verdicts_(options.verdicts_max) {}

StatusOr<std::shared_ptr<const Caller>> Authenticator::Authenticate(std::string_view authorization,
                                                                    int headers) {
  if (headers == 0 || authorization.empty()) {
    return Error(absl::StatusCode::kUnauthenticated, common::v1::TOKEN_MISSING,
                 "want the header authorization: Bearer <token>");
  }
  if (headers != 1) return InvalidToken("want one authorization header");
  if (!absl::StartsWithIgnoreCase(AbslView(authorization), kScheme)) {
    return InvalidToken("want the authorization scheme Bearer");
  }
  const std::string_view token = authorization.substr(kScheme.size());
  const absl::Time now = clock_.Now();
  if (auto caller = verdicts_.Find(token, trust_->generation(), now)) return caller;
  // One state of trust for the verification and its verdict, even if it changes meanwhile.
  const std::shared_ptr<const Trust> trust = trust_->Current();
  ASSIGN_OR_RETURN(Caller verified, verifier_.Verify(token, *trust, now));
  auto caller = std::make_shared<const Caller>(std::move(verified));
  verdicts_.Put(token, trust->generation, caller);
  return caller;
}

}  // namespace pingan::auth
