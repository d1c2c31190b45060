#include "tools/pinganctl/demo/checks.h"

#include "common/testing/matchers.h"
#include "services/disputes/statistics.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;

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
  EXPECT_EQ(CheckStatistics(recount, answer).problem, "411602 registered: said 0, counted 1");
  (*row.mutable_counts())["registered"] = 1;
  EXPECT_EQ(CheckStatistics(recount, answer).problem, "");
  (*answer.add_rows()->mutable_group())["area"] = "411603";
  EXPECT_EQ(CheckStatistics(recount, answer).problem, "an area is answered that has no disputes");
}

}  // namespace
}  // namespace pingan::ctl
