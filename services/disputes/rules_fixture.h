// A small world for the tests of the rules: areas, an officer, a moment, cases in every state, and
// every action with a request that is valid wherever the action is.
#pragma once

#include <string>
#include <vector>

#include "common/area/tree.h"
#include "common/auth/caller.h"
#include "common/base/decision.h"
#include "common/base/status.h"
#include "common/calendar/working_days.h"
#include "pingan/disputes/v1/disputes.pb.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/limits.h"

namespace pingan::disputes::testing {

inline constexpr char kVillage[] = "411602001001";
inline constexpr char kSecondVillage[] = "411602001002";
inline constexpr char kOtherVillage[] = "411603100200";

using Decided = StatusOr<Decision<v1::DisputeRecord>>;

// 2026-03-02 10:00 in Shanghai: a Monday, far from any holiday.
absl::Time Monday();

// `text` as "2026-03-02 10:00" in Shanghai.
absl::Time At(const std::string& text);

// A meeting held now, and an agreement without instalments.
v1::RecordAttemptRequest Meeting(v1::Attempt::Outcome outcome, absl::Time now);
v1::RecordAgreementRequest Agreement(bool oral);

struct World {
  World();

  Env env() const {
    return {.caller = caller, .now = now, .areas = areas, .calendar = calendar, .limits = limits};
  }

  // A request with two persons, category 0201, that registers in kVillage.
  static v1::CreateDisputeRequest NewCase();

  // Registered now from NewCase and named disputes/411602-2026-000001.
  v1::DisputeRecord Registered() const;

  // A case in the state, led there by decisions at `now`: agreements are oral and without
  // instalments unless the state is AGREED, and a visit is made.
  v1::DisputeRecord InState(v1::Dispute::State state) const;

  // The action at `now` with a request that fits the case.
  Decided Apply(Action action, const v1::DisputeRecord& before) const;

  // As Apply, which must succeed.
  v1::DisputeRecord Do(Action action, const v1::DisputeRecord& before) const;

  // A meeting without success, which must be possible.
  v1::DisputeRecord FailMeeting(const v1::DisputeRecord& before) const;

  // A visit that found the agreement not kept, which must be possible.
  v1::DisputeRecord FindBroken(const v1::DisputeRecord& before) const;

  // Time passes, and what is due fires. Returns the events.
  std::vector<std::string> Tick(absl::Time at, v1::DisputeRecord* record);

  auth::Caller caller;
  absl::Time now;
  area::Tree areas;
  const calendar::Calendar& calendar;
  Limits limits = DefaultLimits();
};

}  // namespace pingan::disputes::testing
