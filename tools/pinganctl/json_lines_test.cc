#include "tools/pinganctl/json_lines.h"

#include <fstream>
#include <sstream>

#include "common/testing/matchers.h"

namespace pingan::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

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

TEST(JsonLines, ALineThatCannotBeReadIsToldUnderItsRowId) {
  const struct {
    const char* line;
    const char* row_id;
  } kRows[] = {
      {R"({"row_id": "a-1", "no_such_field": 1})", "a-1"},
      {R"({"dispute": {"title": "x", "area": }, "row_id":"a-2"})", "a-2"},
      {R"({ "rowId" : "a-3", "dispute": {)", "a-3"},
      {R"({"dispute": {"title": "{\"row_id\": \"a-4\"}", "x": 1}})", ""},
      {R"({"row_id": "11010519491231002X", "dispute": {)", ""},
      {R"({"row_id": "王伟", "dispute": {)", ""},
      {R"([])", ""},
      {R"({"row_id": "a-5", "dispute": 7})", "a-5"},
  };
  for (const auto& row : kRows) {
    std::istringstream input(row.line);
    JsonLines lines(input);
    Row read;
    std::vector<RowProblem> problems;
    ASSERT_TRUE(lines.Next(&read, &problems));
    ASSERT_EQ(problems.size(), 1u) << row.line;
    EXPECT_EQ(problems[0].row_id, row.row_id) << row.line;
    EXPECT_THAT(problems[0].reason, Not(StartsWith(":"))) << row.line;
  }
}

}  // namespace
}  // namespace pingan::ctl
