// A new master key: what it takes over, what it leaves alone, and what is noticed when a key goes
// too early.
#include "common/rpc/rotation.h"

#include <cstdlib>
#include <future>

#include "common/crypto/temp_keyring.h"
#include "common/testing/matchers.h"

namespace pingan::rpc {
namespace {

using crypto::Keyring;

class RotationTest : public ::testing::Test {
 protected:
  RotationTest() {
    static int number = 0;
    database_ = "sqlite:" + std::string(std::getenv("TEST_TMPDIR")) + "/rotation" +
                std::to_string(++number) + ".db";
    Open();
  }

  void Open() {
    records_.reset();
    store_.reset();
    const store::TableSpec* specs[] = {&kSubjectKeys};
    store_ = *store::Open({.database = database_}, "test", specs);
    records_ = std::make_unique<Records>(store_.get(), keys_.keyring.get());
  }

  store::Outcome Commit(store::WriteSet set) {
    std::promise<store::Outcome> outcome;
    set.done = [&](const store::Outcome& is) { outcome.set_value(is); };
    store_->Commit(std::move(set));
    return outcome.get_future().get();
  }

  // A new key of the subject, in place of one of version `replaces` (0 = there is none).
  int64_t Write(const std::string& subject, int64_t replaces = 0,
                std::function<void(store::Row*)> change = nullptr) {
    store::WriteSet set;
    const crypto::SubjectKey key = crypto::NewSubjectKey();
    set.guards = {{&kSubjectKeys, records_->KeyRow(subject, 0, key).key, replaces}};
    set.encode = [=, this](const store::Numbers& numbers) -> StatusOr<store::Changes> {
      store::Row row = records_->KeyRow(subject, numbers.revision, key);
      if (change) change(&row);
      store::Changes changes;
      changes.puts.push_back({&kSubjectKeys, std::move(row)});
      changes.events = {{.name = subject}};
      return changes;
    };
    const store::Outcome outcome = Commit(std::move(set));
    EXPECT_EQ(outcome.kind, store::Outcome::kCommitted) << outcome.status;
    return outcome.revision;
  }

  // One look at the file and all that follows from it. The interval keeps it from a second one.
  StatusOr<std::unique_ptr<Rotation>> Look() {
    return Rotation::Start({.interval = absl::Hours(1), .rate = 1000000}, keys_.keyring.get(),
                           records_.get(), &log_);
  }
  // Waits until no row is under an older key.
  void AwaitDone(const Rotation& rotation) {
    while (rotation.remaining() > 0 || Rows(keys_.keyring->Current()->primary) != all_) {
      std::this_thread::yield();
    }
  }
  int64_t Rows(int64_t kek) {
    return *store_->Count({.table = &kSubjectKeys,
                           .conditions = {{"kek", store::Condition::kEq, kek}},
                           .order_by = "kek"},
                          10000);
  }
  store::Row KeyOf(const std::string& subject) {
    return **store_->Get(kSubjectKeys, "keys/" + subject);
  }

  testing::TempKeyring keys_;
  std::string database_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Records> records_;
  Log log_{"test"};
  int64_t all_ = 0;
};

TEST_F(RotationTest, EverySubjectKeyIsWrappedAnewAndStaysTheSameKey) {
  all_ = 200;
  for (int i = 0; i < all_; ++i) Write("persons/" + std::to_string(i));
  const store::Row before = KeyOf("persons/7");
  ASSERT_OK_AND_ASSIGN(const auto key, crypto::Unwrap(*keys_.keyring, "persons/7", before.body));
  keys_.Rotate();
  EXPECT_EQ(Rows(1), all_);
  ASSERT_OK_AND_ASSIGN(const auto rotation, Look());
  AwaitDone(*rotation);
  const store::Row after = KeyOf("persons/7");
  EXPECT_EQ(crypto::WrappedUnder(after.body), 2u);
  EXPECT_EQ(after.version, before.version);
  ASSERT_OK_AND_ASSIGN(const auto same, crypto::Unwrap(*keys_.keyring, "persons/7", after.body));
  EXPECT_EQ(same.view(), key.view());
  ASSERT_OK_AND_ASSIGN(const int64_t revision, store_->Revision());
  EXPECT_EQ(revision, all_) << "a rotation is no event";
  EXPECT_EQ(rotation->missing() + rotation->unreadable(), 0);
}

TEST_F(RotationTest, AKeyThatDoesNotOpenHoldsNobodyUp) {
  all_ = 100;
  for (int i = 0; i < all_; ++i) Write("persons/" + std::to_string(i));
  Write("persons/bad", 0, [](store::Row* row) { row->body.back() ^= 1; });
  // As a row looks that is older than the column.
  Write("persons/old", 0, [](store::Row* row) { row->columns = {int64_t{0}}; });
  all_ += 1;
  keys_.Rotate();
  ASSERT_OK_AND_ASSIGN(const auto rotation, Look());
  while (rotation->remaining() != 1 || Rows(2) != all_) std::this_thread::yield();
  rotation->Stop();
  EXPECT_EQ(rotation->unreadable(), 1);
  EXPECT_EQ(Rows(1), 1);
}

TEST_F(RotationTest, WhatOthersMendedIsUnreadableNoLonger) {
  Write("persons/good");  // by which the key is known
  const int64_t bad = Write("persons/bad", 0, [](store::Row* row) { row->body.back() ^= 1; });
  keys_.Rotate();
  ASSERT_OK_AND_ASSIGN(const auto rotation,
                       Rotation::Start({.interval = absl::Milliseconds(1), .rate = 1000000},
                                       keys_.keyring.get(), records_.get(), &log_));
  while (rotation->unreadable() != 1) std::this_thread::yield();
  Write("persons/bad", bad);  // under the primary
  while (rotation->remaining() != 0) std::this_thread::yield();
  while (rotation->unreadable() != 0) std::this_thread::yield();
}

TEST_F(RotationTest, ARowUnderALaterKeyIsLeftToWhoHasIt) {
  keys_.Rotate();
  Write("persons/1");
  Write("persons/2", 0, [](store::Row* row) { row->columns = {int64_t{9}}; });
  EXPECT_THAT(Look(),
              testing::Fails(absl::StatusCode::kFailedPrecondition, common::v1::RECORD_UNREADABLE));
  EXPECT_EQ(Rows(9), 1);
}

TEST_F(RotationTest, AKeyThatWentTooEarlyIsMissedAndAStartRefused) {
  all_ = 10;
  for (int i = 0; i < all_; ++i) Write("persons/" + std::to_string(i));
  keys_.Rotate();
  keys_.folder.DropKey(1);
  {
    // Who starts now cannot read them.
    ASSERT_OK_AND_ASSIGN(auto fresh, Keyring::Load(keys_.folder.File()));
    Records records(store_.get(), fresh.get());
    const auto refused =
        Rotation::Start({.interval = absl::Hours(1), .rate = 1}, fresh.get(), &records, &log_);
    EXPECT_THAT(refused, testing::Fails(absl::StatusCode::kFailedPrecondition,
                                        common::v1::RECORD_UNREADABLE));
    EXPECT_THAT(std::string(refused.status().message()),
                ::testing::HasSubstr("lacks kek 1, which 10 subject keys need"));
  }
  // Who was running goes on, and mends it.
  ASSERT_OK_AND_ASSIGN(const auto rotation, Look());
  AwaitDone(*rotation);
  while (keys_.keyring->Current()->keks.size() > 1) std::this_thread::yield();
  EXPECT_EQ(keys_.keyring->Current()->keks.count(2), 1u);
  EXPECT_EQ(rotation->missing(), 0);
}

TEST_F(RotationTest, AnErasureMeanwhileWins) {
  const int64_t version = Write("persons/1");
  const store::Row seen = KeyOf("persons/1");
  keys_.Rotate();
  ASSERT_OK_AND_ASSIGN(const store::Row moved, records_->Rewrapped(seen));
  Write("persons/1", version);  // a fresh key in its place
  store::WriteSet late;
  late.events = 0;
  late.guards = {{&kSubjectKeys, moved.key, moved.version}};
  late.encode = [&](const store::Numbers&) -> StatusOr<store::Changes> {
    store::Changes changes;
    changes.restates.push_back({&kSubjectKeys, moved});
    return changes;
  };
  EXPECT_EQ(Commit(std::move(late)).kind, store::Outcome::kConflict);
  EXPECT_NE(KeyOf("persons/1").body, moved.body);
}

}  // namespace
}  // namespace pingan::rpc
