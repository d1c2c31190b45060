// A short run of each kind of kill; `make chaos` has the long ones.
#include "tests/chaos/kill.h"

#include <gtest/gtest.h>

#include <random>

namespace pingan::chaos {
namespace {

TEST(Kill, OfTheServiceOnPostgres) {
  EXPECT_TRUE(RunKills({.name = "kill_service", .kills = 2, .seed = std::random_device()()}));
}

TEST(Kill, OfPostgres) {
  EXPECT_TRUE(RunKills(
      {.name = "kill_postgres", .postgres = true, .kills = 2, .seed = std::random_device()()}));
}

TEST(Kill, OfTheServiceOnSqlite) {
  EXPECT_TRUE(RunKills({.name = "kill_sqlite",
                        .database = Database::kSqlite,
                        .kills = 2,
                        .creators = 64,
                        .seed = std::random_device()()}));
}

}  // namespace
}  // namespace pingan::chaos
