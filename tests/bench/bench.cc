// Runs the benchmarks named, or all; see README.md.
#include <cstdio>
#include <string_view>
#include <utility>

#include "tests/bench/benches.h"

namespace {

using namespace pingan::bench;

constexpr std::pair<std::string_view, bool (*)()> kBenches[] = {
    {"cached_get_raw", &CachedGetRaw},
    {"cached_get_typed", &CachedGetTyped},
    {"create_pgbench", &CreatePgbench},
    {"create_sqlite", &CreateSqlite},
    {"overload", &Overload},
    {"overload_unthrottled", &OverloadUnthrottled},
    {"list_depth", &ListDepth},
    {"scope_cost", &ScopeCost},
    {"statistics_sql", &StatisticsSql},
    {"import_rows", &ImportRows},
    {"import_copy", &ImportCopy},
    {"duplicate_scale", &DuplicateScale},
    {"blind_index", &BlindIndex},
    {"memory_bound", &MemoryBound},
};

}  // namespace

int main(int argc, char** argv) {
  bool ok = true;
  int ran = 0;
  for (const auto& [name, run] : kBenches) {
    bool wanted = argc == 1;
    for (int i = 1; i < argc; ++i) wanted = wanted || name == argv[i];
    if (!wanted) continue;
    ++ran;
    ok = run() && ok;
  }
  if (ran == 0) std::fprintf(stderr, "bench: no benchmark of that name\n");
  return ok && ran > 0 ? 0 : 1;
}
