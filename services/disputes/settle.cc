#include "services/disputes/settle.h"

#include <algorithm>
#include <utility>

#include "common/base/instants.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/limits.h"

namespace pingan::disputes {
namespace {

// A deadline is the last instant in time; what it starts comes with the instant after it.
constexpr absl::Duration kInstant = absl::Microseconds(1);

calendar::Limit LimitOf(const v1::Clock& clock, int days, int offset) {
  return {.base = clock.base() == v1::Clock::WORKING_DAYS ? calendar::Base::kWorkingDays
                                                          : calendar::Base::kCalendarDays,
          .days = std::max(0, days + offset),
          .source = clock.source()};
}

void Start(v1::Clock* clock, std::string_view step, const calendar::Limit& limit,
           absl::Time start) {
  const bool missed = clock->missed();
  clock->Clear();
  clock->set_missed(missed);
  clock->set_step(std::string(step));
  clock->set_base(limit.base == calendar::Base::kWorkingDays ? v1::Clock::WORKING_DAYS
                                                             : v1::Clock::CALENDAR_DAYS);
  clock->set_days(limit.days);
  clock->set_source(limit.source);
  *clock->mutable_start_time() = ToProto(start);
}

void SetDueTime(v1::Clock* clock, const calendar::Calendar& calendar) {
  const absl::Time due = calendar::Deadline(TimerOf(*clock), calendar);
  if (due == absl::InfiniteFuture()) {
    clock->clear_due_time();
  } else {
    *clock->mutable_due_time() = ToProto(due);
  }
  clock->set_calendar_version(calendar.version());
}

// The statutory limit passed and the step ended before the sweep came by.
bool EndedLate(const v1::Dispute& before, const v1::Dispute& after, const Env& env) {
  const v1::Clock& clock = before.statutory();
  if (StatutoryStep(before).empty() || clock.card() == v1::Clock::RED_CARD) return false;
  if (StatutoryStep(after) == clock.step() && after.statutory().step() == clock.step())
    return false;
  return env.now > calendar::Deadline(TimerOf(clock), env.calendar);
}

class Earliest {
 public:
  void Offer(Due::Kind kind, int index, absl::Time time) {
    if (time == absl::InfiniteFuture()) return;
    if (!due_ || time < due_->time) due_ = Due{.kind = kind, .index = index, .time = time};
  }
  std::optional<Due> due() const { return due_; }

 private:
  std::optional<Due> due_;
};

void OfferManagement(const v1::DisputeRecord& record, const Env& env, Earliest* earliest) {
  const v1::Clock& clock = record.dispute().management();
  if (ManagementStep(record.dispute()).empty()) return;
  const auto after = [&](int offset) {
    return calendar::Deadline(TimerOf(clock, offset), env.calendar) + kInstant;
  };
  if (clock.card() == v1::Clock::CARD_UNSPECIFIED) {
    earliest->Offer(Due::Kind::kYellowCard, 0, after(-YellowDays(clock.step(), env.limits)));
  } else if (clock.card() == v1::Clock::YELLOW_CARD) {
    earliest->Offer(Due::Kind::kRedCard, 0, after(0));
  } else if (const int fired = record.tiers_fired_size(); fired < kTiers) {
    earliest->Offer(Due::Kind::kTier, fired + 1, after(TierDays(fired + 1, env.limits)));
  }
}

}  // namespace

calendar::Timer TimerOf(const v1::Clock& clock, int offset) {
  calendar::Timer timer{.start = FromProto(clock.start_time())};
  const int first = clock.changes().empty() ? clock.days() : clock.changes(0).days_before();
  timer.limit = LimitOf(clock, first, offset);
  if (clock.extension_days() > 0) {
    timer.extensions.push_back(
        {.days = clock.extension_days(), .source = "consent of all parties"});
  }
  for (const v1::Pause& pause : clock.pauses()) {
    timer.pauses.push_back(
        {.from = FromProto(pause.from_time()),
         .to = pause.has_to_time() ? FromProto(pause.to_time()) : absl::InfiniteFuture(),
         .why = pause.reason()});
  }
  for (const v1::LimitChange& change : clock.changes()) {
    timer.changes.push_back({.at = FromProto(change.change_time()),
                             .limit = LimitOf(clock, change.days_after(), offset)});
  }
  return timer;
}

void EndPause(v1::Clock* clock, absl::Time now) {
  if (clock->pauses().empty()) return;
  v1::Pause& last = *clock->mutable_pauses()->rbegin();
  if (!last.has_to_time()) *last.mutable_to_time() = ToProto(now);
}

void RestartClock(v1::Clock* clock) {
  clock->clear_step();
}

void StartClocks(v1::DisputeRecord* record, absl::Time start, const Env& env) {
  v1::Dispute& dispute = *record->mutable_dispute();
  v1::Clock* statutory = dispute.mutable_statutory();
  v1::Clock* management = dispute.mutable_management();
  const auto statutory_step = StatutoryStep(dispute);
  const auto management_step = ManagementStep(dispute);
  const bool statutory_begins = !statutory_step.empty() && statutory->step() != statutory_step;
  const bool management_begins = !management_step.empty() && management->step() != management_step;
  // Both clocks are paused together, so a pause ends when either begins a step or stands.
  const bool begins = statutory_begins || management_begins;
  if (begins || statutory_step.empty()) EndPause(statutory, env.now);
  if (begins || management_step.empty()) EndPause(management, env.now);
  if (statutory_begins) Start(statutory, statutory_step, StatutoryLimit(statutory_step), start);
  if (management_begins) {
    Start(management, management_step,
          ManagementLimit(management_step, dispute.level(), dispute.risk(), env.limits), start);
    record->clear_tiers_fired();
  }
  if (!statutory_step.empty()) SetDueTime(statutory, env.calendar);
  // It stands, and counts on from another day.
  if (dispute.state() == v1::Dispute::FAILED) statutory->clear_due_time();
  if (!management_step.empty()) SetDueTime(management, env.calendar);
}

std::optional<Due> NextDue(const v1::DisputeRecord& record, const Env& env) {
  const v1::Dispute& dispute = record.dispute();
  Earliest earliest;
  OfferManagement(record, env, &earliest);
  if (!StatutoryStep(dispute).empty() && dispute.statutory().card() != v1::Clock::RED_CARD) {
    earliest.Offer(Due::Kind::kStatutory, 0,
                   calendar::Deadline(TimerOf(dispute.statutory()), env.calendar) + kInstant);
  }
  if (dispute.state() == v1::Dispute::PERFORMING) {
    for (int i = 0; i < dispute.agreement().instalments_size(); ++i) {
      const v1::Instalment& instalment = dispute.agreement().instalments(i);
      if (instalment.has_perform_time() || instalment.overdue()) continue;
      earliest.Offer(Due::Kind::kInstalment, i, FromProto(instalment.due_time()) + kInstant);
    }
  }
  return earliest.due();
}

Decision<v1::DisputeRecord> Settle(const v1::DisputeRecord& before, v1::DisputeRecord after,
                                   std::vector<std::string> events, const Env& env) {
  v1::Dispute& dispute = *after.mutable_dispute();
  if (EndedLate(before.dispute(), dispute, env)) {
    dispute.mutable_statutory()->set_missed(true);
    dispute.mutable_statutory()->set_card(v1::Clock::RED_CARD);  // not once more if it goes on
    events.push_back("deadline.missed");
  }
  StartClocks(&after, env.now, env);
  if (!IsOpen(dispute.state())) dispute.clear_transfer();
  dispute.set_major(dispute.scale() == v1::MAJOR_GROUP || dispute.risk() == v1::RED);
  dispute.clear_next_due_time();
  if (const auto due = NextDue(after, env)) {
    *dispute.mutable_next_due_time() = ToProto(due->time);
  }
  return {.after = std::move(after), .events = std::move(events)};
}

}  // namespace pingan::disputes
