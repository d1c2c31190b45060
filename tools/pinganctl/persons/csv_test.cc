#include "tools/pinganctl/persons/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace pingan::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Encoding = CsvReader::Encoding;

std::vector<CsvRow> Rows(const std::string& text, Encoding encoding = Encoding::kByHead) {
  std::istringstream input(text);
  CsvReader reader(input, encoding);
  std::vector<CsvRow> rows;
  for (CsvRow row; reader.Next(&row);) rows.push_back(row);
  return rows;
}

TEST(Csv, ReadsQuotesCommasAndLineFeeds) {
  const auto rows = Rows("a,\"b, c\",\"say \"\"d\"\"\"\r\n\"one\ntwo\", x ,\r\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_THAT(rows[0].cells, ElementsAre("a", "b, c", "say \"d\""));
  EXPECT_THAT(rows[1].cells, ElementsAre("one\ntwo", "x", ""));
  EXPECT_EQ(rows[1].line, 2);
}

TEST(Csv, CountsLinesOverQuotedAndEmptyOnes) {
  const auto rows = Rows("a\n\n\"b\n\nb\"\n,,\n   \nc");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].line, 1);
  EXPECT_EQ(rows[1].line, 3);
  EXPECT_EQ(rows[2].line, 8);
}

TEST(Csv, KnowsTheEncodingByTheFirstLine) {
  const std::string name = "\xD0\xD5\xC3\xFB";  // 姓名 as GBK
  EXPECT_THAT(Rows("\xEF\xBB\xBF姓名\n王\n")[0].cells, ElementsAre("姓名"));
  EXPECT_THAT(Rows("姓名\n王\n")[1].cells, ElementsAre("王"));
  EXPECT_THAT(Rows(name + "\n\xCD\xF5\n")[0].cells, ElementsAre("姓名"));
  EXPECT_THAT(Rows(name + "\n\xCD\xF5\n")[1].cells, ElementsAre("王"));
  EXPECT_THAT(Rows("name\n\xCD\xF5\n", Encoding::kGb18030)[1].cells, ElementsAre("王"));
  // Four bytes: a character beyond GBK.
  EXPECT_THAT(Rows("name\n\x95\x32\x82\x36\n", Encoding::kGb18030)[1].cells, ElementsAre("𠀀"));
}

TEST(Csv, NamesTheLineThatIsOfAnotherEncoding) {
  const auto rows = Rows("name\n王\n\xCD\xF5\n李\n");
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[2].line, 3);
  EXPECT_EQ(rows[2].problem, "line 3 is not UTF-8");
  EXPECT_THAT(rows[3].cells, ElementsAre("李"));
  EXPECT_EQ(Rows("name\n\xCD\n", Encoding::kGb18030)[1].problem, "line 2 is not GB18030");
  EXPECT_THAT(Rows(std::string("a\0\nb\n", 5))[0].problem, HasSubstr("zero byte"));
}

TEST(Csv, ABrokenRowDoesNotTakeTheNextWithIt) {
  const struct {
    const char* line;
    const char* problem;
  } kRows[] = {
      {"x,\"never closed", "a quote is opened and not closed"},
      {"x,\"closed\" too early", "a quote stands where none can"},
      {"x,a\"b", "a quote stands where none can"},
      {"x\ry", "a carriage return stands alone"},
  };
  for (const auto& row : kRows) {
    const auto rows = Rows(std::string("head\n") + row.line + "\nnext,2\nlast,3\n");
    ASSERT_EQ(rows.size(), 4u) << row.line;
    EXPECT_EQ(rows[1].line, 2);
    EXPECT_THAT(rows[1].problem, HasSubstr(row.problem));
    EXPECT_THAT(rows[1].cells, IsEmpty());
    EXPECT_THAT(rows[2].cells, ElementsAre("next", "2"));
    EXPECT_EQ(rows[3].line, 4);
  }
}

TEST(Csv, LooksForAClosingQuoteOnlySoFar) {
  std::string text = "\"\n";
  for (int i = 0; i < 2 * CsvReader::kRowLinesMax; ++i) text += "x\n";
  text += "\"\n";
  const auto rows = Rows(text);
  ASSERT_EQ(rows.size(), 2u + 2 * CsvReader::kRowLinesMax);
  EXPECT_EQ(rows[0].problem, "a quote is opened and not closed");
  EXPECT_EQ(rows[1].line, 2);
  EXPECT_EQ(rows.back().problem, "a quote is opened and not closed");
}

TEST(Csv, RefusesARowThatIsTooLongAndGoesOn) {
  const std::string full(CsvReader::kRowBytesMax, 'x'), half(CsvReader::kRowBytesMax / 2 + 1, 'x');
  const auto rows = Rows("head\n" + full + "\n" + full + "x\n" + std::string(17 << 20, 'x') +
                         "\r\nnext\n\"" + half + "\n" + half + "\"\nlast\n" + full + "xx");
  ASSERT_EQ(rows.size(), 8u);
  EXPECT_THAT(rows[1].cells, ElementsAre(full));
  for (const auto& [row, line] : {std::pair(2, 3), {3, 4}, {5, 6}, {7, 9}}) {
    EXPECT_EQ(rows[row].line, line);
    EXPECT_EQ(rows[row].problem, "is longer than 65536 bytes") << line;
    EXPECT_THAT(rows[row].cells, IsEmpty());
  }
  EXPECT_THAT(rows[4].cells, ElementsAre("next"));
  EXPECT_EQ(rows[6].line, 8);
  EXPECT_THAT(rows[6].cells, ElementsAre("last"));
}

}  // namespace
}  // namespace pingan::ctl
