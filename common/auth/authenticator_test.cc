#include "common/auth/authenticator.h"

#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/auth/token_forge.h"
#include "common/testing/matchers.h"

namespace pingan::auth {
namespace {

using absl::StatusCode;
using common::v1::TOKEN_EXPIRED;
using common::v1::TOKEN_INVALID;
using common::v1::TOKEN_MISSING;
using testing::Fails;

class AuthenticatorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Publish(old_.Jwks());
    authenticator_ = Open(absl::ZeroDuration());
  }
  std::unique_ptr<Authenticator> Open(absl::Duration interval) {
    Authenticator::Options options{
        .rules = {.issuer = kForgeIssuer, .audience = kForgeAudience},
        .trust = {.jwks = jwks_, .revocations_file = revocations_, .interval = interval}};
    return Authenticator::Open(options, &policy_, &clock_).value();
  }
  void Publish(const std::string& jwks) { Write(jwks_, jwks); }
  void Revoke(const std::string& lines) { Write(revocations_, lines); }

  static std::string TokenOf(const ForgeKey& key, const std::string& kid) {
    return "Bearer " + key.Token(HeaderJson("ES256", kid), ClaimsWith({}));
  }

  // Whole or not at all, as an operator should do it too.
  static void Write(const std::string& path, const std::string& text) {
    std::ofstream(path + ".new") << text;
    ASSERT_EQ(rename((path + ".new").c_str(), path.c_str()), 0);
  }

  const std::string jwks_ = ::testing::TempDir() + "/authenticator_jwks.json";
  const std::string revocations_ = [] {
    const std::string path = ::testing::TempDir() + "/authenticator_revoked";
    Write(path, "");
    return path;
  }();
  const ForgeKey old_ = ForgeKey::Es256("old"), new_ = ForgeKey::Es256("new");
  const Policy policy_ = Policy::Load("").value();
  ManualClock clock_{absl::FromUnixSeconds(kForgeNow)};
  std::unique_ptr<Authenticator> authenticator_;
};

TEST_F(AuthenticatorTest, SecondCallIsAnsweredByTheSameVerdict) {
  const std::string header = TokenOf(old_, "old");
  ASSERT_OK_AND_ASSIGN(const auto first, authenticator_->Authenticate(header));
  ASSERT_OK_AND_ASSIGN(const auto second, authenticator_->Authenticate(header));
  EXPECT_EQ(first->subject, "u-1");
  EXPECT_EQ(first, second);
}

TEST_F(AuthenticatorTest, SchemeIsReadInAnyCase) {
  const std::string token = TokenOf(old_, "old").substr(7);
  for (const char* scheme : {"bearer ", "BEARER ", "bEaReR "}) {
    EXPECT_OK(authenticator_->Authenticate(scheme + token)) << scheme;
  }
}

TEST_F(AuthenticatorTest, HeadersOfAnotherFormAreRefused) {
  const std::string good = TokenOf(old_, "old"), token = good.substr(7);
  EXPECT_THAT(authenticator_->Authenticate("", 0),
              Fails(StatusCode::kUnauthenticated, TOKEN_MISSING));
  EXPECT_THAT(authenticator_->Authenticate("", 1),
              Fails(StatusCode::kUnauthenticated, TOKEN_MISSING));
  ASSERT_OK(authenticator_->Authenticate(good));  // also a verdict in the cache must not help
  for (const std::string& header : std::vector<std::string>{
           token, "Bearer" + token, "Bearer  " + token, " " + good, good + " ", "Bearer\t" + token,
           "Basic dTpw", "DPoP " + token, "Bearer", "Bearer ", good + "," + token,
           good + ", " + good, "Bearer Bearer " + token, "Bearer \"" + token + "\"",
           "Bearer token=" + token}) {
    EXPECT_THAT(authenticator_->Authenticate(header),
                Fails(StatusCode::kUnauthenticated, TOKEN_INVALID))
        << header.substr(0, 20);
  }
  EXPECT_THAT(authenticator_->Authenticate(good, 2),
              Fails(StatusCode::kUnauthenticated, TOKEN_INVALID));
}

TEST_F(AuthenticatorTest, VerdictEndsWithTheToken) {
  const std::string header = TokenOf(old_, "old");
  ASSERT_OK(authenticator_->Authenticate(header));
  clock_.Advance(absl::Seconds(600) - absl::Microseconds(1));
  EXPECT_OK(authenticator_->Authenticate(header));
  clock_.Advance(absl::Microseconds(1));
  EXPECT_THAT(authenticator_->Authenticate(header),
              Fails(StatusCode::kUnauthenticated, TOKEN_EXPIRED));
}

TEST_F(AuthenticatorTest, RotationBringsTheNewKeyAndDropsTheOld) {
  const std::string by_old = TokenOf(old_, "old"), by_new = TokenOf(new_, "new");
  ASSERT_OK(authenticator_->Authenticate(by_old));
  EXPECT_THAT(authenticator_->Authenticate(by_new),
              Fails(StatusCode::kUnauthenticated, TOKEN_INVALID));
  Publish(absl::StrCat("{\"keys\":[", old_.PublicJwk(), ",", new_.PublicJwk(), "]}"));
  ASSERT_OK(authenticator_->trust().Refresh());
  EXPECT_OK(authenticator_->Authenticate(by_old));
  EXPECT_OK(authenticator_->Authenticate(by_new));
  Publish(new_.Jwks());
  ASSERT_OK(authenticator_->trust().Refresh());
  EXPECT_THAT(authenticator_->Authenticate(by_old),
              Fails(StatusCode::kUnauthenticated, TOKEN_INVALID));
  EXPECT_OK(authenticator_->Authenticate(by_new));
}

TEST_F(AuthenticatorTest, RevocationEndsAVerdictInTheCache) {
  const std::string header = TokenOf(old_, "old");
  for (const char* line : {"jti t-1\n", "sub u-1\n"}) {
    Revoke("");
    ASSERT_OK(authenticator_->trust().Refresh());
    ASSERT_OK(authenticator_->Authenticate(header));
    Revoke(line);
    ASSERT_OK(authenticator_->trust().Refresh());
    EXPECT_THAT(authenticator_->Authenticate(header),
                Fails(StatusCode::kUnauthenticated, TOKEN_INVALID))
        << line;
  }
}

TEST_F(AuthenticatorTest, RefusalsAreNotRemembered) {
  const std::string header =
      "Bearer " + old_.Token(HeaderJson("ES256", "old"), ClaimsWith({{"nbf", "1700000100"}}));
  EXPECT_THAT(authenticator_->Authenticate(header),
              Fails(StatusCode::kUnauthenticated, TOKEN_INVALID));
  clock_.Advance(absl::Seconds(40));
  EXPECT_OK(authenticator_->Authenticate(header));
}

TEST_F(AuthenticatorTest, UnknownKeyBringsAnEarlyReading) {
  const auto waiting = Open(absl::Hours(24));
  const std::string by_new = TokenOf(new_, "new");
  Publish(new_.Jwks());
  // The first reading is too recent for another one.
  EXPECT_THAT(waiting->Authenticate(by_new), Fails(StatusCode::kUnauthenticated, TOKEN_INVALID));
  EXPECT_EQ(waiting->trust().generation(), 1u);
  clock_.Advance(absl::Seconds(10));
  const int64_t give_up = MonotonicMicros() + 10'000'000;
  while (!waiting->Authenticate(by_new).ok() && MonotonicMicros() < give_up)
    std::this_thread::yield();
  EXPECT_OK(waiting->Authenticate(by_new));
  EXPECT_EQ(waiting->trust().generation(), 2u);
}

TEST_F(AuthenticatorTest, ThreadsAgreeWhileKeysRotate) {
  const std::string both =
      absl::StrCat("{\"keys\":[", old_.PublicJwk(), ",", new_.PublicJwk(), "]}");
  const std::string header = TokenOf(new_, "new"), stays = TokenOf(old_, "old");
  std::atomic<bool> done = false;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (!done) {
        if (!authenticator_->Authenticate(stays).ok()) ++refused;
        authenticator_->Authenticate(header).IgnoreError();
      }
    });
  }
  for (int i = 0; i < 50; ++i) {
    Publish(i % 2 ? both : old_.Jwks());
    EXPECT_OK(authenticator_->trust().Refresh());
  }
  done = true;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(refused, 0);
  EXPECT_OK(authenticator_->Authenticate(header));
}

}  // namespace
}  // namespace pingan::auth
