#include "common/auth/token_forge.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <rhonabwy.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace pingan::auth {
namespace {

std::string Padded(const gnutls_datum_t& number) {
  std::string bytes(reinterpret_cast<const char*>(number.data), number.size);
  bytes.erase(0, bytes.size() > 32 ? bytes.size() - 32 : 0);
  return std::string(32 - bytes.size(), '\0') + bytes;
}

std::string RawEcdsa(const gnutls_datum_t& der) {
  gnutls_datum_t r, s;
  gnutls_decode_rs_value(&der, &r, &s);
  std::string raw = Padded(r) + Padded(s);
  gnutls_free(r.data);
  gnutls_free(s.data);
  return raw;
}

std::string Dump(const Json& json) {
  char* text = json_dumps(json.get(), JSON_COMPACT);
  std::string copy(text);
  free(text);
  return copy;
}

}  // namespace

std::string Base64(std::string_view bytes) {
  return absl::WebSafeBase64Escape(AbslView(bytes));
}

ForgeKey::ForgeKey(int type, unsigned bits, const std::string& kid)
    : private_(json_object()), public_(json_object()) {
  if (r_jwk_generate_key_pair(private_.get(), public_.get(), type, bits, kid.c_str()) != RHN_OK) {
    abort();
  }
}

ForgeKey ForgeKey::Es256(const std::string& kid) {
  return {R_KEY_TYPE_EC, 256, kid};
}
ForgeKey ForgeKey::EdDsa(const std::string& kid) {
  return {R_KEY_TYPE_EDDSA, 256, kid};
}
ForgeKey ForgeKey::Rs256(const std::string& kid, unsigned bits) {
  return {R_KEY_TYPE_RSA, bits, kid};
}

std::string ForgeKey::PublicJwk() const {
  return Dump(public_);
}
std::string ForgeKey::PrivateJwk() const {
  return Dump(private_);
}

std::string ForgeKey::Pem() const {
  unsigned char pem[4096];
  size_t size = sizeof pem;
  if (r_jwk_export_to_pem_der(public_.get(), R_FORMAT_PEM, pem, &size, 0) != RHN_OK) abort();
  return std::string(reinterpret_cast<char*>(pem), size);
}

std::string ForgeKey::Sign(std::string_view text) const {
  const gnutls_privkey_t key = r_jwk_export_to_gnutls_privkey(private_.get());
  const auto kty = StringMember(private_.get(), "kty");
  const auto algorithm = kty == "RSA"  ? GNUTLS_SIGN_RSA_SHA256
                         : kty == "EC" ? GNUTLS_SIGN_ECDSA_SHA256
                                       : GNUTLS_SIGN_EDDSA_ED25519;
  const gnutls_datum_t data = {reinterpret_cast<unsigned char*>(const_cast<char*>(text.data())),
                               static_cast<unsigned>(text.size())};
  gnutls_datum_t signature;
  if (gnutls_privkey_sign_data2(key, algorithm, 0, &data, &signature) != 0) abort();
  std::string raw = kty == "EC"
                        ? RawEcdsa(signature)
                        : std::string(reinterpret_cast<char*>(signature.data), signature.size);
  gnutls_free(signature.data);
  gnutls_privkey_deinit(key);
  return raw;
}

std::string ForgeKey::Token(std::string_view header, std::string_view claims) const {
  const std::string text = absl::StrCat(Base64(header), ".", Base64(claims));
  return absl::StrCat(text, ".", Base64(Sign(text)));
}

std::string HeaderJson(std::string_view alg, std::string_view kid, std::string_view extra) {
  return absl::StrCat("{\"alg\":\"", AbslView(alg), "\",\"kid\":\"", AbslView(kid),
                      "\",\"typ\":\"at+jwt\"", AbslView(extra), "}");
}

std::string ClaimsWith(const std::map<std::string, std::string>& replaced, std::string_view extra) {
  std::map<std::string, std::string> claims = {
      {"iss", absl::StrCat("\"", kForgeIssuer, "\"")},
      {"aud", absl::StrCat("\"", kForgeAudience, "\"")},
      {"sub", "\"u-1\""},
      {"exp", absl::StrCat(kForgeNow + 600)},
      {"iat", absl::StrCat(kForgeNow)},
      {"jti", "\"t-1\""},
      {"roles", "[\"village_mediator\"]"},
      {"area", "\"411602\""},
      {"purposes", "[\"mediation\"]"},
  };
  for (const auto& [name, json] : replaced) claims[name] = json;
  std::string text;
  for (const auto& [name, json] : claims) {
    if (!json.empty()) absl::StrAppend(&text, text.empty() ? "" : ",", "\"", name, "\":", json);
  }
  return absl::StrCat("{", text, AbslView(extra), "}");
}

std::string Hmac(std::string_view key, std::string_view text) {
  std::string mac(32, '\0');
  gnutls_hmac_fast(GNUTLS_MAC_SHA256, key.data(), key.size(), text.data(), text.size(), mac.data());
  return mac;
}

}  // namespace pingan::auth
