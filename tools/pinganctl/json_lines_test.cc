#include "tools/pinganctl/json_lines.h"

#include <fstream>
#include <sstream>

#include "common/testing/matchers.h"

namespace pingan::ctl {
namespace {

TEST(JsonLines, PassesOverWhatIsBrokenAndSaysWhere) {
  std::istringstream input(
      "{\"row_id\": \"a\", \"dispute\": {\"title\": \"one\"}}\n"
      "\n"
      "{\"row_id\": \"b\", \n"
      "{\"row_id\": \"c\", \"no_such_field\": 1}\r\n"
      "{\"row_id\": \"d\", \"dispute\": {\"title\": \"four\"}}");
  JsonLines lines(input);
  const auto* row = lines.Next();
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->row_id(), "a");
  EXPECT_FALSE(row->dry_run());
  lines.set_dry_run(true);
  row = lines.Next();
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->dispute().title(), "four");
  EXPECT_TRUE(row->dry_run());
  EXPECT_EQ(lines.Next(), nullptr);

  ASSERT_EQ(lines.broken().size(), 2u);
  EXPECT_EQ(lines.broken()[0].line, 3);
  EXPECT_EQ(lines.broken()[1].line, 4);
  EXPECT_NE(lines.broken()[1].problem.find("no_such_field"), std::string::npos);
  EXPECT_EQ(lines.LineOf("a"), 1);
  EXPECT_EQ(lines.LineOf("d"), 5);
  EXPECT_EQ(lines.LineOf("c"), 0);
}

TEST(JsonLines, ReadsTheLedgerOfTheTests) {
  std::ifstream input("tools/pinganctl/testdata/ledger.jsonl");
  JsonLines lines(input);
  int rows = 0;
  while (lines.Next() != nullptr) ++rows;
  EXPECT_EQ(rows, 199);
  ASSERT_EQ(lines.broken().size(), 1u);
  EXPECT_EQ(lines.broken()[0].line, 57);
}

}  // namespace
}  // namespace pingan::ctl
