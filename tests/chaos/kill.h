// A run of kills: servers are killed (-9) at random moments under concurrent creators, and in the
// end nothing acknowledged is lost or doubled, what failed is not there, and what was in doubt is
// settled.
#pragma once

#include <cstdint>
#include <string>

#include "tests/chaos/database.h"

namespace pingan::chaos {

struct KillPlan {
  std::string name;
  Database::Kind database = Database::kPostgres;
  bool postgres =
      false;  // kill PostgreSQL, and every fourth time the service with it; else the service
  int kills = 20;
  int creators = 32;
  uint64_t seed = 0;  // of the moments and of the clients
};

// Prints `chaos <name> kills <n> acked <n> lost <n> doubled <n> seed <n> ok|failed`, and to
// standard error what did not agree. Whether it is ok. From the main thread.
bool RunKills(const KillPlan& plan);

}  // namespace pingan::chaos
