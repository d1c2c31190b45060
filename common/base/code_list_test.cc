#include "common/base/code_list.h"

#include "common/testing/matchers.h"

namespace pingan {
namespace {

TEST(CodeList, HasItsHeaderAndTheCellsOfEachRow) {
  const auto list = ParseCodeList(
      "# name: hazard\n"
      "# version: 2\n"
      "# source: made up: by hand\n"
      "# a comment\n"
      "01\t火\tfire\n"
      "0101\t电\tpower\t01\t2024-01-01\t2025-01-01\n");
  EXPECT_EQ(list.name(), "hazard");
  EXPECT_EQ(list.version(), "2");
  EXPECT_EQ(list.source(), "made up: by hand");
  ASSERT_EQ(list.codes_size(), 2);
  EXPECT_EQ(list.codes(0).code(), "01");
  EXPECT_EQ(list.codes(0).label_zh(), "火");
  EXPECT_EQ(list.codes(0).label_en(), "fire");
  EXPECT_EQ(list.codes(0).parent(), "");
  EXPECT_EQ(list.codes(1).parent(), "01");
  EXPECT_EQ(list.codes(1).valid_from(), "2024-01-01");
  EXPECT_EQ(list.codes(1).valid_to(), "2025-01-01");
}

}  // namespace
}  // namespace pingan
