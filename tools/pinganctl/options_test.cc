#include "tools/pinganctl/options.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/testing/matchers.h"
#include "google/protobuf/timestamp.pb.h"
#include "tools/pinganctl/print.h"
#include "tools/pinganctl/problem.h"
#include "tools/pinganctl/progress.h"

namespace pingan::ctl {
namespace {

using ::testing::ElementsAre;
using testing::Fails;

const std::vector<Flag> kFlags = {{"state", Flag::kText, ".run", ""},
                                  {"count", Flag::kNumber, "0", ""},
                                  {"hours", Flag::kNumber, "8", "", 1, 24},
                                  {"rows", Flag::kNumber, "1", "", 1},
                                  {"json", Flag::kSwitch, "", ""}};

TEST(Options, AreReadInAnyForm) {
  ASSERT_OK_AND_ASSIGN(
      const Options options,
      Options::Parse(kFlags, {"a", "--state", "dir", "--count=-7", "--json", "b"}));
  EXPECT_EQ(options.Text("state"), "dir");
  EXPECT_EQ(options.Number("count"), -7);
  EXPECT_TRUE(options.On("json"));
  EXPECT_THAT(options.words(), ElementsAre("a", "b"));
}

TEST(Options, HaveFallbacks) {
  ASSERT_OK_AND_ASSIGN(const Options options, Options::Parse(kFlags, {}));
  EXPECT_EQ(options.Text("state"), ".run");
  EXPECT_EQ(options.Number("count"), 0);
  EXPECT_FALSE(options.On("json"));
}

TEST(Options, WhatIsNotUnderstoodIsAnErrorOfUsage) {
  for (const std::vector<std::string>& args :
       {std::vector<std::string>{"--nope"}, {"--count"}, {"--count=many"}, {"--json=perhaps"}}) {
    const auto options = Options::Parse(kFlags, args);
    EXPECT_THAT(options, Fails(absl::StatusCode::kInvalidArgument, common::v1::REASON_UNSPECIFIED));
    EXPECT_EQ(ExitOf(options.status()), kUsage) << args[0];
  }
}

TEST(Options, ANumberHasBounds) {
  for (const char* good : {"--hours=1", "--hours=24", "--rows=1", "--rows=9223372036854775807"}) {
    EXPECT_OK(Options::Parse(kFlags, {good}));
  }
  const auto problem = [](const char* arg) {
    return std::string(Options::Parse(kFlags, {arg}).status().message());
  };
  EXPECT_EQ(problem("--hours=0"), "--hours: want 1 to 24");
  EXPECT_EQ(problem("--hours=25"), "--hours: want 1 to 24");
  EXPECT_EQ(problem("--rows=-1"), "--rows: want at least 1");
}

TEST(Problem, TellsRefusalsFromUsageAndSilence) {
  EXPECT_EQ(ExitOf(absl::OkStatus()), kDone);
  EXPECT_EQ(ExitOf(FieldError("area", "want 12 digits")), kRefused);
  EXPECT_EQ(ExitOf(Error(absl::StatusCode::kUnavailable, common::v1::DRAINING, "draining")),
            kRefused);
  EXPECT_EQ(ExitOf(absl::UnavailableError("nothing answers")), kUnreachable);
  EXPECT_EQ(ExitOf(absl::FailedPreconditionError("a check failed")), kRefused);
}

TEST(Problem, NamesFieldsAndWhatIsAllowed) {
  EXPECT_EQ(Describe(FieldError("dispute.area", "no such area")),
            "INVALID_ARGUMENT FIELD_INVALID: dispute.area: no such area\n"
            "  dispute.area: no such area\n");
  EXPECT_EQ(Describe(Error(absl::StatusCode::kFailedPrecondition, "not now",
                           {.reason = common::v1::ACTION_NOT_ALLOWED,
                            .allowed_actions = {"AcceptDispute", "RefuseDispute"}})),
            "FAILED_PRECONDITION ACTION_NOT_ALLOWED: not now\n"
            "  allowed now: AcceptDispute, RefuseDispute\n");
}

TEST(Progress, LineSaysRateAndTimeLeft) {
  EXPECT_EQ(
      ProgressLine("demo", 5000, 20000, 2, "2025-05-02"),
      "demo  [#####...............]  25 %  5,000 of 20,000  2,500 a second  6 s left  2025-05-02");
  EXPECT_EQ(ProgressLine("audit", 1234567, 0, 0, ""), "audit  1,234,567  0 a second");
  EXPECT_EQ(ProgressLine("demo", 4, 4, 2, ""),
            "demo  [####################] 100 %  4 of 4  2 a second");
}

TEST(Progress, MakesRoomForOtherLinesOnATerminal) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_EQ(grantpt(terminal) | unlockpt(terminal), 0);
  std::FILE* out = std::fopen(ptsname(terminal), "w");
  ASSERT_NE(out, nullptr);
  Progress progress("import", 10, out);
  progress.Hide();
  pollfd written{.fd = terminal, .events = POLLIN, .revents = 0};
  ASSERT_EQ(poll(&written, 1, 5000), 1);
  char shown[16] = "";
  EXPECT_EQ(read(terminal, shown, sizeof shown), 4);
  EXPECT_STREQ(shown, "\r\x1b[K");
}

TEST(Progress, WritesNoTerminalCodesIntoALog) {
  std::FILE* log = std::tmpfile();
  Progress("import", 10, log).Hide();
  EXPECT_EQ(std::ftell(log), 0);
  std::fclose(log);
}

TEST(Progress, SaysNothingOfShortWorkAwayFromATerminal) {
  std::FILE* file = std::tmpfile();
  { Progress("demo", 2, file).Set(2); }
  EXPECT_EQ(std::ftell(file), 0);
  std::fclose(file);
}

TEST(WithCommas, GroupsByThree) {
  EXPECT_EQ(WithCommas(0), "0");
  EXPECT_EQ(WithCommas(999), "999");
  EXPECT_EQ(WithCommas(-1000), "-1,000");
  EXPECT_EQ(WithCommas(-100), "-100");
}

TEST(Json, SaysWhatItCannotSay) {
  google::protobuf::Timestamp time;
  ASSERT_OK_AND_ASSIGN(const std::string json, Json(time));
  EXPECT_EQ(json, "\"1970-01-01T00:00:00Z\"");
  time.set_seconds(-99'999'999'999'999);
  EXPECT_THAT(Json(time), Fails(absl::StatusCode::kInternal, common::v1::REASON_UNSPECIFIED));
  EXPECT_EQ(ExitOf(Json(time).status()), kRefused);
}

TEST(Columns, CountChineseAsTwoPlaces) {
  EXPECT_EQ(Columns({{"county", "all"}, {"川汇区", "7"}}), "county  all\n川汇区    7\n");
}

TEST(Percent, OfNothingIsNothing) {
  EXPECT_EQ(Percent(9, 10), "90.0 %");
  EXPECT_EQ(Percent(0, 0), "-");
}

}  // namespace
}  // namespace pingan::ctl
