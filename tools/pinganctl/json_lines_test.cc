#include "tools/pinganctl/json_lines.h"

#include <fstream>
#include <sstream>

#include "common/testing/matchers.h"

namespace pingan::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Found {
  std::vector<std::string> rows;  // "line row_id"
  std::vector<RowProblem> problems;
};

Found AllOf(std::istream& input) {
  JsonLines lines(input);
  Found found;
  while (true) {
    Row row;
    const size_t before = found.problems.size();
    if (!lines.Next(&row, &found.problems)) return found;
    if (found.problems.size() > before) continue;
    found.rows.push_back(std::to_string(row.line) + " " + RowIdOf(*row.request));
  }
}

TEST(JsonLines, PassesOverWhatIsBrokenAndSaysWhere) {
  std::istringstream input(
      "\xEF\xBB\xBF{\"row_id\": \"a\", \"dispute\": {\"title\": \"one\"}}\n"
      "\n"
      "{\"row_id\": \"b\", \n"
      "{\"row_id\": \"c\", \"no_such_field\": 1}\r\n"
      "{\"row_id\": \"d\", \"dispute\": {\"title\": \"four\"}}");
  const Found found = AllOf(input);
  EXPECT_THAT(found.rows, ElementsAre("1 a", "5 d"));
  ASSERT_EQ(found.problems.size(), 2u);
  EXPECT_EQ(found.problems[0].line, 3);
  EXPECT_EQ(found.problems[1].line, 4);
  EXPECT_THAT(found.problems[1].reason, HasSubstr("no_such_field"));
  for (const RowProblem& problem : found.problems) {
    EXPECT_EQ(problem.reason.find('\n'), std::string::npos) << problem.reason;
  }
}

TEST(JsonLines, ReadsTheLedgerOfTheTests) {
  std::ifstream input("tools/pinganctl/testdata/ledger.jsonl");
  const Found found = AllOf(input);
  EXPECT_EQ(found.rows.size(), 199u);
  ASSERT_EQ(found.problems.size(), 1u);
  EXPECT_EQ(found.problems[0].line, 57);
}

}  // namespace
}  // namespace pingan::ctl
