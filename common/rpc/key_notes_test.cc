// Another keyring than the one a database was written with: refused at the start, and not taken
// over while running.
#include "common/rpc/key_notes.h"

#include <cstdlib>
#include <future>

#include "common/crypto/temp_keyring.h"
#include "common/rpc/rotation.h"
#include "common/testing/matchers.h"

namespace pingan::rpc {
namespace {

using crypto::Keyring;

constexpr auto kRefused = absl::StatusCode::kFailedPrecondition;
constexpr auto kReason = common::v1::RECORD_UNREADABLE;

// A file with these keys, each of which is one digit 64 times.
std::string File(int primary, char index, const std::string& keks) {
  std::string text = "pingan-keyring 1\nprimary " + std::to_string(primary) + "\nindex " +
                     std::string(64, index) + "\n";
  for (size_t i = 0; i < keks.size(); ++i) {
    text += "kek " + std::to_string(i + 1) + " " + std::string(64, keks[i]) + "\n";
  }
  return text;
}

// A process: its file, its keyring and its rotation.
struct Replica {
  Replica(const std::string& text, store::Store* the_store) : store(the_store) {
    folder.Write(text);
    keyring = Keyring::Load(folder.File()).value();
    records = std::make_unique<Records>(store, keyring.get());
  }
  Status Start() {
    auto started = Rotation::Start({.interval = absl::Hours(1), .rate = 1000}, keyring.get(),
                                   records.get(), &log);
    if (started.ok()) rotation = *std::move(started);
    return started.status();
  }

  testing::TempFolder folder;
  store::Store* const store;
  std::unique_ptr<Keyring> keyring;
  std::unique_ptr<Records> records;
  Log log{"test"};
  std::unique_ptr<Rotation> rotation;
};

class KeyNotesTest : public ::testing::Test {
 protected:
  KeyNotesTest() {
    static int number = 0;
    const store::TableSpec* specs[] = {&kSubjectKeys};
    store_ = store::Open({.database = "sqlite:" + std::string(std::getenv("TEST_TMPDIR")) +
                                      "/notes" + std::to_string(++number) + ".db"},
                         "test", specs)
                 .value();
  }

  // A subject's key, wrapped by the primary of the replica.
  void Write(const Replica& replica, const std::string& subject, bool damaged = false) {
    store::WriteSet set;
    const crypto::SubjectKey key = crypto::NewSubjectKey();
    set.guards = {{&kSubjectKeys, replica.records->KeyRow(subject, 0, key).key, 0}};
    set.encode = [&](const store::Numbers& numbers) -> StatusOr<store::Changes> {
      store::Row row = replica.records->KeyRow(subject, numbers.revision, key);
      if (damaged) row.body.back() ^= 1;
      store::Changes changes;
      changes.puts.push_back({&kSubjectKeys, std::move(row)});
      changes.events = {{.name = subject}};
      return changes;
    };
    std::promise<store::Outcome> outcome;
    set.done = [&](const store::Outcome& is) { outcome.set_value(is); };
    store_->Commit(std::move(set));
    EXPECT_EQ(outcome.get_future().get().kind, store::Outcome::kCommitted);
  }

  void ExpectRefused(const std::string& text, const std::string& why) {
    const Status started = Replica(text, store_.get()).Start();
    EXPECT_THAT(started, testing::Fails(kRefused, kReason)) << text;
    EXPECT_THAT(std::string(started.message()), ::testing::HasSubstr(why)) << text;
  }

  std::unique_ptr<store::Store> store_;
};

TEST_F(KeyNotesTest, AKeyringWithOtherKeysUnderTheSameIdsDoesNotStart) {
  const std::string text = File(1, 'a', "b");
  ASSERT_OK(Replica(text, store_.get()).Start());
  ExpectRefused(File(1, 'a', "c"), "kek 1 is another key");
  ExpectRefused(File(1, 'c', "b"), "index is another key");
  ExpectRefused(File(2, 'a', "cd"), "kek 1 is another key");
  EXPECT_OK(Replica(text, store_.get()).Start());
  EXPECT_OK(Replica(File(2, 'a', "bd"), store_.get()).Start());
  ExpectRefused(File(2, 'a', "be"), "kek 2 is another key");
}

TEST_F(KeyNotesTest, WhatIsOlderThanTheNotesIsTried) {
  const std::string text = File(1, 'a', "b");
  const Replica before(text, store_.get());
  Write(before, "persons/1", /*damaged=*/true);
  Write(before, "persons/2");
  ExpectRefused(File(1, 'a', "c"), "kek 1 opens none");
  EXPECT_OK(Replica(text, store_.get()).Start()) << "was not noted by whom it refused";
}

TEST_F(KeyNotesTest, WhatIsDamagedUnderAKnownKeyKeepsNobodyFromStarting) {
  Replica replica(File(1, 'a', "b"), store_.get());
  ASSERT_OK(replica.Start());
  Write(replica, "persons/1", /*damaged=*/true);
  EXPECT_OK(Replica(File(2, 'a', "bc"), store_.get()).Start());
}

TEST_F(KeyNotesTest, ANewKeyThatAnotherReplicaHasDifferentlyIsNotTakenOver) {
  Replica first(File(1, 'a', "b"), store_.get()), second(File(1, 'a', "b"), store_.get());
  ASSERT_OK(first.Start());
  ASSERT_OK(second.Start());
  first.folder.Write(File(2, 'a', "bc"));
  ASSERT_OK(first.keyring->Reload());
  Write(first, "persons/1");

  second.folder.Write(File(2, 'a', "bd"));
  EXPECT_THAT(second.keyring->Reload(), testing::Fails(kRefused, kReason));
  EXPECT_EQ(second.keyring->Holding(2), nullptr);
  EXPECT_EQ(second.keyring->Current()->primary, 1u);
  second.folder.Write(File(2, 'a', "bc"));
  EXPECT_OK(second.keyring->Reload());
  EXPECT_EQ(second.keyring->Current()->primary, 2u);
}

}  // namespace
}  // namespace pingan::rpc
