#include "tools/pinganctl/demo/report.h"

#include "tools/pinganctl/rates.h"

namespace pingan::ctl {

std::string RatesByCounty(
    const area::Tree& areas,
    const google::protobuf::RepeatedPtrField<common::v1::StatisticsRow>& by_area,
    const common::v1::StatisticsRow& city) {
  Rates rates({"county"});
  for (const auto& row : by_area) {
    if (row.counts().at("registered") == 0) continue;
    const std::string& code = row.group().at("area");
    const area::Area* area = areas.Find(code);
    rates.Add({area == nullptr ? code : area->name}, row);
  }
  rates.Add({"all"}, city);
  return rates.Text();
}

}  // namespace pingan::ctl
