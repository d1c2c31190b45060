// What is printed of a city that was lived.
#pragma once

#include <string>

#include "common/area/tree.h"
#include "pingan/common/v1/resource.pb.h"

namespace pingan::ctl {

// The rates of each county, and of the whole city last. An area that registered nothing is left
// out: of the city's own, only what was reopened against its office is counted.
std::string RatesByCounty(
    const area::Tree& areas,
    const google::protobuf::RepeatedPtrField<common::v1::StatisticsRow>& by_area,
    const common::v1::StatisticsRow& city);

}  // namespace pingan::ctl
