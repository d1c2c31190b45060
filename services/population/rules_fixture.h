// A small world for the tests of the rules: areas, an officer, a moment, persons in every
// situation, and every action with a request that is valid wherever the action is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/area/tree.h"
#include "common/auth/caller.h"
#include "common/base/decision.h"
#include "common/base/status.h"
#include "common/calendar/working_days.h"
#include "pingan/population/v1/population.pb.h"
#include "services/population/lifecycle.h"
#include "services/population/limits.h"

namespace pingan::population::testing {

inline constexpr char kVillage[] = "411602001001";
inline constexpr char kSecondVillage[] = "411602001002";
inline constexpr char kOtherVillage[] = "411603100200";
inline constexpr char kPersonName[] = "persons/411602-00000001";
inline constexpr char kSecondName[] = "persons/411602-00000002";
inline constexpr char kDwelling[] = "dwellings/411602-00000001";

using Decided = StatusOr<Decision<v1::PersonRecord>>;

// `text` as "2026-03-02 10:00" in Shanghai.
absl::Time At(const std::string& text);

// A citizen ID with its check character: area, birth date (YYYYMMDD), sequence (odd: male).
std::string CitizenIdOf(const std::string& first17);

// An open MAIN spell in an area, told by the person.
v1::Residence Spell(std::string_view area, std::string_view from_date,
                    std::string_view to_date = "");

struct World {
  World();

  Env env() const {
    return {.caller = caller, .now = now, .areas = areas, .calendar = calendar, .limits = limits};
  }
  void GoTo(const std::string& text) { now = At(text); }

  // A floating person of another city, born 1990-05-17, with a citizen ID and a phone, without a
  // residence.
  static v1::CreatePersonRequest NewPerson();

  // As committed: named, stamped with the next revision.
  v1::PersonRecord Commit(v1::PersonRecord record);

  // Created now from NewPerson, living in kVillage since `from_date` if that is not empty.
  v1::PersonRecord Registered(const std::string& from_date = "2025-03-03",
                              const std::string& name = kPersonName);

  // The action at `now` with a request that fits the file.
  Decided Apply(Action action, const v1::PersonRecord& before) const;

  // As Apply, which must succeed, committed.
  v1::PersonRecord Do(Action action, const v1::PersonRecord& before);

  // The decision, which must have been taken, committed.
  v1::PersonRecord Must(Decided decided);

  // Registered since 2025-03-03 and led on: APPLIED without papers, ACCEPTED, VALID, SUSPENDED (by
  // the sweep a year later) or CANCELLED.
  v1::PersonRecord WithPermit(v1::ResidencePermit::State state);

  // Time passes, and what is due fires. Returns the events.
  std::vector<std::string> Tick(const std::string& at, v1::PersonRecord* record);

  v1::DwellingRecord Dwelling(int permitted_occupants) const;

  auth::Caller caller;
  absl::Time now;
  area::Tree areas;
  const calendar::Calendar& calendar;
  Limits limits = DefaultLimits();
  int64_t revision = 0;
};

}  // namespace pingan::population::testing
