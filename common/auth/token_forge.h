// For tests: tokens made by hand, so that each can be wrong in exactly one way.
//
//   ForgeKey key = ForgeKey::Es256("k1");
//   key.Token(HeaderJson("ES256", "k1"), ClaimsWith({{"exp", "\"soon\""}}));
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/auth/json.h"

namespace pingan::auth {

std::string Base64(std::string_view bytes);

class ForgeKey {
 public:
  static ForgeKey Es256(const std::string& kid);
  static ForgeKey EdDsa(const std::string& kid);
  static ForgeKey Rs256(const std::string& kid, unsigned bits = 2048);

  // "<header>.<claims>.<signature>" with whatever JSON it is given.
  std::string Token(std::string_view header, std::string_view claims) const;

  // The raw signature of any text.
  std::string Sign(std::string_view text) const;

  // A JWKS of this key, or of several.
  std::string Jwks() const { return "{\"keys\":[" + PublicJwk() + "]}"; }
  std::string PublicJwk() const;
  std::string PrivateJwk() const;

  // The public key in PEM, as everybody can have it.
  std::string Pem() const;

 private:
  ForgeKey(int type, unsigned bits, const std::string& kid);
  Json private_;
  Json public_;
};

// {"alg":..,"kid":..,"typ":"at+jwt"}, with `extra` members such as ,"crit":["x"].
std::string HeaderJson(std::string_view alg, std::string_view kid, std::string_view extra = "");

// Claims that are accepted with the issuer, audience and time below, some replaced by other JSON;
// an empty text leaves the claim out. `extra` is put at the end: ,"exp":1
inline constexpr char kForgeIssuer[] = "https://issuer.example";
inline constexpr char kForgeAudience[] = "pingan";
inline constexpr int64_t kForgeNow = 1'700'000'000;  // they expire 600 seconds later
std::string ClaimsWith(const std::map<std::string, std::string>& replaced,
                       std::string_view extra = "");

// HMAC-SHA256.
std::string Hmac(std::string_view key, std::string_view text);

}  // namespace pingan::auth
