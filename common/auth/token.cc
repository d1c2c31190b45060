#include "common/auth/token.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace pingan::auth {
namespace {

// Decoding forgives padding and spare bits; encoding again shows them, so that what is signed has
// one text. A signature by ES256 still has two (s and n - s, both of them honest): the verdict
// cache takes them for two tokens, and revocation asks for claims, not for texts.
bool DecodeCanonical(absl::string_view part, std::string* bytes) {
  return !part.empty() && absl::WebSafeBase64Unescape(part, bytes) &&
         absl::WebSafeBase64Escape(*bytes) == part;
}

bool IsTokenType(const json_t* typ) {
  if (!typ) return true;
  const char* name = json_string_value(typ);
  return name && (absl::EqualsIgnoreCase(name, "JWT") || absl::EqualsIgnoreCase(name, "at+jwt"));
}

Status CheckHeader(const json_t* header) {
  for (const char* name : {"crit", "b64", "zip", "enc", "jwk", "jku", "x5c", "x5u"}) {
    if (json_object_get(header, name))
      return InvalidToken("token header asks for what is not done");
  }
  if (!IsTokenType(json_object_get(header, "typ"))) return InvalidToken("not an access token");
  return absl::OkStatus();
}

}  // namespace

Status InvalidToken(std::string_view problem) {
  return Error(absl::StatusCode::kUnauthenticated, common::v1::TOKEN_INVALID, problem);
}

StatusOr<Token> ParseToken(std::string_view text) {
  if (text.size() > kTokenBytesMax) return InvalidToken("token is too large");
  const std::vector<absl::string_view> parts = absl::StrSplit(AbslView(text), '.');
  Token token;
  std::string header_text;
  if (parts.size() != 3 || !DecodeCanonical(parts[0], &header_text) ||
      !DecodeCanonical(parts[1], &token.claims) || !DecodeCanonical(parts[2], &token.signature)) {
    return InvalidToken("not a signed token in compact form");
  }
  const Json header = ParseObject(header_text);
  if (!header) return InvalidToken("token header is not a plain JSON object");
  RETURN_IF_ERROR(CheckHeader(header.get()));
  const auto alg = StringMember(header.get(), "alg"), kid = StringMember(header.get(), "kid");
  const auto algorithm = alg ? ParseAlgorithm(*alg) : std::nullopt;
  if (!algorithm) return InvalidToken("want a token signed with RS256, ES256 or EdDSA");
  if (!kid) return InvalidToken("token names no key");
  token.algorithm = *algorithm;
  token.kid = *kid;
  return token;
}

}  // namespace pingan::auth
