// Random counts for the tests of cube and fold, over few enough values that cells are hit often.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "common/events/cube.h"
#include "common/events/events_fixture.h"
#include "pingan/common/v1/resource.pb.h"

namespace pingan::events {

inline bool operator==(const CubeRow& a, const CubeRow& b) {
  return a.group == b.group && a.counts == b.counts;
}

inline void PrintTo(const CubeRow& row, std::ostream* os) {
  *os << ::testing::PrintToString(row.group) << " = " << ::testing::PrintToString(row.counts);
}

inline Measures TestMeasures() {
  return {.dimensions = {"category", "level"},
          .counters = {"registered", "resolved", "late"},
          .derived = {{"group", "category", 2}}};
}

inline common::v1::Delta DeltaOf(const std::string& area, const std::string& month,
                                 const std::vector<std::string>& dimensions,
                                 const std::vector<int64_t>& counts) {
  common::v1::Delta delta;
  delta.set_area(area);
  delta.set_period(month);
  for (const auto& value : dimensions) delta.add_dimensions(value);
  for (const auto count : counts) delta.add_counts(count);
  return delta;
}

inline std::string RandomMonth(std::mt19937& random) {
  static const char* const kMonths[] = {"2025-11", "2025-12", "2026-01", "2026-02", "2026-10"};
  return kMonths[random() % 5];
}

inline common::v1::Delta RandomDelta(std::mt19937& random) {
  static const char* const kPlaces[] = {"411602001001", "411602001002", "411602010001",
                                        "411602100001", "411602110001", "411603001001",
                                        "411603000000", "411602001000", "411721001001",
                                        "411700000000", "420102001001", "041602001001"};
  static const char* const kCategories[] = {"0101", "0102", "0110", "0201", "1001", "1701"};
  return DeltaOf(kPlaces[random() % 12], RandomMonth(random),
                 {kCategories[random() % 6], std::to_string(1 + random() % 5)},
                 {1, static_cast<int64_t>(random() % 3) - 1, static_cast<int64_t>(random() % 2)});
}

inline std::string Describe(const CubeQuery& query) {
  return query.scope + " " + query.from_period + ".." + query.to_period + " by " +
         ::testing::PrintToString(query.group_by) + " where " +
         ::testing::PrintToString(query.filters);
}

// All that a cube counts, in two provinces and a code with a leading zero.
inline std::vector<CubeRow> Everything(const Cube& cube) {
  std::vector<CubeRow> all;
  for (const char* scope : {"04", "41", "42", "4116", "411602", "411602001", "411602001001"}) {
    for (const auto& group_by : std::vector<std::vector<std::string>>{
             {}, {"area", "month", "category", "level"}, {"area"}, {"month", "group"}}) {
      const auto rows = cube.Ask({.scope = scope, .group_by = group_by});
      EXPECT_OK(rows);
      all.insert(all.end(), rows->begin(), rows->end());
    }
  }
  return all;
}

}  // namespace pingan::events
