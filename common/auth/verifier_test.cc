// The attacks on tokens of reliability R15: none is accepted (NIST SP 800-53 IA-2, IA-5; RFC 8725).
#include "common/auth/verifier.h"

#include <cstdlib>
#include <fstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/auth/token.h"
#include "common/auth/token_forge.h"
#include "common/testing/matchers.h"

namespace pingan::auth {
namespace {

using common::v1::TOKEN_EXPIRED;
using common::v1::TOKEN_INVALID;
using testing::Fails;

const absl::Time kNow = absl::FromUnixSeconds(kForgeNow);

std::string WriteTemp(const std::string& name, const std::string& text) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/", name);
  std::ofstream(path) << text;
  return path;
}

struct Attack {
  const char* name;
  std::string token;
};

// One trust store with a key of each kind; keys are slow to make.
class VerifierTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    es_ = new ForgeKey(ForgeKey::Es256("es"));
    ed_ = new ForgeKey(ForgeKey::EdDsa("ed"));
    rs_ = new ForgeKey(ForgeKey::Rs256("rs"));
    stranger_ = new ForgeKey(ForgeKey::Es256("es"));
    const std::string jwks = absl::StrCat("{\"keys\":[", es_->PublicJwk(), ",", ed_->PublicJwk(),
                                          ",", rs_->PublicJwk(), "]}");
    TrustStore::Options options{.jwks = WriteTemp("verifier_jwks.json", jwks),
                                .revocations_file = WriteTemp("revoked", "sub fired\njti stolen\n"),
                                .interval = absl::ZeroDuration()};
    store_ = TrustStore::Open(options, &Clock::Real()).value().release();
    policy_ = new Policy(Policy::Load("").value());
  }

  static StatusOr<Caller> Verify(std::string_view token, absl::Time now = kNow) {
    const Verifier verifier({.issuer = kForgeIssuer, .audience = kForgeAudience}, store_, policy_);
    return verifier.Verify(token, *store_->Current(), now);
  }
  static void ExpectRefused(const std::vector<Attack>& attacks) {
    for (const auto& [name, token] : attacks) {
      EXPECT_THAT(Verify(token), Fails(absl::StatusCode::kUnauthenticated, TOKEN_INVALID)) << name;
    }
  }
  static std::string Header(std::string_view extra = "") {
    return HeaderJson("ES256", "es", extra);
  }
  static std::string Good() { return es_->Token(Header(), ClaimsWith({})); }

  static inline ForgeKey *es_, *ed_, *rs_, *stranger_;
  static inline TrustStore* store_;
  static inline Policy* policy_;
};

TEST_F(VerifierTest, GoodTokensOfEachAlgorithmAreAccepted) {
  const std::vector<Attack> tokens = {
      {"ES256", Good()},
      {"EdDSA", ed_->Token(HeaderJson("EdDSA", "ed"), ClaimsWith({}))},
      {"RS256", rs_->Token(HeaderJson("RS256", "rs"), ClaimsWith({}))},
      {"no typ", es_->Token(R"({"alg":"ES256","kid":"es"})", ClaimsWith({}))},
      {"typ JWT", es_->Token(R"({"alg":"ES256","kid":"es","typ":"JWT"})", ClaimsWith({}))},
      {"unknown claim", es_->Token(Header(), ClaimsWith({}, R"(,"x":{})"))},
  };
  for (const auto& [name, token] : tokens) {
    SCOPED_TRACE(name);
    ASSERT_OK_AND_ASSIGN(const Caller caller, Verify(token));
    EXPECT_EQ(caller.subject, "u-1");
    EXPECT_EQ(caller.roles, std::vector<std::string>{"village_mediator"});
    EXPECT_EQ(caller.area, "411602");
    EXPECT_EQ(caller.purposes, std::vector<std::string>{"mediation"});
    EXPECT_EQ(caller.party, "");
    EXPECT_EQ(caller.expires, kNow + absl::Seconds(600));
  }
}

TEST_F(VerifierTest, AttacksOnTheAlgorithmAreRefused) {
  const std::string hs =
      absl::StrCat(Base64(HeaderJson("HS256", "rs")), ".", Base64(ClaimsWith({})));
  const std::string hs_es =
      absl::StrCat(Base64(HeaderJson("HS256", "es")), ".", Base64(ClaimsWith({})));
  const auto none = [&](std::string_view alg) {
    return absl::StrCat(Base64(HeaderJson(alg, "es")), ".", Base64(ClaimsWith({})), ".");
  };
  ExpectRefused({
      {"none", none("none")},
      {"None", none("None")},
      {"NONE", none("NONE")},
      {"nOnE", none("nOnE")},
      {"none with a signature", es_->Token(HeaderJson("none", "es"), ClaimsWith({}))},
      {"empty alg", es_->Token(HeaderJson("", "es"), ClaimsWith({}))},
      {"alg in lower case", es_->Token(HeaderJson("es256", "es"), ClaimsWith({}))},
      {"alg of another type", es_->Token(R"({"alg":7,"kid":"es"})", ClaimsWith({}))},
      {"no alg", es_->Token(R"({"kid":"es"})", ClaimsWith({}))},
      {"RS to HS with the PEM", absl::StrCat(hs, ".", Base64(Hmac(rs_->Pem(), hs)))},
      {"RS to HS with the JWK", absl::StrCat(hs, ".", Base64(Hmac(rs_->PublicJwk(), hs)))},
      {"ES to HS with the PEM", absl::StrCat(hs_es, ".", Base64(Hmac(es_->Pem(), hs_es)))},
      {"HS with an empty key", absl::StrCat(hs, ".", Base64(Hmac("", hs)))},
      {"RS384", rs_->Token(HeaderJson("RS384", "rs"), ClaimsWith({}))},
      {"PS256", rs_->Token(HeaderJson("PS256", "rs"), ClaimsWith({}))},
      {"ES512 of a P-256 key", es_->Token(HeaderJson("ES512", "es"), ClaimsWith({}))},
      {"RS256 named for an EC key", es_->Token(HeaderJson("RS256", "es"), ClaimsWith({}))},
      {"ES256 named for an RSA key", rs_->Token(HeaderJson("ES256", "rs"), ClaimsWith({}))},
      {"EdDSA named for an EC key", es_->Token(HeaderJson("EdDSA", "es"), ClaimsWith({}))},
  });
}

TEST_F(VerifierTest, AttacksOnTheSignatureAreRefused) {
  const std::string good = Good();
  const std::string body = good.substr(0, good.rfind('.'));
  const std::string signature = es_->Sign(body);
  const auto with = [&](std::string_view raw) { return absl::StrCat(body, ".", Base64(raw)); };
  std::string flipped = signature;
  flipped[5] ^= 1;
  std::string spare = good;  // the last character of 64 bytes has four spare bits
  spare.back() = spare.back() == 'A' ? 'B' : static_cast<char>(spare.back() + 1);
  ExpectRefused({
      {"wrong key, right kid", stranger_->Token(Header(), ClaimsWith({}))},
      {"right key, kid of another", es_->Token(HeaderJson("ES256", "ed"), ClaimsWith({}))},
      {"empty signature", absl::StrCat(body, ".")},
      {"no signature", body},
      {"truncated signature", with(signature.substr(0, 63))},
      {"extra byte in the signature", with(signature + std::string(1, '\0'))},
      {"r = 0, s = 0", with(std::string(64, '\0'))},
      {"r = n, s = n", with(std::string(64, '\xff'))},
      {"one bit flipped", with(flipped)},
      {"signature of another body",
       es_->Token(Header(), ClaimsWith({{"sub", "\"u-2\""}})).replace(0, body.size(), body)},
      {"DER signature",
       with("\x30\x44\x02\x20" + signature.substr(0, 32) + "\x02\x20" + signature.substr(32))},
      {"spare bits set", spare},
      {"padding", good + "=="},
      {"line feed at the end", good + "\n"},
      {"space at the start", " " + good},
      {"space inside", absl::StrReplaceAll(good, {{".", ". "}})},
      {"base64 of the other alphabet", with(signature).replace(body.size() + 1, 1, "+")},
      {"fourth part", good + ".e30"},
      {"JWE in five parts", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AAAA.AAAA"},
      {"JSON serialization", R"({"payload":"e30","signature":"AAAA","protected":"e30"})"},
      {"empty", ""},
      {"dots only", ".."},
      {"huge", good + std::string(kTokenBytesMax, 'A')},
      {"huge claims, well signed",
       es_->Token(Header(), ClaimsWith({{"x", "\"" + std::string(kTokenBytesMax, 'x') + "\""}}))},
      {"NUL inside", good + std::string("\0", 1)},
  });
}

TEST_F(VerifierTest, AttacksThroughTheHeaderAreRefused) {
  const auto own = [&](std::string_view extra) {
    return es_->Token(Header(extra), ClaimsWith({}));
  };
  const auto kid = [&](std::string_view value) {
    return es_->Token(HeaderJson("ES256", value), ClaimsWith({}));
  };
  ExpectRefused({
      {"kid with a path", kid("../../dev/null")},
      {"kid with SQL", kid("es' OR '1'='1")},
      {"kid with a URL", kid("https://evil.example/jwks.json")},
      {"kid with NUL", kid("es\\u0000")},
      {"empty kid", kid("")},
      {"kid of 10 KB", kid(std::string(10240, 'k'))},
      {"kid in another case", kid("ES")},
      {"no kid", es_->Token(R"({"alg":"ES256"})", ClaimsWith({}))},
      {"kid of another type", es_->Token(R"({"alg":"ES256","kid":["es"]})", ClaimsWith({}))},
      {"jwk of a stranger",
       stranger_->Token(Header(absl::StrCat(",\"jwk\":", stranger_->PublicJwk())), ClaimsWith({}))},
      {"jwk of a stranger, unknown kid",
       stranger_->Token(
           HeaderJson("ES256", "zz", absl::StrCat(",\"jwk\":", stranger_->PublicJwk())),
           ClaimsWith({}))},
      {"jwk, well signed", own(absl::StrCat(",\"jwk\":", es_->PublicJwk()))},
      {"jku", own(R"(,"jku":"http://127.0.0.1:1/jwks.json")")},
      {"x5u", own(R"(,"x5u":"http://127.0.0.1:1/cert.pem")")},
      {"x5c", own(R"(,"x5c":["AAAA"])")},
      {"unknown crit", own(R"(,"crit":["x"],"x":1)")},
      {"empty crit", own(R"(,"crit":[])")},
      {"b64 false", own(R"(,"b64":false)")},
      {"b64 false with crit", own(R"(,"b64":false,"crit":["b64"])")},
      {"zip", own(R"(,"zip":"DEF")")},
      {"enc", own(R"(,"enc":"A128GCM")")},
      {"alg twice", own(R"(,"alg":"ES256")")},
      {"alg twice, none last", own(R"(,"alg":"none")")},
      {"kid twice, once escaped", own(R"(,"\u006bid":"es")")},
      {"typ of a security event",
       es_->Token(R"({"alg":"ES256","kid":"es","typ":"secevent+jwt"})", ClaimsWith({}))},
      {"typ of a logout token",
       es_->Token(R"({"alg":"ES256","kid":"es","typ":"logout+jwt"})", ClaimsWith({}))},
      {"empty typ", es_->Token(R"({"alg":"ES256","kid":"es","typ":""})", ClaimsWith({}))},
      {"typ of another type", es_->Token(R"({"alg":"ES256","kid":"es","typ":1})", ClaimsWith({}))},
      {"header is an array", es_->Token(R"(["ES256"])", ClaimsWith({}))},
      {"header is no JSON", es_->Token("ES256", ClaimsWith({}))},
      {"something after the header", es_->Token(Header() + "{}", ClaimsWith({}))},
      {"invalid UTF-8", es_->Token(Header(",\"x\":\"\xc3\x28\""), ClaimsWith({}))},
  });
}

struct ClaimCase {
  const char* name;
  std::map<std::string, std::string> replaced;
  const char* extra = "";
};

const std::string kTooLate = absl::StrCat(kForgeNow + 61);

const ClaimCase kWrongClaims[] = {
    {"no exp", {{"exp", ""}}},
    {"exp as string", {{"exp", "\"1700000600\""}}},
    {"exp as float", {{"exp", "1700000600.0"}}},
    {"exp with exponent", {{"exp", "1.7e10"}}},
    {"exp of 1e400", {{"exp", "1e400"}}},
    {"exp beyond 64 bits", {{"exp", "92233720368547758080"}}},
    {"negative exp", {{"exp", "-1"}}},
    {"exp null", {{"exp", "null"}}},
    {"exp true", {{"exp", "true"}}},
    {"exp twice", {}, ",\"exp\":1900000000"},
    {"exp twice, once escaped", {}, ",\"e\\u0078p\":1900000000"},
    {"nbf in the future", {{"nbf", kTooLate}}},
    {"iat in the future", {{"iat", kTooLate}}},
    {"nbf as string", {{"nbf", "\"1\""}}},
    {"iat as float", {{"iat", "1.5"}}},
    {"wrong iss", {{"iss", "\"https://issuer.example.evil\""}}},
    {"iss in another case", {{"iss", "\"https://ISSUER.example\""}}},
    {"iss with a slash more", {{"iss", "\"https://issuer.example/\""}}},
    {"iss of another environment", {{"iss", "\"https://issuer.test.example\""}}},
    {"no iss", {{"iss", ""}}},
    {"iss as array", {{"iss", "[\"https://issuer.example\"]"}}},
    {"wrong aud", {{"aud", "\"billing\""}}},
    {"aud of another environment", {{"aud", "\"pingan-test\""}}},
    {"aud as array", {{"aud", "[\"pingan\"]"}}},
    {"aud as array with others", {{"aud", "[\"billing\",\"pingan\"]"}}},
    {"no aud", {{"aud", ""}}},
    {"empty aud", {{"aud", "\"\""}}},
    {"ID token: aud is the client", {{"aud", "\"client-7\""}, {"roles", ""}}, ",\"nonce\":\"n\""},
    {"no sub", {{"sub", ""}}},
    {"empty sub", {{"sub", "\"\""}}},
    {"sub with a line feed", {{"sub", "\"u\\nadmin\""}}},
    {"sub with NUL", {{"sub", "\"u\\u0000\""}}},
    {"sub of 257 bytes", {{"sub", "\"" + std::string(257, 'u') + "\""}}},
    {"sub as number", {{"sub", "1"}}},
    {"no roles", {{"roles", ""}}},
    {"roles as string", {{"roles", "\"auditor\""}}},
    {"roles as object", {{"roles", "{\"auditor\":true}"}}},
    {"roles with a number", {{"roles", "[\"viewer\",1]"}}},
    {"unknown role", {{"roles", "[\"root\"]"}}},
    {"deleted role beside a known one", {{"roles", "[\"viewer\",\"street_clerk\"]"}}},
    {"role twice", {{"roles", "[\"viewer\",\"viewer\"]"}}},
    {"role in another case", {{"roles", "[\"Viewer\"]"}}},
    {"roles twice", {}, ",\"roles\":[\"auditor\"]"},
    {"no area", {{"area", ""}}},
    {"empty area", {{"area", "\"\""}}},
    {"area as number", {{"area", "411602"}}},
    {"area null", {{"area", "null"}}},
    {"area as array", {{"area", "[\"41\",\"42\"]"}}},
    {"area between boundaries", {{"area", "\"4116021\""}}},
    {"area of thirteen digits", {{"area", "\"4116020000000\""}}},
    {"area with a wildcard", {{"area", "\"41%%\""}}},
    {"area everywhere said twice", {{"area", "\"00\\u0030\""}}},
    {"area twice", {}, ",\"area\":\"0\""},
    {"purposes as string", {{"purposes", "\"mediation\""}}},
    {"unknown purpose", {{"purposes", "[\"curiosity\"]"}}},
    {"purpose twice", {{"purposes", "[\"mediation\",\"mediation\"]"}}},
    {"purposes null", {{"purposes", "null"}}},
    {"jti as number", {{"jti", "5"}}},
    {"party with another role", {{"party", "\"disputes/1/parties/1\""}}},
    {"party role unbound", {{"roles", "[\"party\"]"}}},
    {"party role beside another",
     {{"roles", "[\"party\",\"viewer\"]"}, {"party", "\"disputes/1/parties/1\""}}},
    {"empty party", {{"roles", "[\"party\"]"}, {"party", "\"\""}}},
    {"party as number", {{"roles", "[\"party\"]"}, {"party", "1"}}},
    {"sub of the clock", {{"sub", "\"system\""}}},
    {"sub nearly of the clock", {{"sub", "\" System \""}}},
    {"revoked user", {{"sub", "\"fired\""}}},
    {"revoked token", {{"jti", "\"stolen\""}}},
};

TEST_F(VerifierTest, WrongClaimsAreRefused) {
  for (const auto& [name, replaced, extra] : kWrongClaims) {
    const std::string token = es_->Token(Header(), ClaimsWith(replaced, extra));
    EXPECT_THAT(Verify(token), Fails(absl::StatusCode::kUnauthenticated, TOKEN_INVALID)) << name;
  }
  for (const char* claims : {"[]", "null", "\"sub\"", "", "{", "{}x"}) {
    EXPECT_THAT(Verify(es_->Token(Header(), claims)),
                Fails(absl::StatusCode::kUnauthenticated, TOKEN_INVALID))
        << claims;
  }
}

// n - s for the second half of a signature of P-256, which then holds as well.
std::string OtherForm(std::string signature) {
  constexpr std::string_view kOrder(
      "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
      "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51",
      32);
  int borrowed = 0;
  for (size_t i = 32; i-- > 0;) {
    const int digit =
        static_cast<uint8_t>(kOrder[i]) - static_cast<uint8_t>(signature[32 + i]) - borrowed;
    borrowed = digit < 0;
    signature[32 + i] = static_cast<char>(digit);
  }
  return signature;
}

TEST_F(VerifierTest, ARevokedTokenIsRefusedInItsOtherFormToo) {
  for (const auto& [jti, revoked] : {std::pair("\"mine\"", false), {"\"stolen\"", true}}) {
    const std::string token = es_->Token(Header(), ClaimsWith({{"jti", jti}}));
    const size_t end = token.rfind('.') + 1;
    std::string signature;
    ASSERT_TRUE(absl::WebSafeBase64Unescape(token.substr(end), &signature));
    const std::string other = token.substr(0, end) + Base64(OtherForm(signature));
    ASSERT_NE(other, token);
    EXPECT_EQ(Verify(token).ok(), !revoked) << jti;
    EXPECT_EQ(Verify(other).ok(), !revoked) << jti;
  }
}

TEST_F(VerifierTest, TimesHoldToTheSecond) {
  const std::string good = Good();
  EXPECT_OK(Verify(good, kNow + absl::Milliseconds(599'999)));
  EXPECT_THAT(Verify(good, kNow + absl::Seconds(600)),
              Fails(absl::StatusCode::kUnauthenticated, TOKEN_EXPIRED));
  EXPECT_THAT(Verify(es_->Token(Header(), ClaimsWith({{"exp", "0"}}))),
              Fails(absl::StatusCode::kUnauthenticated, TOKEN_EXPIRED));
  const auto nbf = es_->Token(Header(), ClaimsWith({{"nbf", absl::StrCat(kForgeNow + 60)}}));
  EXPECT_OK(Verify(nbf));
  EXPECT_OK(Verify(es_->Token(Header(), ClaimsWith({{"exp", "9223372036854775807"}}))));
}

TEST_F(VerifierTest, LeewayIsBounded) {
  const Verifier generous(
      {.issuer = kForgeIssuer, .audience = kForgeAudience, .leeway = absl::Hours(1)}, store_,
      policy_);
  const auto token = es_->Token(Header(), ClaimsWith({{"nbf", absl::StrCat(kForgeNow + 61)}}));
  EXPECT_THAT(generous.Verify(token, *store_->Current(), kNow),
              Fails(absl::StatusCode::kUnauthenticated, TOKEN_INVALID));
}

TEST_F(VerifierTest, EverywhereAndPartyMustBeSaid) {
  ASSERT_OK_AND_ASSIGN(const Caller all,
                       Verify(es_->Token(Header(), ClaimsWith({{"area", "\"0\""}}))));
  EXPECT_EQ(all.area, "");
  ASSERT_OK_AND_ASSIGN(
      const Caller party,
      Verify(es_->Token(Header(), ClaimsWith({{"roles", "[\"party\"]"},
                                              {"party", "\"disputes/1/parties/2\""}}))));
  EXPECT_EQ(party.party, "disputes/1/parties/2");
}

}  // namespace
}  // namespace pingan::auth
