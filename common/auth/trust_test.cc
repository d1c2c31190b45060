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
  std::vector<std::string> failures_;
  TrustStore::Options options_{
      .jwks = Temp("jwks.json"),
      .revocations_file = Temp("revoked"),
      .interval = absl::ZeroDuration(),
      .on_failure = [this](std::string_view what, std::string_view why) {
        failures_.push_back(absl::StrCat(AbslView(what), ": ", AbslView(why)));
      }};
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
  EXPECT_TRUE(store->Current()->revoked.Cover("b", ""));
  EXPECT_FALSE(store->Current()->revoked.Cover("a", ""));
}

TEST_F(TrustStoreTest, AFailedReadingKeepsWhatWasRead) {
  ASSERT_OK_AND_ASSIGN(const auto store, TrustStore::Open(options_, &Clock::Real()));
  Write(options_.jwks, "{");
  EXPECT_THAT(store->Refresh(), Fails(StatusCode::kInvalidArgument, FIELD_INVALID));
  EXPECT_EQ(remove(options_.jwks.c_str()), 0);
  EXPECT_THAT(store->Refresh(), Fails(StatusCode::kUnavailable, REASON_UNSPECIFIED));
  EXPECT_EQ(failures_.size(), 2u);
  EXPECT_EQ(store->generation(), 1u);
  EXPECT_NE(store->Current()->keys->Find("k"), nullptr);
}

TEST_F(TrustStoreTest, ARevocationDoesNotWaitForTheKeys) {
  ASSERT_OK_AND_ASSIGN(const auto store, TrustStore::Open(options_, &Clock::Real()));
  EXPECT_EQ(remove(options_.jwks.c_str()), 0);
  Write(options_.revocations_file, "sub b\n");
  EXPECT_THAT(store->Refresh(), Fails(StatusCode::kUnavailable, REASON_UNSPECIFIED));
  EXPECT_TRUE(store->Current()->revoked.Cover("b", ""));
  EXPECT_EQ(store->generation(), 2u) << "so that verdicts of before are made again";
  EXPECT_NE(store->Current()->keys->Find("k"), nullptr);
  EXPECT_FALSE(store->keys_read());
  EXPECT_TRUE(store->revocations_read());
  EXPECT_THAT(failures_, ::testing::ElementsAre(::testing::StartsWith("keys: ")));
}

TEST_F(TrustStoreTest, KeysDoNotWaitForTheRevocations) {
  Write(options_.revocations_file, "sub b\n");
  ASSERT_OK_AND_ASSIGN(const auto store, TrustStore::Open(options_, &Clock::Real()));
  for (const char* text : {"b\n", ""}) {
    EXPECT_EQ(remove(options_.revocations_file.c_str()), 0);
    if (*text) Write(options_.revocations_file, text);
    const ForgeKey next = ForgeKey::Es256(absl::StrCat("next", text));
    Write(options_.jwks, next.Jwks());
    failures_.clear();
    EXPECT_FALSE(store->Refresh().ok());
    EXPECT_NE(store->Current()->keys->Find(StdView(absl::StrCat("next", text))), nullptr);
    EXPECT_TRUE(store->Current()->revoked.Cover("b", "")) << "what was read before holds";
    EXPECT_TRUE(store->keys_read());
    EXPECT_FALSE(store->revocations_read());
    EXPECT_THAT(failures_, ::testing::ElementsAre(::testing::StartsWith("revocations: ")));
  }
}

TEST_F(TrustStoreTest, ALineThatSaysNothingIsCountedAndToldOnceByItsNumber) {
  ASSERT_OK_AND_ASSIGN(const auto store, TrustStore::Open(options_, &Clock::Real()));
  Write(options_.revocations_file, "sub b\nsbu secret\n");
  EXPECT_OK(store->Refresh());
  EXPECT_OK(store->Refresh());
  EXPECT_TRUE(store->Current()->revoked.Cover("b", ""));
  EXPECT_EQ(store->revocations_unread(), 1);
  EXPECT_THAT(failures_, ::testing::ElementsAre("revocations: 1 lines, the first is 2"));
  Write(options_.revocations_file, "sub b\nsub c\n");
  EXPECT_OK(store->Refresh());
  EXPECT_EQ(store->revocations_unread(), 0);
}

TEST_F(TrustStoreTest, DoesNotOpenWithoutTheRevocations) {
  EXPECT_EQ(remove(options_.revocations_file.c_str()), 0);
  EXPECT_THAT(TrustStore::Open(options_, &Clock::Real()),
              Fails(StatusCode::kUnavailable, REASON_UNSPECIFIED));
}

TEST_F(TrustStoreTest, IsReadAgainAtTheInterval) {
  options_.interval = absl::Milliseconds(1);
  ASSERT_OK_AND_ASSIGN(const auto store, TrustStore::Open(options_, &Clock::Real()));
  Write(options_.revocations_file, "jti a\n");
  const int64_t give_up = MonotonicMicros() + 10'000'000;
  while (store->generation() == 1 && MonotonicMicros() < give_up) std::this_thread::yield();
  EXPECT_TRUE(store->Current()->revoked.Cover("", "a"));
}

}  // namespace
}  // namespace pingan::auth
