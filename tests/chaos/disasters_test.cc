// A short run of each disaster, and that runs find a broken promise; `make chaos` has the long
// ones.
#include "tests/chaos/disasters.h"

#include <gtest/gtest.h>

namespace pingan::chaos {
namespace {

Plan Short(const std::string& name, int disasters, const std::string& sabotage = "") {
  return {.name = name,
          .disasters = disasters,
          .creators = 32,
          .seed = std::random_device()(),
          .sabotage = sabotage};
}

TEST(Disasters, LeaveNothingLostOrDoubled) {
  EXPECT_TRUE(KillService(Short("kill_service", 2)).ok());
  EXPECT_TRUE(KillServiceOnPostgres(Short("kill_service_postgres", 1)).ok());
  EXPECT_TRUE(KillPostgres(Short("kill_postgres", 2)).ok());
  EXPECT_TRUE(Failover(Short("failover", 1)).ok());
}

// Commits that are acknowledged before they are on disk are gone after a kill.
TEST(Disasters, FindAcknowledgedWritesThatAreLost) {
  const char sabotage[] = "ALTER ROLE postgres SET synchronous_commit TO off";
  EXPECT_GT(KillPostgres(Short("planted_loss", 3, sabotage)).lost, 0);
}

// Without its reply a request that is sent again is carried out again.
TEST(Disasters, FindRequestsThatAreCarriedOutTwice) {
  const char sabotage[] = "CREATE RULE forget AS ON INSERT TO replies DO INSTEAD NOTHING";
  EXPECT_GT(KillServiceOnPostgres(Short("planted_double", 1, sabotage)).doubled, 0);
}

TEST(Disasters, FindCodesThatAreLeftOut) {
  const char sabotage[] =
      "CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN NEW.value = NEW.value + NEW.value % 2; RETURN NEW; END'; "
      "CREATE TRIGGER skip BEFORE UPDATE ON sequences FOR EACH ROW EXECUTE FUNCTION skip()";
  EXPECT_GT(KillServiceOnPostgres(Short("planted_gap", 1, sabotage)).numbering, 0);
}

}  // namespace
}  // namespace pingan::chaos
