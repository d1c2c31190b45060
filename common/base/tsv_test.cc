#include "common/base/tsv.h"

#include <fstream>

#include "common/testing/matchers.h"

namespace pingan {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Tsv, HasHeaderRowsAndLineNumbers) {
  const Tsv tsv = ParseTsv(
      "# source: a: b\r\n"
      "# a comment\n"
      "#: no key\n"
      "\n"
      "1\tone\r\n"
      "2\t\t\n"
      "# version: 7\n"
      "3",
      "numbers");
  EXPECT_THAT(tsv.header, ElementsAre(Pair("source", "a: b"), Pair("version", "7")));
  ASSERT_EQ(tsv.rows.size(), 3u);
  EXPECT_EQ(tsv.rows[0].line, 5u);
  EXPECT_THAT(tsv.rows[0].cells, ElementsAre("1", "one"));
  EXPECT_THAT(tsv.rows[1].cells, ElementsAre("2", "", ""));
  EXPECT_EQ(tsv.rows[2].line, 8u);
  EXPECT_THAT(tsv.rows[2].cells, ElementsAre("3"));
  const Status malformed = tsv.Malformed(6, "want a name");
  EXPECT_THAT(malformed,
              testing::Fails(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID));
  EXPECT_EQ(StdView(malformed.message()), "numbers:6: want a name");
}

TEST(Tsv, TakesTheMarkOfASpreadsheet) {
  const Tsv tsv = ParseTsv("\xEF\xBB\xBF# version: 7\n1\n", "numbers");
  EXPECT_THAT(tsv.header, ElementsAre(Pair("version", "7")));
  EXPECT_EQ(tsv.rows.size(), 1u);
}

TEST(Tsv, NamesAFileThatIsNotThere) {
  for (const std::string& path : {std::string("/absent/areas.tsv"), ::testing::TempDir()}) {
    const auto absent = ReadFile("area file", path);
    EXPECT_THAT(absent, testing::Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT));
    EXPECT_EQ(StdView(absent.status().message()), "cannot read the area file " + path);
  }
}

TEST(Tsv, ReadsAFileAsItIsAlsoAnEmptyOne) {
  const std::string path = ::testing::TempDir() + "/file";
  for (const std::string& text : {std::string(), std::string("a\0\xff\r\n", 5)}) {
    std::ofstream(path, std::ios::binary) << text;
    ASSERT_OK_AND_ASSIGN(const std::string read, ReadFile("file", path));
    EXPECT_EQ(read, text);
  }
}

}  // namespace
}  // namespace pingan
