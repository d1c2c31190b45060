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

TEST(Csv, ReadsQuotesAndCommas) {
  const auto rows = Rows("a,\"b, c\",\"say \"\"d\"\"\"\r\n\"one\", x ,\r\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_THAT(rows[0].cells, ElementsAre("a", "b, c", "say \"d\""));
  EXPECT_THAT(rows[1].cells, ElementsAre("one", "x", ""));
  EXPECT_EQ(rows[1].line, 2);
}

TEST(Csv, CountsLinesOverEmptyOnes) {
  const auto rows = Rows("a\n\n\"b\"\n,,\n   \n\r\r\nc");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].line, 1);
  EXPECT_EQ(rows[1].line, 3);
  EXPECT_EQ(rows[2].line, 7);
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
  EXPECT_EQ(rows[2].problem, "is not UTF-8");
  EXPECT_THAT(rows[3].cells, ElementsAre("李"));
  EXPECT_EQ(Rows("name\n\xCD\n", Encoding::kGb18030)[1].problem, "is not GB18030");
  EXPECT_THAT(Rows(std::string("a\0\nb\n", 5))[0].problem, HasSubstr("zero byte"));
}

TEST(Csv, ABrokenRowDoesNotTakeTheNextWithIt) {
  const struct {
    const char* line;
    const char* problem;
    std::optional<size_t> cell;
    std::vector<std::string> before;
  } kRows[] = {
      {"x,\"never closed", "a quote is opened and not closed on its line", 1, {"x"}},
      {"x,\"closed\" too early", "a quote stands where none can", 1, {"x"}},
      {"x,a\"b", "a quote stands where none can", 1, {"x"}},
      {"\"x,\"y\"", "a quote stands where none can", 0, {}},
      {"x\ry", "a carriage return stands alone", {}, {}},
  };
  for (const auto& row : kRows) {
    const auto rows = Rows(std::string("head\n") + row.line + "\nnext,2\nlast,3\n");
    ASSERT_EQ(rows.size(), 4u) << row.line;
    EXPECT_EQ(rows[1].line, 2);
    EXPECT_EQ(rows[1].problem, row.problem);
    EXPECT_EQ(rows[1].cell, row.cell);
    EXPECT_EQ(rows[1].cells, row.before);
    EXPECT_THAT(rows[2].cells, ElementsAre("next", "2"));
    EXPECT_EQ(rows[3].line, 4);
  }
}

TEST(Csv, TwoStrayQuotesDoNotSwallowTheRowsBetween) {
  const auto rows = Rows("name,sex\nx,\"1\ny,2\nz,1\"\nlast,2\n");
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[1].cell, 1u);
  EXPECT_THAT(rows[2].cells, ElementsAre("y", "2"));
  EXPECT_EQ(rows[3].problem, "a quote stands where none can");
  EXPECT_THAT(rows[4].cells, ElementsAre("last", "2"));
}

TEST(Csv, RefusesARowThatIsTooLongAndGoesOn) {
  const std::string full(CsvReader::kRowBytesMax, 'x');
  const auto rows = Rows("head\n" + full + "\r\n" + full + "x\n" + std::string(17 << 20, 'x') +
                         "\r\nnext\n" + full + "xx");
  ASSERT_EQ(rows.size(), 6u);
  EXPECT_THAT(rows[1].cells, ElementsAre(full));
  for (const size_t i : {2, 3, 5}) {
    EXPECT_EQ(rows[i].line, static_cast<int64_t>(i) + 1);
    EXPECT_EQ(rows[i].problem, "is longer than 65536 bytes");
    EXPECT_THAT(rows[i].cells, IsEmpty());
  }
  EXPECT_THAT(rows[4].cells, ElementsAre("next"));
}

}  // namespace
}  // namespace pingan::ctl
