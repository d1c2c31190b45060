// The sweep of a process that counts days by another calendar than the one before.
#include "common/rpc/review.h"

#include <cstdlib>
#include <future>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/base/instants.h"
#include "common/rpc/sweep.h"
#include "common/server/process_fixture.h"
#include "common/testing/matchers.h"
#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::server {
namespace {

namespace v1 = disputes::v1;
using calendar::Calendar;
using rpc::Message;

constexpr int kThings = 600;  // three pages
const absl::CivilDay kMonday(2026, 3, 2);

constexpr int kAlways = 1 << 30;

std::atomic<int> ticks_left{kAlways};  // until the database is away, as far as a tick can tell

v1::Dispute& Thing(Message* record) {
  return *static_cast<v1::DisputeRecord*>(record)->mutable_dispute();
}

// Due after five working days.
absl::Time DueOf(const v1::Dispute& thing, const Calendar& calendar) {
  const absl::CivilDay start = calendar::DayOf(FromProto(thing.occur_time()));
  return calendar::EndOf(calendar.AddWorkingDays(start, 5)) + absl::Microseconds(1);
}

StatusOr<rpc::Plan> Tick(const Message& before, const Related&, const Env& env) {
  if (ticks_left-- <= 0) {
    return Error(absl::StatusCode::kUnavailable, common::v1::DATABASE_UNAVAILABLE, "away");
  }
  auto after = std::make_shared<v1::DisputeRecord>(static_cast<const v1::DisputeRecord&>(before));
  v1::Dispute& thing = *after->mutable_dispute();
  const absl::Time due = DueOf(thing, env.calendar);
  if (FromProto(thing.next_due_time()) == due) return rpc::Plan{after, {}};
  *thing.mutable_next_due_time() = ToProto(due);
  return rpc::Plan{after, {"deadline.moved"}};
}

const rpc::Table& Things() {
  static const auto* const table = [] {
    auto* table = new rpc::Table(testing::Things());
    table->columns = [](const Message& record) -> std::vector<store::Value> {
      const auto& thing = static_cast<const v1::DisputeRecord&>(record).dispute();
      return {absl::ToUnixMicros(FromProto(thing.next_due_time()))};
    };
    table->sequence = [](const Message&, absl::Time) { return std::string("things"); };
    table->number = [](Message* record, int64_t serial) {
      Thing(record).set_name(absl::StrCat("things/", serial));
    };
    table->tick = Tick;
    table->recounts = true;
    return table;
  }();
  return *table;
}

Calendar With(std::string_view days) {
  return Calendar::Parse(std::string(days), "test").value();
}

class ReviewTest : public ::testing::Test {
 protected:
  ReviewTest() {
    Flags flags = testing::SmallFlags(state_);
    flags.keyring = state_ + "/keyring";
    static const Limits kNone;
    auto process =
        Process::Start(flags, {.name = "things", .tables = {&Things()}, .limits = &kNone});
    EXPECT_OK(process);
    process_ = *std::move(process);
    for (int i = 0; i < kThings; ++i) Write(i);
  }

  // One that began on one of ten days, counted by the calendar before; it says a later day than
  // that, if told so.
  void Write(int i, absl::Duration late = absl::ZeroDuration()) {
    auto job = std::make_shared<rpc::WriteJob>();
    job->table = &Things();
    job->now = now_;
    job->decide = [&](const Message&, const Related&) -> StatusOr<rpc::Plan> {
      auto record = std::make_shared<v1::DisputeRecord>();
      v1::Dispute& thing = *record->mutable_dispute();
      *thing.mutable_occur_time() = ToProto(now_ + absl::Hours(24) * (i % 10));
      *thing.mutable_next_due_time() = ToProto(DueOf(thing, before_) + late);
      return rpc::Plan{record, {"thing.written"}};
    };
    std::promise<Status> written;
    process_->parts().writer->Execute(
        job, [&](StatusOr<rpc::Written> result) { written.set_value(result.status()); });
    ASSERT_OK(written.get_future().get());
  }

  rpc::Parts By(const Calendar& calendar) const {
    rpc::Parts parts = process_->parts();
    parts.calendar = &calendar;
    return parts;
  }

  // Sweeps as a replica would that starts with the calendar.
  void SweepBy(const Calendar& calendar, absl::Duration settle = absl::ZeroDuration(),
               absl::Duration later = absl::ZeroDuration()) const {
    const rpc::Parts parts = By(calendar);
    rpc::Sweep sweep(parts, {.interval = absl::Hours(1), .settle = settle});
    sweep.Run(now_ + later);
  }

  int64_t Revision() const { return process_->parts().store->Revision().value(); }

  // How many say another day than the calendar.
  int Wrong(const Calendar& calendar) const {
    int wrong = 0;
    for (int serial = 1; serial <= kThings; ++serial) {
      const auto found = process_->parts().records->Find(Things(), absl::StrCat("things/", serial));
      const v1::Dispute& thing = Thing((*found)->record.get());
      wrong += FromProto(thing.next_due_time()) != DueOf(thing, calendar);
    }
    return wrong;
  }

  const std::string state_ =
      absl::StrCat(std::getenv("TEST_TMPDIR"), "/",
                   ::testing::UnitTest::GetInstance()->current_test_info()->name());
  const absl::Time now_ = absl::FromCivil(kMonday, calendar::Shanghai());
  const Calendar before_ = With("# version: before\n");
  // Saturday the 7th is worked, Monday the 16th is not: days come earlier, or later, or stay.
  const Calendar after_ =
      With("# version: after\n2026-03-07\tworkday\tx\n2026-03-16\tholiday\tx\n");
  std::unique_ptr<Process> process_;
};

TEST_F(ReviewTest, MovesEachDayOnceEarlierAndLater) {
  SweepBy(before_);
  EXPECT_EQ(Revision(), kThings) << "nothing has moved";
  const int wrong = Wrong(after_);
  EXPECT_GT(wrong, kThings / 2);
  EXPECT_LT(wrong, kThings);
  SweepBy(after_, absl::Hours(1));
  EXPECT_EQ(Wrong(after_), wrong) << "not yet";
  SweepBy(after_);
  EXPECT_EQ(Wrong(after_), 0);
  EXPECT_EQ(Revision(), kThings + wrong);
  SweepBy(before_);
  EXPECT_EQ(Wrong(before_), 0) << "and back";
}

// More than a page of them.
TEST_F(ReviewTest, WhoIsNotDueAfterAllHoldsUpNobodyWhoIs) {
  Write(9, absl::Hours(1));
  SweepBy(before_, /*settle=*/absl::Hours(1), /*later=*/absl::Hours(24 * 365));
  EXPECT_EQ(Revision(), kThings + 2) << "the last of them was written";
}

TEST_F(ReviewTest, ReplicasThatReviewAtOnceMoveEachDayOnce) {
  const int wrong = Wrong(after_);
  std::thread other([this] { SweepBy(after_); });
  SweepBy(after_);
  other.join();
  SweepBy(after_);
  EXPECT_EQ(Wrong(after_), 0);
  EXPECT_EQ(Revision(), kThings + wrong);
}

TEST_F(ReviewTest, WhatTheDatabaseWasAwayForIsLookedAtAgain) {
  ticks_left = 0;
  SweepBy(after_);
  ticks_left = kAlways;
  EXPECT_EQ(Revision(), kThings);
  SweepBy(after_);
  EXPECT_EQ(Wrong(after_), 0);
}

// A deployment that ended in its first page and is taken back.
TEST_F(ReviewTest, WhatOthersMovedBeforeTheyEndedIsPutBack) {
  SweepBy(before_);
  ticks_left = 100;
  SweepBy(after_);
  ticks_left = kAlways;
  EXPECT_GT(Wrong(before_), 0);
  SweepBy(before_);
  EXPECT_EQ(Wrong(before_), 0);
}

TEST_F(ReviewTest, GoesOnWhereItStoodAndIsOverOnce) {
  store::Store* const store = process_->parts().store;
  const auto next = [](rpc::Review* review) { return review->Next(kThings / 2).value(); };
  rpc::Review ended(store, &Things(), "new");
  const auto first = next(&ended);
  ASSERT_EQ(first.size(), kThings / 2u);
  EXPECT_EQ(next(&ended).front().key, first.front().key) << "not done";
  ASSERT_OK(ended.Done(first.back()));

  rpc::Review resumed(store, &Things(), "new"), shares(store, &Things(), "new");
  const auto second = next(&resumed);
  ASSERT_EQ(second.size(), kThings / 2u);
  EXPECT_NE(second.front().key, first.front().key);
  EXPECT_EQ(next(&shares).front().key, second.front().key);
  ASSERT_OK(resumed.Done(second.back()));
  ASSERT_OK(shares.Done(second.back()));
  EXPECT_TRUE(next(&resumed).empty());
  EXPECT_TRUE(resumed.over());
  rpc::Review later(store, &Things(), "new");
  EXPECT_TRUE(next(&later).empty());
  EXPECT_TRUE(later.over());
}

TEST_F(ReviewTest, EndsWhereOneByOtherRulesBeganAfterIt) {
  store::Store* const store = process_->parts().store;
  rpc::Review older(store, &Things(), "old"), newer(store, &Things(), "new");
  ASSERT_OK_AND_ASSIGN(const auto rows, older.Next(10));
  ASSERT_OK(older.Done(rows.back()));
  ASSERT_OK_AND_ASSIGN(const auto same, newer.Next(10));
  EXPECT_EQ(same.front().key, rows.front().key);
  ASSERT_OK(newer.Done(same.back()));
  ASSERT_OK_AND_ASSIGN(const auto none, older.Next(10));
  EXPECT_TRUE(none.empty());
  EXPECT_TRUE(older.over());
  ASSERT_OK_AND_ASSIGN(const auto more, newer.Next(10));
  EXPECT_EQ(more.size(), 10u);
}

}  // namespace
}  // namespace pingan::server
