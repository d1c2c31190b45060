// pinganctl ledger: a synthetic old ledger to try `import` with.
#include "tools/pinganctl/demo/ledger.h"

#include <cstdio>

#include "common/area/tree.h"
#include "tools/pinganctl/print.h"
#include "tools/pinganctl/verb.h"

namespace pingan::ctl {
namespace {

Status Ledger(const Options& options) {
  ASSIGN_OR_RETURN(const area::Tree areas, area::Tree::Load(options.Text("areas")));
  const Places places(areas);
  const Period period{absl::CivilDay(2023, 1, 1), absl::CivilDay(2024, 10, 31)};
  for (int64_t i = 1; i <= options.Number("rows"); ++i) {
    ASSIGN_OR_RETURN(const std::string row,
                     Json(LedgerRow(places, options.Number("seed"), i, period)));
    std::printf("%s\n", row.c_str());
  }
  return absl::OkStatus();
}

}  // namespace

Verb LedgerVerb() {
  return {"ledger",
          "",
          "Prints a synthetic old ledger, as JSON lines",
          "The cases are of 2023 and 2024 in real villages; the people in them cannot exist.\n",
          {{"rows", Flag::kNumber, "200", "cases"},
           {"seed", Flag::kNumber, "1", "another seed, another ledger"},
           {"areas", Flag::kText, "common/area/data/zhoukou.tsv", "area file"}},
          0,
          0,
          Ledger};
}

}  // namespace pingan::ctl
