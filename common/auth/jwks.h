// The public keys that tokens are checked with, by key id: a parsed JSON Web Key Set (RFC 7517).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/auth/json.h"
#include "common/base/status.h"

namespace pingan::auth {

// The algorithms that are accepted, and no others: RFC 8725 §3.1 asks for a list of our own.
enum class Algorithm { kRs256, kEs256, kEdDsa };

// The algorithm of a JOSE name, which is case-sensitive; nothing for any other name.
std::optional<Algorithm> ParseAlgorithm(std::string_view name);

// One public key. It serves exactly one algorithm, whatever a token says.
struct Key {
  Algorithm algorithm;
  size_t signature_bytes;  // the only length a signature of this key has
  Json jwk;                // the public members alone
};

// Immutable after Parse; safe to use from several threads.
class KeySet {
 public:
  // The usable keys of a JWKS: RSA from 2048 to 8192 bits, EC P-256 and Ed25519 with a `kid`, meant
  // for signatures. Others are passed over, for an issuer may publish encryption keys beside them.
  // INVALID_ARGUMENT if it is no JWKS, has no usable key, two of one `kid`, or a private key.
  static StatusOr<KeySet> Parse(std::string_view json);

  // The key with this id, or null. Lives as long as the set.
  const Key* Find(std::string_view kid) const;

 private:
  std::map<std::string, Key, std::less<>> keys_;
};

// Whether `token`, a compact JWS, carries a valid signature by `key`; the token's own header does
// not choose the algorithm, it must already have been compared with `key`.
bool SignatureHolds(const std::string& token, const Key& key);

}  // namespace pingan::auth
