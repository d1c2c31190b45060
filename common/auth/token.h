// The shape of a token, before any key is touched: three canonical base64url parts and a header
// that asks for nothing unusual. What passes is still to be verified.
#pragma once

#include <string>
#include <string_view>

#include "common/auth/jwks.h"
#include "common/base/status.h"

namespace pingan::auth {

inline constexpr size_t kTokenBytesMax = 8192;

struct Token {
  Algorithm algorithm;
  std::string kid;
  std::string claims;     // JSON, not yet parsed
  std::string signature;  // raw bytes
};

// UNAUTHENTICATED / TOKEN_INVALID for everything that is not a plain signed access token (RFC 7515
// compact form, RFC 8725, RFC 9068): larger than kTokenBytesMax; not three parts; padding, white
// space or spare bits in the base64url; a header that repeats a key, has an `alg` outside
// Algorithm, a `typ` other than JWT or at+jwt, no `kid`, or one of crit, b64, zip, enc, jwk, jku,
// x5c, x5u.
StatusOr<Token> ParseToken(std::string_view text);

// UNAUTHENTICATED / TOKEN_INVALID.
Status InvalidToken(std::string_view problem);

}  // namespace pingan::auth
