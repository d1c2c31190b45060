#include "common/auth/revocations.h"

#include "common/testing/matchers.h"

namespace pingan::auth {
namespace {

using testing::Fails;

TEST(Revocations, HoldHoweverTheFileWasSaved) {
  for (const char* text : {
           "sub li\njti 5f\n",
           "sub li\njti 5f",
           "sub li\r\njti 5f\r\n",
           "sub li  \njti 5f\t\n",
           "  sub   li\n\tjti\t5f\n",
           "\xEF\xBB\xBFsub li\njti 5f\n",
           "\xEF\xBB\xBF# left in May\r\n\r\nsub li\r\n  # stolen\r\njti 5f\r\n",
       }) {
    ASSERT_OK_AND_ASSIGN(const Revocations revoked, Revocations::Parse(text));
    EXPECT_TRUE(revoked.Cover("li", "")) << text;
    EXPECT_TRUE(revoked.Cover("wang", "5f")) << text;
    EXPECT_TRUE(revoked.Cover(" li ", "")) << "as the line is: " << text;
    EXPECT_FALSE(revoked.Cover("wang", "")) << text;
    EXPECT_FALSE(revoked.Cover("5f", "li")) << text;
    EXPECT_TRUE(revoked.unread().empty()) << text;
  }
}

TEST(Revocations, NamesMayHaveBlanksAndSigns) {
  ASSERT_OK_AND_ASSIGN(const Revocations revoked,
                       Revocations::Parse("sub Li Na\nsub #7\nsub \xE6\x9D\x8E\n"));
  for (const char* name : {"Li Na", "#7", "李"}) EXPECT_TRUE(revoked.Cover(name, "")) << name;
  EXPECT_FALSE(revoked.Cover("Li", ""));
  EXPECT_TRUE(revoked.unread().empty());
}

TEST(Revocations, ALineThatSaysNothingKeepsNoOtherFromHolding) {
  for (const char* line : {
           "user li", "sub", "sub ", "li", "SUB li", "subli", "sub wang # left in May",
           "sub wang\rsub zhang",
           "sub \xC0\xEE",  // GB18030
       }) {
    const std::string text = std::string("sub li\n") + line + "\njti 5f\n";
    ASSERT_OK_AND_ASSIGN(const Revocations revoked, Revocations::Parse(text));
    EXPECT_TRUE(revoked.Cover("li", "")) << line;
    EXPECT_TRUE(revoked.Cover("", "5f")) << line;
    EXPECT_THAT(revoked.unread(), ::testing::ElementsAre(2)) << line;
  }
}

TEST(Revocations, AnotherFileIsNoneOfThem) {
  for (const char* text : {"wang", "{\"keys\":[]}", "sub\n\n# nobody\n"}) {
    const auto parsed = Revocations::Parse(text);
    EXPECT_THAT(parsed, Fails(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID));
    EXPECT_EQ(parsed.status().message().find("wang"), absl::string_view::npos);
  }
  for (const char* text : {"", "\n\r\n", "# nobody\n"}) {
    ASSERT_OK_AND_ASSIGN(const Revocations none, Revocations::Parse(text));
    EXPECT_EQ(none, Revocations()) << text;
  }
}

TEST(Revocations, AnAbsentFileIsAnErrorAndNoFileIsNone) {
  EXPECT_THAT(Revocations::Read(::testing::TempDir() + "/none"),
              Fails(absl::StatusCode::kUnavailable, common::v1::REASON_UNSPECIFIED));
  ASSERT_OK_AND_ASSIGN(const Revocations none, Revocations::Read(""));
  EXPECT_EQ(none, Revocations());
}

}  // namespace
}  // namespace pingan::auth
