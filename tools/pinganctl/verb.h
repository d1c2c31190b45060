// A verb of pinganctl. Each lives in <name>.cc and stands in the table of main.cc.
#pragma once

#include <vector>

#include "tools/pinganctl/options.h"

namespace pingan::ctl {

struct Verb {
  const char* name;
  const char* words;    // what follows, as shown in the usage: "FILE.jsonl"
  const char* summary;  // one line
  const char* help;     // the rest of `pinganctl help NAME`
  std::vector<Flag> flags;
  size_t words_min = 0;
  size_t words_max = 0;
  // problem.h says what becomes of the status.
  Status (*run)(const Options& options);
};

Verb AreasVerb();
Verb CalendarVerb();
Verb CallVerb();
Verb CityVerb();
Verb DemoVerb();
Verb ImportVerb();
Verb LedgerVerb();
Verb StatsVerb();
Verb TokenVerb();
Verb WatchVerb();

}  // namespace pingan::ctl
