#include "tools/pinganctl/demo/counts.h"

#include "absl/strings/str_cat.h"

namespace pingan::ctl {

std::string Difference(CountsByCounty counted,
                       const google::protobuf::RepeatedPtrField<common::v1::StatisticsRow>& said) {
  CountsByCounty answered;
  for (const auto& row : said) {
    Counts& counts = answered[row.group().at("area")];
    for (const auto& [name, count] : row.counts()) {
      counts[name] = count;
      counted[row.group().at("area")].try_emplace(name, 0);
    }
  }
  for (const auto& [county, counts] : counted) {
    for (const auto& [name, count] : counts) {
      const int64_t answer = answered[county][name];
      if (answer == count) continue;
      return absl::StrCat(county, " ", name, ": said ", answer, ", counted ", count);
    }
  }
  return "";
}

}  // namespace pingan::ctl
