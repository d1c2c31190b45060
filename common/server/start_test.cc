// What a process takes from its flags, and what it refuses at its start.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "common/server/process_fixture.h"
#include "common/testing/matchers.h"

namespace pingan::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::Temp;

std::string Write(const std::string& name, const std::string& text) {
  std::ofstream(Temp(name)) << text;
  return Temp(name);
}

// The error of a start with the small flags and this of them changed.
std::string Refusal(const std::string& state, const std::function<void(Flags*)>& change) {
  Flags flags = testing::SmallFlags(Temp(state));
  change(&flags);
  const auto started = Process::Start(flags, testing::Spec());
  return started.ok() ? "" : std::string(started.status().message());
}

TEST(Start, WhatCannotWorkIsToldByItsFlagInOneLine) {
  const struct {
    std::function<void(Flags*)> change;
    std::string says;
  } cases[] = {
      {[](Flags* flags) { flags->revocations = "/none"; }, "--revocations: cannot read /none"},
      {[](Flags* flags) { flags->revocations = Write("other", "{\"secret\": 1}\n"); },
       "--revocations: no line is"},
      {[](Flags* flags) { flags->redis = "nonsense"; }, "--redis: want host:port or /path"},
      {[](Flags* flags) { flags->redis = ":::"; }, "--redis: want host:port or /path"},
      {[](Flags* flags) { flags->redis = ":6379"; }, "--redis: want host:port or /path"},
      {[](Flags* flags) {
         flags->redis = "127.0.0.1:1";
         flags->redis_credentials = "/none";
       },
       "--redis_credentials: cannot read"},
      {[](Flags* flags) { flags->database = "mysql:x"; }, "--database: want sqlite:PATH or post"},
      {[](Flags* flags) { flags->database = "/a/secret.db"; }, "--database: want sqlite:PATH or"},
      {[](Flags* flags) { flags->database = "mysql://u:secret@h/x?a=b"; },
       "--database: want sqlite:PATH or"},
      {[](Flags* flags) { flags->database = "postgresql://u:secret@[h/x"; },
       "--database: want sqlite:PATH or"},
      {[](Flags* flags) { flags->limits = Write("empty", ""); },
       "--limits: " + Temp("empty") + ":1: is empty"},
  };
  for (const auto& [change, says] : cases) {
    const std::string refusal = Refusal("refused", change);
    EXPECT_THAT(refusal, StartsWith(says));
    EXPECT_THAT(refusal, Not(HasSubstr("secret")));
    EXPECT_THAT(refusal, Not(HasSubstr("\n")));
  }
}

TEST(Start, ARedisThatIsAwayIsNoReason) {
  EXPECT_EQ(Refusal("away", [](Flags* flags) { flags->redis = "127.0.0.1:1"; }), "");
}

TEST(Start, TheKeyringOfAnotherDatabaseIsToldByItsKey) {
  const auto with = [](const char* keyring) {
    return [=](Flags* flags) { flags->keyring = Temp(keyring); };
  };
  EXPECT_EQ(Refusal("mine", with("mine.keys")), "");
  EXPECT_EQ(Refusal("theirs", with("other.keys")), "");
  EXPECT_THAT(Refusal("mine", with("other.keys")), StartsWith("--keyring: index is another key"));
  EXPECT_EQ(Refusal("mine", with("mine.keys")), "");
}

// Two replicas that each kept answers and told each other of no change would answer what was.
TEST(Start, OnlyTheSoleReplicaCachesByItself) {
  using cache::Coherence;
  const std::string sqlite = "sqlite:x.db", postgres = "postgresql://h/x";
  const struct {
    std::string database, redis;
    bool sole = false;
    Coherence::Mode mode;
  } cases[] = {
      {sqlite, "", false, Coherence::kLocal},
      {postgres, "", false, Coherence::kOff},
      {postgres, "h:6379", false, Coherence::kShared},
      {postgres, "", true, Coherence::kLocal},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(ModeOf({.database = row.database, .redis = row.redis, .sole_replica = row.sole}),
              row.mode)
        << row.database << " " << row.redis << " " << row.sole;
  }
}

TEST(Start, WhatItWritesIsItsOwnAccountsToRead) {
  const mode_t before = umask(0);
  const auto process = Process::Start(testing::SmallFlags(Temp("private")), testing::Spec());
  umask(before);
  ASSERT_OK(process);
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(Temp("private"))) {
    const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
    EXPECT_EQ(file.status().permissions() & others, std::filesystem::perms::none) << file.path();
    files += file.is_regular_file();
  }
  EXPECT_GE(files, 1) << "the database";
}

TEST(Start, ReadingsOfTrustAreMetrics) {
  Flags flags = testing::SmallFlags(Temp("trust"));
  flags.revocations = Write("lines", "sub li\nsbu wang\n");
  ASSERT_OK_AND_ASSIGN(const auto process, Process::Start(flags, testing::Spec()));
  const auto value = [&](const std::string& name) {
    for (const auto& collectable : process->parts().metrics->collectables()) {
      for (const auto& family : collectable->Collect()) {
        if (family.name == name) return family.metric.front().gauge.value;
      }
    }
    return -1.0;
  };
  EXPECT_EQ(value("pingan_revocations_unread"), 1);
  EXPECT_EQ(value("pingan_revocations_read"), 1);
  EXPECT_EQ(value("pingan_jwks_read"), 1);
  auth::TrustStore& trust = process->parts().authenticator->trust();
  std::filesystem::remove(flags.revocations);
  EXPECT_FALSE(trust.Refresh().ok());
  EXPECT_EQ(value("pingan_revocations_read"), 0);
  EXPECT_EQ(value("pingan_jwks_read"), 1);
  Write("lines", "");
  std::filesystem::remove(flags.state + "/keys/jwks.json");
  EXPECT_FALSE(trust.Refresh().ok());
  EXPECT_EQ(value("pingan_revocations_read"), 1);
  EXPECT_EQ(value("pingan_jwks_read"), 0);
}

}  // namespace
}  // namespace pingan::server
