// The first thing that happens to a call: from its `authorization` header to a Caller.
#pragma once

#include <memory>
#include <string_view>

#include "common/auth/verdict_cache.h"
#include "common/auth/verifier.h"
#include "common/base/clock.h"

namespace pingan::auth {

class Authenticator {
 public:
  struct Options {
    ClaimRules rules;
    TrustStore::Options trust;
    size_t verdicts_max = 16384;  // tokens remembered; a verdict forgotten is made again
  };

  // Reads keys and revocations once; errors as TrustStore::Open. `policy` and `clock` outlive it.
  static StatusOr<std::unique_ptr<Authenticator>> Open(Options options, const Policy* policy,
                                                       const Clock* clock);

  // The caller of a call that carried `headers` authorization headers, of which `authorization` is
  // the value: "Bearer <token>", the scheme in any case, one space (RFC 6750 §2.1, RFC 9110 §11.1).
  // UNAUTHENTICATED with TOKEN_MISSING (no header or an empty one), TOKEN_EXPIRED, or TOKEN_INVALID
  // (another scheme, several headers, also joined by commas, and all that Verifier refuses).
  // A verdict is never older than the keys and revocations last read, nor served once `exp` is
  // reached. Thread-safe; does not block; some 100 ns for a token seen before.
  StatusOr<std::shared_ptr<const Caller>> Authenticate(std::string_view authorization,
                                                       int headers = 1);

  // Where keys and revocations are held, to read them again at once.
  TrustStore& trust() { return *trust_; }

 private:
  Authenticator(const Options& options, std::unique_ptr<TrustStore> trust, const Policy* policy,
                const Clock* clock);

  const std::unique_ptr<TrustStore> trust_;
  const Verifier verifier_;
  const Clock& clock_;
  VerdictCache verdicts_;
};

}  // namespace pingan::auth
