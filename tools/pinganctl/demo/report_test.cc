#include "tools/pinganctl/demo/report.h"

#include "common/testing/matchers.h"

namespace pingan::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

common::v1::StatisticsRow Row(const char* area, int64_t registered) {
  common::v1::StatisticsRow row;
  if (*area != 0) (*row.mutable_group())["area"] = area;
  (*row.mutable_counts())["registered"] = registered;
  (*row.mutable_counts())["reopened"] = 1;
  return row;
}

TEST(RatesByCounty, LeaveOutWhatRegisteredNothing) {
  const area::Tree areas = *area::Tree::Load("common/area/data/zhoukou.tsv");
  google::protobuf::RepeatedPtrField<common::v1::StatisticsRow> rows;
  for (const auto& row : {Row("411600", 0), Row("411602", 2)}) *rows.Add() = row;
  const std::string text = RatesByCounty(areas, rows, Row("", 2));
  EXPECT_THAT(text, Not(HasSubstr("周口市")));
  EXPECT_THAT(text, HasSubstr("川汇区"));
  EXPECT_THAT(text, HasSubstr("all"));
}

}  // namespace
}  // namespace pingan::ctl
