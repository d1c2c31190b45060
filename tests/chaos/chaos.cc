// Runs the disasters named in the arguments, or all; the seed is new every time unless told.
#include <algorithm>
#include <cstdio>
#include <random>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "tests/chaos/disasters.h"

ABSL_FLAG(int, kills, 20, "kills in a run");
ABSL_FLAG(int, failovers, 5, "failovers in a run");
ABSL_FLAG(int, creators, 64, "concurrent clients");
ABSL_FLAG(uint64_t, seed, 0, "of moments and clients; 0 = a new one");

namespace {

using pingan::chaos::Plan;
using pingan::chaos::Verdict;

struct Entry {
  const char* name;
  Verdict (*run)(const Plan&);
  absl::Flag<int>* disasters;
};

const Entry kEntries[] = {
    {"kill_service", &pingan::chaos::KillService, &FLAGS_kills},
    {"kill_service_postgres", &pingan::chaos::KillServiceOnPostgres, &FLAGS_kills},
    {"kill_postgres", &pingan::chaos::KillPostgres, &FLAGS_kills},
    {"failover", &pingan::chaos::Failover, &FLAGS_failovers},
};

bool Known(const std::string& name) {
  const bool known = std::any_of(std::begin(kEntries), std::end(kEntries),
                                 [&](const Entry& entry) { return name == entry.name; });
  if (!known) std::fprintf(stderr, "chaos: there is no run %s\n", name.c_str());
  return known;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<char*> arguments = absl::ParseCommandLine(argc, argv);
  const std::vector<std::string> names(arguments.begin() + 1, arguments.end());
  if (!std::all_of(names.begin(), names.end(), &Known)) return 2;
  bool ok = true;
  for (const Entry& entry : kEntries) {
    if (!names.empty() && std::count(names.begin(), names.end(), entry.name) == 0) continue;
    Plan plan = {.name = entry.name,
                 .disasters = absl::GetFlag(*entry.disasters),
                 .creators = absl::GetFlag(FLAGS_creators),
                 .seed = absl::GetFlag(FLAGS_seed)};
    if (plan.seed == 0) plan.seed = std::random_device()();
    ok &= entry.run(plan).ok();
  }
  return ok ? 0 : 1;
}
