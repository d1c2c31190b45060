// An export whose reader reads nothing more.
#include <gmock/gmock.h>

#include "common/testing/elapse.h"
#include "tests/integration/population_world.h"
#include "tests/integration/raw_streams.h"

namespace pingan::testing {
namespace {

namespace v1 = population::v1;

// More than gRPC takes ahead of a reader.
constexpr int kPersons = 2000;
// A token that lasts long enough to stall, and what the machine takes when it ends.
constexpr absl::Duration kLasts = absl::Seconds(3), kAtOnce = absl::Seconds(2);

class StalledExport : public PopulationWorld {};

// What was not read is let go of: the reader that reads on is told that the call was cancelled.
TEST_F(StalledExport, EndsWithItsToken) {
  std::vector<v1::ImportPersonsRequest> rows;
  for (int i = 0; i < kPersons; ++i) rows.push_back(Row(i));
  ASSERT_EQ(Import(rows).rows_stored(), kPersons);
  const absl::Time expires = Clock::Real().Now() + kLasts;
  const std::string token = server_.Token({.roles = {"police_officer"},
                                           .area = "411602",
                                           .purposes = {"data_quality"},
                                           .expires = expires});
  RawReader reader(server_, token, expires + absl::Minutes(2), v1::ExportPersonsRequest(),
                   "data_quality");
  v1::ExportPersonsResponse row;
  ASSERT_TRUE(reader.Read(&row));
  Elapse(expires + kAtOnce - Clock::Real().Now());
  EXPECT_THAT(server_.Log(), ::testing::ContainsRegex("\"ExportPersons\".*\"TOKEN_EXPIRED\""));
  int told = 1;
  while (reader.Read(&row)) ++told;
  EXPECT_LT(told, kPersons);
  EXPECT_EQ(reader.End().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace pingan::testing
