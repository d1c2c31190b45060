// A person's death (死亡登记), and what becomes of the file when it was recorded by mistake.
//
// Both: NOT_FOUND out of scope, ACTION_NOT_ALLOWED if state or content do not allow it.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// 户口登记条例 art. 8. Ends open residences and employments, and jobs that are said to have ended
// later, on that day and cancels the permit. INVALID_ARGUMENT (death_date): in the future, before
// the birth, before an open residence or a job began, or before a residence ended.
StatusOr<Decision<v1::PersonRecord>> DecideRecordDeath(const v1::PersonRecord& before,
                                                       const v1::RecordDeathRequest& request,
                                                       const Env& env);

// Takes it back (撤销死亡登记): what it ended goes on, but for what was corrected since. A move
// that was offered does not, for the other side knows nothing of it any more. Of a death without
// before_death nothing is known to go on: the person has LEFT, or lives nowhere. ACTION_NOT_ALLOWED
// while a file of somebody dead is merged in, for that death would be taken back with this one.
StatusOr<Decision<v1::PersonRecord>> DecideRetractDeath(const v1::PersonRecord& before,
                                                        const v1::RetractDeathRequest& request,
                                                        const Env& env);

}  // namespace pingan::population
