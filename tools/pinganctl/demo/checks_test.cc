#include "tools/pinganctl/demo/checks.h"

#include "common/testing/matchers.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;
using ::testing::HasSubstr;

v1::Dispute Named(const std::string& name, int64_t revision) {
  v1::Dispute dispute;
  dispute.set_name(name);
  dispute.set_area("411602001001");
  dispute.set_revision(revision);
  return dispute;
}

Recount Of(const std::vector<std::string>& codes) {
  Recount recount;
  for (size_t i = 0; i < codes.size(); ++i) Add(Named("disputes/" + codes[i], i + 1), &recount);
  return recount;
}

TEST(CheckCodes, FindsGapsAndRepeats) {
  const struct {
    std::vector<std::string> codes;
    const char* problem;
  } kRows[] = {
      {{"411602-2025-000002", "411602-2025-000001", "411602-2026-000001"}, ""},
      {{"411602-2025-000002"}, "411602-2025: want 1, there is 2"},
      {{"411602-2025-000001", "411602-2025-000001"}, "411602-2025: want 2, there is 1"},
      {{"nonsense"}, ": want 1, there is 0"},
  };
  for (const auto& row : kRows) EXPECT_EQ(CheckCodes(Of(row.codes)).problem, row.problem);
}

TEST(CheckStatistics, FindsADifferenceInAnyCounter) {
  const Recount recount = Of({"411602-2025-000001"});
  EXPECT_EQ(recount.last_revision, 1);
  v1::GetStatisticsResponse answer;
  auto& row = *answer.add_rows();
  (*row.mutable_group())["area"] = "411602";
  for (const auto& [counter, count] : CountsOf(Named("", 0))) {
    (*row.mutable_counts())[counter] = count;
  }
  EXPECT_EQ(CheckStatistics(recount, answer).problem, "");
  for (auto& [counter, count] : *row.mutable_counts()) {
    ++count;
    EXPECT_THAT(CheckStatistics(recount, answer).problem,
                HasSubstr("411602 " + counter + ": said"));
    --count;
  }
  row.mutable_counts()->erase("late");
  (*row.mutable_counts())["another"] = 0;
  EXPECT_EQ(CheckStatistics(recount, answer).problem, "") << "zero is as good as none";
  (*row.mutable_counts())["another"] = 1;
  EXPECT_EQ(CheckStatistics(recount, answer).problem, "411602 another: said 1, counted 0");
  row.mutable_counts()->erase("another");
  row.mutable_counts()->erase("registered");
  EXPECT_EQ(CheckStatistics(recount, answer).problem, "411602 registered: said 0, counted 1");
  (*row.mutable_counts())["registered"] = 1;
  auto& other = *answer.add_rows();
  (*other.mutable_group())["area"] = "411603";
  (*other.mutable_counts())["late"] = 2;
  EXPECT_EQ(CheckStatistics(recount, answer).problem, "411603 late: said 2, counted 0");
}

// What the service derives is not believed: the recount goes by state and facts.
TEST(CountsOf, GoesByStateAndFacts) {
  v1::Dispute dispute = Named("", 0);
  dispute.set_state(v1::Dispute::PERFORMING);
  dispute.set_scale(v1::MAJOR_GROUP);
  dispute.set_resolved_level(v1::TOWNSHIP);
  Counts counts = CountsOf(dispute);
  for (const char* counter : {"registered", "resolved", "major_registered", "major_resolved",
                              "on_time", "resolved_township", "group_incidents"}) {
    EXPECT_EQ(counts[counter], 1) << counter;
    counts.erase(counter);
  }
  for (const auto& [counter, count] : counts) EXPECT_EQ(count, 0) << counter;
  dispute.set_state(v1::Dispute::REFUSED);
  dispute.set_scale(v1::INDIVIDUAL);
  dispute.set_major(true);
  dispute.mutable_resolve_time()->set_seconds(1);
  counts = CountsOf(dispute);
  EXPECT_EQ(counts["refused"], 1);
  EXPECT_EQ(counts["resolved"] + counts["major_registered"] + counts["resolved_township"], 0);
}

}  // namespace
}  // namespace pingan::ctl
