#include "services/disputes/moved.h"

#include "common/base/instants.h"
#include "common/testing/matchers.h"
#include "services/disputes/rules_fixture.h"
#include "services/disputes/sweep.h"

namespace pingan::disputes {
namespace {

using testing::At;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::World;

const absl::Duration kLast = absl::Hours(24) - absl::Microseconds(1);

// No holiday but those named.
calendar::Calendar With(std::string_view days) {
  const auto parsed = calendar::Calendar::Parse("# version: edited\n" + std::string(days), "test");
  EXPECT_OK(parsed);
  return *parsed;
}

// Registered on Monday, March 2: three working days to accept by management, five by statute.
TEST(Moved, NamesEachClockWithItsDaysBeforeAndAfter) {
  const World world;
  const v1::Dispute dispute = world.Registered().dispute();
  EXPECT_THAT(MovedBy(dispute, world.calendar), IsEmpty());
  EXPECT_THAT(MovedBy(dispute, With("")), IsEmpty()) << "another version, the same days";

  const auto both = MovedBy(dispute, With("2026-03-04\tholiday\tfestival\n"));
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0].clock, "statutory");
  EXPECT_EQ(both[0].before, At("2026-03-09 00:00") + kLast);
  EXPECT_EQ(both[0].after, At("2026-03-10 00:00") + kLast);
  EXPECT_EQ(both[1].clock, "management");
  EXPECT_EQ(both[1].before, At("2026-03-05 00:00") + kLast);
  EXPECT_EQ(both[1].after, At("2026-03-06 00:00") + kLast);

  const auto earlier = MovedBy(dispute, With("2026-03-07\tworkday\tmake-up\n"));
  ASSERT_EQ(earlier.size(), 1u) << "after the management limit";
  EXPECT_EQ(earlier[0].after, At("2026-03-07 00:00") + kLast);
}

TEST(Moved, IsNothingOfACaseThatStands) {
  const World world;
  const calendar::Calendar edited =
      With("2026-03-04\tholiday\tfestival\n2026-04-01\tholiday\tfestival\n");
  EXPECT_EQ(MovedBy(world.InState(v1::Dispute::ACCEPTED).dispute(), edited).size(), 1u);
  EXPECT_THAT(MovedBy(world.InState(v1::Dispute::CLOSED).dispute(), edited), IsEmpty());
  EXPECT_THAT(MovedBy(world.Do(Action::kPauseClock, world.Registered()).dispute(), edited),
              IsEmpty());
}

// What was due by the calendar before is not, and is looked at again when it is.
TEST(Moved, ASweepPutsTheCaseOnItsNewDay) {
  const World world;
  v1::DisputeRecord record = world.Registered();
  const calendar::Calendar edited = With("2026-03-04\tholiday\tfestival\n");
  const auto tick = [&](const char* now) {
    const Env env{world.caller, At(now), world.areas, edited, world.limits};
    auto decided = DecideTick(record, env);
    EXPECT_OK(decided);
    record = decided->after;
    return decided->events;
  };
  EXPECT_EQ(FromProto(record.dispute().next_due_time()), At("2026-03-05 00:00"));
  EXPECT_THAT(tick("2026-03-05 00:00"), ElementsAre("deadline.moved"));
  EXPECT_EQ(FromProto(record.dispute().next_due_time()), At("2026-03-06 00:00"));
  EXPECT_EQ(FromProto(record.dispute().statutory().due_time()), At("2026-03-10 00:00") + kLast);
  EXPECT_EQ(record.dispute().statutory().calendar_version(), "edited");
  EXPECT_THAT(tick("2026-03-05 00:00"), IsEmpty());
  EXPECT_THAT(tick("2026-03-06 00:00"), ElementsAre("yellow_card.issued"));
}

// Before anything is due, whichever of its days it is: earlier, or later than the next one.
TEST(Moved, ATickRestatesWhatAnotherCalendarMovesAheadOfItsDay) {
  const World world;
  const v1::DisputeRecord record = world.Registered();
  const auto tick = [&](std::string_view days) {
    const calendar::Calendar edited = With(days);
    return DecideTick(record, {world.caller, world.now, world.areas, edited, world.limits}).value();
  };
  EXPECT_THAT(tick("").events, IsEmpty()) << "another version, the same days";

  const auto later = tick("2026-03-03\tholiday\tfestival\n");
  EXPECT_THAT(later.events, ElementsAre("deadline.moved"));
  EXPECT_EQ(FromProto(later.after.dispute().next_due_time()), At("2026-03-06 00:00"));

  const auto earlier = tick("2026-03-07\tworkday\tmake-up\n");
  EXPECT_THAT(earlier.events, ElementsAre("deadline.moved"));
  EXPECT_EQ(earlier.after.dispute().next_due_time().seconds(),
            record.dispute().next_due_time().seconds());
  EXPECT_EQ(FromProto(earlier.after.dispute().statutory().due_time()),
            At("2026-03-07 00:00") + kLast);
}

}  // namespace
}  // namespace pingan::disputes
