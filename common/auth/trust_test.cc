#include "common/auth/trust.h"

#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/auth/token_forge.h"
#include "common/testing/matchers.h"

namespace pingan::auth {
namespace {

using absl::StatusCode;
using common::v1::FIELD_INVALID;
using common::v1::REASON_UNSPECIFIED;
using testing::Fails;

std::string Temp(const std::string& name) {
  return ::testing::TempDir() + "/trust_" + name;
}
void Write(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

class TrustStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Write(options_.jwks, key_.Jwks());
    Write(options_.revocations_file, "");
  }

  const ForgeKey key_ = ForgeKey::Es256("k");
  std::vector<Status> failures_;
  TrustStore::Options options_{.jwks = Temp("jwks.json"),
                               .revocations_file = Temp("revoked"),
                               .interval = absl::ZeroDuration(),
                               .on_failure = [this](const Status& s) { failures_.push_back(s); }};
};

TEST_F(TrustStoreTest, DoesNotOpenWithoutKeys) {
  options_.jwks = Temp("absent");
  EXPECT_THAT(TrustStore::Open(options_, &Clock::Real()),
              Fails(StatusCode::kUnavailable, REASON_UNSPECIFIED));
  options_.jwks = Temp("empty");
  Write(options_.jwks, "{\"keys\":[]}");
  EXPECT_THAT(TrustStore::Open(options_, &Clock::Real()),
              Fails(StatusCode::kInvalidArgument, FIELD_INVALID));
  EXPECT_TRUE(failures_.empty()) << "whoever opens it is told already";
}

TEST_F(TrustStoreTest, GenerationGrowsOnlyWithAChange) {
  ASSERT_OK_AND_ASSIGN(const auto store, TrustStore::Open(options_, &Clock::Real()));
  EXPECT_EQ(store->generation(), 1u);
  EXPECT_OK(store->Refresh());
  EXPECT_EQ(store->generation(), 1u);
  Write(options_.revocations_file, "jti a\nsub b\n");
  EXPECT_OK(store->Refresh());
  EXPECT_EQ(store->generation(), 2u);
  EXPECT_EQ(store->Current()->generation, 2u);
  EXPECT_TRUE(store->Current()->revoked.count("sub b"));
  EXPECT_FALSE(store->Current()->revoked.count("sub a"));
}

TEST_F(TrustStoreTest, AFailedReadingKeepsWhatWasRead) {
  ASSERT_OK_AND_ASSIGN(const auto store, TrustStore::Open(options_, &Clock::Real()));
  Write(options_.jwks, "{");
  EXPECT_THAT(store->Refresh(), Fails(StatusCode::kInvalidArgument, FIELD_INVALID));
  EXPECT_EQ(remove(options_.jwks.c_str()), 0);
  EXPECT_THAT(store->Refresh(), Fails(StatusCode::kUnavailable, REASON_UNSPECIFIED));
  EXPECT_EQ(failures_.size(), 2u);
  EXPECT_EQ(store->generation(), 1u);
  EXPECT_NE(store->Current()->keys.Find("k"), nullptr);
}

TEST_F(TrustStoreTest, AMalformedRevocationIsNotSkipped) {
  for (const char* lines : {"user b\n", "sub \n", "jti a\nb\n"}) {
    Write(options_.revocations_file, lines);
    EXPECT_THAT(TrustStore::Open(options_, &Clock::Real()),
                Fails(StatusCode::kInvalidArgument, FIELD_INVALID))
        << lines;
  }
}

TEST_F(TrustStoreTest, IsReadAgainAtTheInterval) {
  options_.interval = absl::Milliseconds(1);
  ASSERT_OK_AND_ASSIGN(const auto store, TrustStore::Open(options_, &Clock::Real()));
  Write(options_.revocations_file, "jti a\n");
  const int64_t give_up = MonotonicMicros() + 10'000'000;
  while (store->generation() == 1 && MonotonicMicros() < give_up) std::this_thread::yield();
  EXPECT_TRUE(store->Current()->revoked.count("jti a"));
}

}  // namespace
}  // namespace pingan::auth
