// What happens to a file by itself when time passes.
//
// Each fires everything that is due at env.now, in the order of time and each once. If nothing is
// due, but other limits have moved the day of the next look, it waits for the new one
// ("verification.moved"). No events: nothing to do. Always OK; they ask nothing of the caller.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/dwelling.pb.h"
#include "pingan/population/v1/person.pb.h"
#include "pingan/population/v1/task.pb.h"

namespace pingan::population {

// An offered move that was not answered ("move.expired"), a permit not issued in time
// ("permit.late") or without its yearly endorsement ("permit.suspended"), a report not made
// ("duty.overdue"), a request not answered ("service.late"), a file that nobody looked at for too
// long ("verification.due"). The tasks that the last and the overdue duties open: TasksOpened.
StatusOr<Decision<v1::PersonRecord>> DecideTick(const v1::PersonRecord& before, const Env& env);

// "verification.due".
StatusOr<Decision<v1::DwellingRecord>> DecideTick(const v1::DwellingRecord& before, const Env& env);

// "task.overdue".
StatusOr<Decision<v1::TaskRecord>> DecideTick(const v1::TaskRecord& before, const Env& env);

}  // namespace pingan::population
