// pinganctl ledger: a synthetic old ledger or list of persons to try `import` with.
#include "tools/pinganctl/demo/ledger.h"

#include <cstdio>

#include "common/base/clock.h"
#include "common/calendar/working_days.h"
#include "tools/pinganctl/area_file.h"
#include "tools/pinganctl/demo/resident.h"
#include "tools/pinganctl/persons/sheet.h"
#include "tools/pinganctl/print.h"
#include "tools/pinganctl/verb.h"

namespace pingan::ctl {
namespace {

Status PrintPersons(const Options& options, const Places& places) {
  PrintSheetHead(stdout);
  const absl::CivilDay today = calendar::DayOf(Clock::Real().Now());
  for (int64_t i = 1; i <= options.Number("rows"); ++i) {
    PrintSheetRow(Resident(places, options.Number("seed"), i, today), stdout);
  }
  return absl::OkStatus();
}

Status PrintDisputes(const Options& options, const Places& places) {
  const Period period{absl::CivilDay(2023, 1, 1), absl::CivilDay(2024, 10, 31)};
  for (int64_t i = 1; i <= options.Number("rows"); ++i) {
    ASSIGN_OR_RETURN(const std::string row,
                     Json(LedgerRow(places, options.Number("seed"), i, period)));
    std::printf("%s\n", row.c_str());
  }
  return absl::OkStatus();
}

Status Ledger(const Options& options) {
  ASSIGN_OR_RETURN(const area::Tree areas, LoadAreas(options));
  const Places places(areas);
  const std::string what = options.words().empty() ? "disputes" : options.words()[0];
  if (what == "disputes") return PrintDisputes(options, places);
  if (what == "persons") return PrintPersons(options, places);
  return absl::InvalidArgumentError("want disputes or persons, not " + what);
}

}  // namespace

Verb LedgerVerb() {
  return {
      "ledger",
      "[disputes | persons]",
      "Prints a synthetic old ledger of disputes, as JSON lines, or list of persons, as CSV",
      "Cases of 2023 and 2024, or persons of today, in real villages; the people cannot exist.\n",
      {{"rows", Flag::kNumber, "200", "cases or persons", 1},
       {"seed", Flag::kNumber, "1", "another seed, another ledger"},
       AreasFlag()},
      0,
      1,
      Ledger};
}

}  // namespace pingan::ctl
