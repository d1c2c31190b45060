#include <atomic>
#include <thread>
#include <vector>

#include "common/crypto/envelope.h"
#include "common/crypto/key_cache.h"
#include "common/crypto/temp_keyring.h"
#include "common/testing/matchers.h"

namespace pingan::crypto {
namespace {

// Runs `body` in `n` threads until `until` returns.
template <class Body, class Until>
void Beside(int n, Body body, Until until) {
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i) {
    threads.emplace_back([&, i] {
      do body(i);
      while (!done.load());
    });
  }
  until();
  done = true;
  for (auto& thread : threads) thread.join();
}

TEST(Rotation, ReadersInTwoProcessesNeverNotice) {
  testing::TempKeyring temp;
  const auto replica = Keyring::Load(temp.folder.File()).value();
  const SubjectKey key = NewSubjectKey();
  const std::string first = Wrap(*temp.keyring, "persons/7", key);
  const auto read_and_write = [&](int) {
    EXPECT_OK(Unwrap(*replica, "persons/7", first));
    EXPECT_OK(Unwrap(*replica, "persons/7", Wrap(*temp.keyring, "persons/7", key)));
    EXPECT_OK(Open(key, "row", Seal(key, "row", "text")));
  };
  Beside(3, read_and_write, [&] {
    for (int i = 0; i < 20; ++i) {
      temp.Rotate();
      EXPECT_OK(replica->Reload());
    }
  });
  EXPECT_EQ(replica->Current()->primary, 21u);
}

TEST(Create, RacingCallersEndWithOneKeyring) {
  testing::TempFolder folder;
  std::vector<std::unique_ptr<Keyring>> made(4);
  Beside(
      4,
      [&](int i) {
        auto keyring = Keyring::Create(folder.File());
        ASSERT_OK(keyring);
        made[i] = *std::move(keyring);
      },
      [] {});
  for (const auto& keyring : made) {
    EXPECT_EQ(keyring->Current()->index.view(), made[0]->Current()->index.view());
  }
}

TEST(KeyCache, GetsAndForgetsAgree) {
  KeyCache cache(64);
  const SubjectKey key = NewSubjectKey();
  Beside(
      3,
      [&](int i) {
        const std::string subject = "persons/" + std::to_string(i % 2);
        const auto got = cache.Get(subject, [&]() -> StatusOr<SubjectKey> { return key; });
        ASSERT_OK(got);
        EXPECT_EQ(got->view(), key.view());
      },
      [&] {
        for (int i = 0; i < 2000; ++i) {
          cache.Forget("persons/0");
          cache.ForgetAll();
          EXPECT_LE(cache.size(), 2u);
        }
      });
}

}  // namespace
}  // namespace pingan::crypto
