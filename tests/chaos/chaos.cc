// Runs the kills named in the arguments, or all; the seed is new every time unless told.
#include <algorithm>
#include <cstdio>
#include <random>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "tests/chaos/kill.h"

ABSL_FLAG(int, kills, 20, "kills in a run");
ABSL_FLAG(int, creators, 32, "concurrent clients");
ABSL_FLAG(uint64_t, seed, 0, "of moments and clients; 0 = a new one");

int main(int argc, char** argv) {
  using pingan::chaos::Database;
  const std::vector<char*> arguments = absl::ParseCommandLine(argc, argv);
  const std::vector<std::string> names(arguments.begin() + 1, arguments.end());
  std::vector<pingan::chaos::KillPlan> plans = {
      {.name = "kill_service"},
      {.name = "kill_postgres", .postgres = true},
      {.name = "kill_sqlite", .database = Database::kSqlite}};
  bool ok = true;
  for (const std::string& name : names) {
    const bool known = std::any_of(plans.begin(), plans.end(),
                                   [&](const auto& plan) { return plan.name == name; });
    if (!known) std::fprintf(stderr, "chaos: there is no run %s\n", name.c_str());
    ok &= known;
  }
  for (auto& plan : plans) {
    if (!names.empty() && std::count(names.begin(), names.end(), plan.name) == 0) continue;
    plan.kills = absl::GetFlag(FLAGS_kills);
    plan.creators = absl::GetFlag(FLAGS_creators);
    plan.seed = absl::GetFlag(FLAGS_seed);
    if (plan.seed == 0) plan.seed = std::random_device()();
    ok &= pingan::chaos::RunKills(plan);
  }
  return ok ? 0 : 1;
}
