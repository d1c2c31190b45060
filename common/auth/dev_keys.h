// An issuer of tokens for development and tests: one ES256 key in a folder. A server that listens
// beyond loopback refuses tokens by kDevIssuer, so these keys never open a real city.
#pragma once

#include <string>
#include <string_view>

#include "common/auth/caller.h"
#include "common/base/status.h"

namespace pingan::auth {

inline constexpr char kDevIssuer[] = "pingan-dev";

// The audience of every service of the suite: the gateway passes a token on unchanged.
inline constexpr char kAudience[] = "pingan";

// Makes sure that `folder` holds a private key (dev-key.json, mode 0600) and its JWKS (jwks.json,
// 0644), and returns the path of the latter. The folder is made too. Two processes that start at
// once agree on one key. UNAVAILABLE if the folder cannot be written; INVALID_ARGUMENT if the key
// there is not one.
StatusOr<std::string> EnsureDevKeys(const std::string& folder);

struct TokenClaims {
  Caller caller;  // an empty area is written as kEverywhere
  absl::Time issued;
  std::string issuer = kDevIssuer;
  std::string audience = kAudience;
  std::string token_id;  // `jti`; none if empty
};

// A token signed with the key of the folder; makes the key if there is none. Errors as
// EnsureDevKeys.
StatusOr<std::string> MintToken(const std::string& folder, const TokenClaims& claims);

// The claims as JSON, as MintToken signs them.
std::string ClaimsJson(const TokenClaims& claims);

// `claims_json` signed with the private JWK, under a header of its alg and kid and typ at+jwt.
// INVALID_ARGUMENT if the key cannot sign.
StatusOr<std::string> SignToken(const std::string& private_jwk, const std::string& claims_json);

}  // namespace pingan::auth
