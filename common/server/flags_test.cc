#include "common/server/flags.h"

#include <absl/flags/reflection.h>

#include "common/testing/matchers.h"

namespace pingan::server {
namespace {

StatusOr<Flags> Parse(std::vector<std::string> words) {
  const absl::FlagSaver as_before;
  words.insert(words.begin(), {"server", "--dev"});
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  return ParseFlags(static_cast<int>(argv.size()), argv.data());
}

TEST(Flags, WhatCannotWorkIsRefusedByItsFlag) {
  const struct {
    const char* flag;
    std::vector<const char*> good, bad;
  } cases[] = {
      {"--workers", {"1", "512"}, {"-1", "0", "513"}},
      {"--queue", {"1", "1048576"}, {"0", "1048577"}},
      {"--readers", {"1", "256"}, {"0", "257"}},
      {"--cache_mb", {"1", "1048576"}, {"0", "1048577"}},
      {"--keyring_seconds", {"1", "3600"}, {"0", "3601"}},
      {"--rewrap_rate", {"1", "1048576"}, {"0", "1048577"}},
      {"--trust_seconds", {"1", "3600"}, {"0", "3601"}},
      {"--sweep_seconds", {"1", "86400"}, {"0", "86401"}},
      {"--retention_days", {"0", "36500"}, {"-1", "36501"}},
      {"--log_sample", {"1", "2147483647"}, {"0"}},
      {"--drain_seconds", {"0", "3600"}, {"-1", "3601"}},
      {"--quota", {"0", "0.1"}, {"-1", "nan", "inf"}},
      {"--quota_burst", {"1", "1e6"}, {"0.5", "-1", "nan", "inf"}},
      {"--listen",
       {"127.0.0.1:0", "[::1]:7101", "localhost:65535"},
       {"", "127.0.0.1", "127.0.0.1:", ":7101", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:x",
        "127.0.0.1:7101x"}},
      {"--metrics",
       {"127.0.0.1:0", "0.0.0.0:9101", "[::]:9101"},
       {"garbage", "9101", "127.0.0.1:99999", "127.0.0.1:1,127.0.0.1:2", "::1:9101"}},
      {"--database",
       {"", "sqlite:x.db", "sqlite:/a/b:c.db", "postgresql://127.0.0.1/x"},
       {"sqlite:", "sqlite::memory:"}},
  };
  for (const auto& [flag, good, bad] : cases) {
    const std::string name = flag;
    for (const char* value : good) EXPECT_OK(Parse({name + "=" + value})) << value;
    for (const char* value : bad) {
      EXPECT_THAT(Parse({name + "=" + value}), testing::NamesField(name)) << value;
    }
  }
}

TEST(Flags, DevelopmentHasKeysOfItsOwnAndProductionNeverTheirs) {
  EXPECT_OK(Parse({"--nodev", "--jwks=k", "--issuer=i"}));
  EXPECT_THAT(Parse({"--nodev", "--jwks=k", "--issuer=pingan-dev"}),
              testing::NamesField("--issuer"));
  EXPECT_THAT(Parse({"--nodev", "--issuer=i"}), testing::NamesField("--jwks"));
  EXPECT_THAT(Parse({"--nodev", "--jwks=k"}), testing::NamesField("--jwks"));
  EXPECT_THAT(Parse({"--jwks=k"}), testing::NamesField("--jwks"));
  EXPECT_THAT(Parse({"--issuer=i"}), testing::NamesField("--issuer"));
  EXPECT_OK(Parse({"--nodev", "--jwks=https://h/k", "--issuer=i", "--jwks_hosts=h"}));
  EXPECT_THAT(Parse({"--jwks_hosts=h"}), testing::NamesField("--jwks_hosts"));
}

TEST(Flags, WhatCouldServeNothingIsRefused) {
  EXPECT_OK(Parse({"--audience=a"}));
  EXPECT_THAT(Parse({"--audience="}), testing::NamesField("--audience"));
  EXPECT_OK(Parse({"--redis=h:1", "--redis_credentials=/none"})) << "read at the start";
  EXPECT_THAT(Parse({"--redis_credentials=/none"}), testing::NamesField("--redis_credentials"));
}

TEST(Flags, AWordThatIsNoFlagIsRefused) {
  EXPECT_OK(Parse({}));
  EXPECT_THAT(Parse({"workers=4"}), testing::NamesField("workers=4"));
  EXPECT_THAT(Parse({"--", "--workers=4"}), testing::NamesField("--workers=4"));
}

}  // namespace
}  // namespace pingan::server
