#include "tools/pinganctl/rates.h"

#include <utility>

#include "tools/pinganctl/print.h"
#include "tools/pinganctl/progress.h"

namespace pingan::ctl {

Rates::Rates(std::vector<std::string> heads) {
  for (const char* head : {"registered", "resolved", "major", "major resolved", "on time",
                           "in village", "township", "county"}) {
    heads.push_back(head);
  }
  rows_.push_back(std::move(heads));
}

void Rates::Add(std::vector<std::string> cells, const common::v1::StatisticsRow& row) {
  const auto count = [&row](const char* name) {
    const auto found = row.counts().find(name);
    return found == row.counts().end() ? 0 : found->second;
  };
  const int64_t resolved = count("resolved");
  const int64_t in_village = count("resolved_household") + count("resolved_village");
  cells.push_back(WithCommas(count("registered")));
  cells.push_back(Percent(resolved, count("registered")));
  cells.push_back(WithCommas(count("major_registered")));
  cells.push_back(Percent(count("major_resolved"), count("major_registered")));
  cells.push_back(Percent(count("on_time"), resolved));
  cells.push_back(Percent(in_village, resolved));
  cells.push_back(Percent(count("resolved_township"), resolved));
  cells.push_back(Percent(count("resolved_county"), resolved));
  rows_.push_back(std::move(cells));
}

std::string Rates::Text() const {
  return Columns(rows_);
}

}  // namespace pingan::ctl
