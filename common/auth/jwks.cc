#include "common/auth/jwks.h"

#include <rhonabwy.h>

namespace pingan::auth {
namespace {

constexpr unsigned kRsaBitsMin = 2048, kRsaBitsMax = 8192;
constexpr size_t kKidBytesMax = 256;

Status Unusable(std::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID, problem);
}

std::optional<Algorithm> AlgorithmOf(const json_t* jwk) {
  const auto kty = StringMember(jwk, "kty"), crv = StringMember(jwk, "crv");
  if (kty == "RSA") return Algorithm::kRs256;
  if (kty == "EC" && crv == "P-256") return Algorithm::kEs256;
  if (kty == "OKP" && crv == "Ed25519") return Algorithm::kEdDsa;
  return std::nullopt;
}

// Certificates and URLs in a JWK would take precedence over the key itself, so they stay behind.
Json PublicMembers(const json_t* jwk) {
  Json kept(json_object());
  for (const char* name : {"kty", "crv", "n", "e", "x", "y"}) {
    if (json_t* member = json_object_get(jwk, name)) json_object_set(kept.get(), name, member);
  }
  return kept;
}

std::optional<Key> UsableKey(const json_t* jwk) {
  const auto algorithm = AlgorithmOf(jwk);
  if (!algorithm) return std::nullopt;
  const auto named = StringMember(jwk, "alg");
  if (json_object_get(jwk, "alg") && (!named || ParseAlgorithm(*named) != algorithm)) {
    return std::nullopt;
  }
  if (json_object_get(jwk, "use") && StringMember(jwk, "use") != "sig") return std::nullopt;
  Json kept = PublicMembers(jwk);
  unsigned bits = 0;
  if (r_jwk_is_valid(kept.get()) != RHN_OK) return std::nullopt;
  if (!(r_jwk_key_type(kept.get(), &bits, R_FLAG_IGNORE_REMOTE) & R_KEY_TYPE_PUBLIC)) {
    return std::nullopt;
  }
  size_t signature_bytes = 64;
  if (*algorithm == Algorithm::kRs256) {
    if (bits < kRsaBitsMin || bits > kRsaBitsMax) return std::nullopt;
    signature_bytes = (bits + 7) / 8;
  }
  return Key{*algorithm, signature_bytes, std::move(kept)};
}

}  // namespace

std::optional<Algorithm> ParseAlgorithm(std::string_view name) {
  if (name == "RS256") return Algorithm::kRs256;
  if (name == "ES256") return Algorithm::kEs256;
  if (name == "EdDSA") return Algorithm::kEdDsa;
  return std::nullopt;
}

StatusOr<KeySet> KeySet::Parse(std::string_view text) {
  const Json json = ParseObject(text);
  const json_t* keys = json ? json_object_get(json.get(), "keys") : nullptr;
  if (!json_is_array(keys)) return Unusable("key set: want a JSON object with an array of keys");
  KeySet set;
  size_t index;
  json_t* jwk;
  json_array_foreach(keys, index, jwk) {
    if (json_object_get(jwk, "d")) return Unusable("key set: holds a private key");
    const auto kid = StringMember(jwk, "kid");
    if (!kid || kid->empty() || kid->size() > kKidBytesMax) continue;
    auto key = UsableKey(jwk);
    if (!key) continue;
    if (!set.keys_.emplace(*kid, *std::move(key)).second) {
      return Unusable("key set: two keys have the same kid");
    }
  }
  if (set.keys_.empty()) return Unusable("key set: no usable key");
  return set;
}

const Key* KeySet::Find(std::string_view kid) const {
  const auto it = keys_.find(kid);
  return it == keys_.end() ? nullptr : &it->second;
}

bool SignatureHolds(const std::string& token, const Key& key) {
  jws_t* parsed = nullptr;
  if (r_jws_init(&parsed) != RHN_OK) return false;
  const std::unique_ptr<jws_t, void (*)(jws_t*)> jws(parsed, r_jws_free);
  // Keys named or carried by the token are not looked at, and nothing is fetched.
  return r_jws_advanced_compact_parsen(jws.get(), token.data(), token.size(), R_PARSE_NONE,
                                       R_FLAG_IGNORE_REMOTE) == RHN_OK &&
         r_jws_verify_signature(jws.get(), key.jwk.get(), R_FLAG_IGNORE_REMOTE) == RHN_OK;
}

}  // namespace pingan::auth
