#include "common/auth/jwks.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/auth/token_forge.h"
#include "common/testing/matchers.h"

namespace pingan::auth {
namespace {

using common::v1::FIELD_INVALID;
using testing::Fails;

std::string SetOf(const std::vector<std::string>& jwks) {
  std::string text;
  for (const auto& jwk : jwks) absl::StrAppend(&text, text.empty() ? "" : ",", jwk);
  return absl::StrCat("{\"keys\":[", text, "]}");
}

// `jwk` with other members put in front.
std::string Plus(const std::string& jwk, std::string_view members) {
  return absl::StrCat("{", AbslView(members), ",", jwk.substr(1));
}

TEST(KeySet, UsableKeysOfEachKindAreFound) {
  ASSERT_OK_AND_ASSIGN(
      const KeySet keys,
      KeySet::Parse(SetOf({ForgeKey::Es256("es").PublicJwk(), ForgeKey::EdDsa("ed").PublicJwk(),
                           ForgeKey::Rs256("rs").PublicJwk()})));
  EXPECT_EQ(keys.Find("es")->algorithm, Algorithm::kEs256);
  EXPECT_EQ(keys.Find("ed")->algorithm, Algorithm::kEdDsa);
  EXPECT_EQ(keys.Find("rs")->algorithm, Algorithm::kRs256);
  EXPECT_EQ(keys.Find("es")->signature_bytes, 64u);
  EXPECT_EQ(keys.Find("rs")->signature_bytes, 256u);
  EXPECT_EQ(keys.Find("ES"), nullptr);
  EXPECT_EQ(keys.Find(""), nullptr);
}

TEST(KeySet, OtherKeysArePassedOver) {
  const std::string good = ForgeKey::Es256("good").PublicJwk();
  const std::string es = ForgeKey::Es256("other").PublicJwk();
  for (const std::string& other : {
           Plus(es, R"("use":"enc")"),
           Plus(es, R"("use":1)"),
           Plus(es, R"("alg":"ES384")"),
           Plus(es, R"("alg":"HS256")"),
           Plus(es, R"("alg":["ES256"])"),
           absl::StrReplaceAll(es, {{"P-256", "P-384"}}),
           absl::StrReplaceAll(es, {{"\"other\"", "\"\""}}),
           absl::StrReplaceAll(es, {{"\"other\"", "7"}}),
           absl::StrReplaceAll(es, {{"\"x\"", "\"xx\""}}),
           ForgeKey::Rs256("other", 1024).PublicJwk(),
           std::string(R"({"kty":"oct","kid":"other","k":"AAAA"})"),
           std::string("7"),
       }) {
    ASSERT_OK_AND_ASSIGN(const KeySet keys, KeySet::Parse(SetOf({other, good})));
    EXPECT_NE(keys.Find("good"), nullptr) << other;
    EXPECT_EQ(keys.Find("other"), nullptr) << other;
    EXPECT_THAT(KeySet::Parse(SetOf({other})),
                Fails(absl::StatusCode::kInvalidArgument, FIELD_INVALID));
  }
}

TEST(KeySet, DoubtfulSetsAreRefused) {
  const ForgeKey key = ForgeKey::Es256("k");
  for (const std::string& json : {
           std::string(),
           std::string("[]"),
           std::string("{}"),
           std::string(R"({"keys":{}})"),
           SetOf({}),
           SetOf({key.PrivateJwk()}),
           SetOf({key.PublicJwk(), key.PublicJwk()}),
           SetOf({Plus(key.PublicJwk(), R"("kid":"k")")}),
           key.Jwks() + "x",
       }) {
    EXPECT_THAT(KeySet::Parse(json), Fails(absl::StatusCode::kInvalidArgument, FIELD_INVALID))
        << json;
  }
}

// A certificate beside the key would otherwise be used in its place.
TEST(KeySet, CertificatesAndUrlsInAKeyAreLeftBehind) {
  const ForgeKey key = ForgeKey::Es256("k");
  const std::string jwk =
      Plus(key.PublicJwk(), R"("x5c":["AAAA"],"x5u":"http://127.0.0.1:1/c.pem")");
  ASSERT_OK_AND_ASSIGN(const KeySet keys, KeySet::Parse(SetOf({jwk})));
  const Key* found = keys.Find("k");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(json_object_get(found->jwk.get(), "x5c"), nullptr);
  EXPECT_EQ(json_object_get(found->jwk.get(), "x5u"), nullptr);
  EXPECT_TRUE(SignatureHolds(key.Token(HeaderJson("ES256", "k"), "{\"a\":1}"), *found));
  EXPECT_FALSE(
      SignatureHolds(ForgeKey::Es256("k").Token(HeaderJson("ES256", "k"), "{\"a\":1}"), *found));
}

}  // namespace
}  // namespace pingan::auth
