// What one record counts. Pure functions: the sum over all records is the statistics, whether
// folded from the feed (minus the old, plus the new) or recounted.
#pragma once

#include <array>
#include <string_view>

#include "pingan/common/v1/resource.pb.h"
#include "pingan/population/v1/duplicate.pb.h"
#include "pingan/population/v1/dwelling.pb.h"
#include "pingan/population/v1/person.pb.h"
#include "pingan/population/v1/task.pb.h"

namespace pingan::population {

// The order of Delta.dimensions. kind: of the person, by its enum name; empty of dwellings, tasks
// and candidates. service: the kind of a service; empty of what is no service.
inline constexpr std::array<std::string_view, 2> kDimensions = {"kind", "service"};

// The order of Delta.counts.
enum class Counter {
  kPersons,    // files, but those merged into others
  kResidents,  // with an open MAIN residence
  kLeft,
  kDeceased,
  kUnverified,      // that nobody looked at for too long
  kMovesOpen,       // offered and not answered
  kEmployed,        // with an open employment
  kPermitsApplied,  // not issued yet
  kPermitsValid,
  kPermitsSuspended,
  kPermitsIssuedOnTime,
  kPermitsIssuedLate,
  kServicesRequested,  // ever
  kServicesDelivered,
  kServicesDenied,
  kServicesOnTime,  // delivered, and not late
  kServicesLate,    // late, answered or not
  kDuties,
  kDutiesReported,
  kDutiesOverdue,  // not reported in time, even if later
  kDwellings,
  kDwellingsLet,
  kOverOccupied,
  kHazards,
  kHazardsRectified,
  kTasks,
  kTasksDone,
  kTasksOverdue,
  kDuplicatesOpen,
  kDuplicatesMerged,
};
inline constexpr std::array<std::string_view, 30> kCounters = {"persons",
                                                               "residents",
                                                               "left",
                                                               "deceased",
                                                               "unverified",
                                                               "moves_open",
                                                               "employed",
                                                               "permits_applied",
                                                               "permits_valid",
                                                               "permits_suspended",
                                                               "permits_issued_on_time",
                                                               "permits_issued_late",
                                                               "services_requested",
                                                               "services_delivered",
                                                               "services_denied",
                                                               "services_on_time",
                                                               "services_late",
                                                               "duties",
                                                               "duties_reported",
                                                               "duties_overdue",
                                                               "dwellings",
                                                               "dwellings_let",
                                                               "over_occupied",
                                                               "hazards",
                                                               "hazards_rectified",
                                                               "tasks",
                                                               "tasks_done",
                                                               "tasks_overdue",
                                                               "duplicates_open",
                                                               "duplicates_merged"};

// Adds `sign` (1 or -1) times what the record counts, in its area and the month of its creation in
// Shanghai ("2026-11"). A record without a name, and a MERGED file, count nothing: the facts of the
// latter are those of the file that goes on.
void Measure(const v1::Person& person, int sign, common::v1::Deltas* deltas);
void Measure(const v1::Dwelling& dwelling, int sign, common::v1::Deltas* deltas);
void Measure(const v1::VerificationTask& task, int sign, common::v1::Deltas* deltas);
void Measure(const v1::DuplicateCandidate& candidate, int sign, common::v1::Deltas* deltas);

}  // namespace pingan::population
