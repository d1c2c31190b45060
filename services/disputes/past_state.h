// Whether what an old ledger tells of a case could have come about under the rules.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::disputes {

// The level of the last owner or, if the ledger has none there, of the last escalation, unless the
// case changed hands since; LEVEL_UNSPECIFIED if it says neither.
v1::Level LastLevel(const v1::Dispute& dispute);

// INVALID_ARGUMENT (dispute.level) unless it is that of the last owner and of the last escalation.
Status CheckLevel(const v1::Dispute& dispute);

// Meetings without success since the case came to its level, was reopened, or is mediated anew over
// a broken agreement.
int FailedAtLevel(const v1::Dispute& dispute);

// INVALID_ARGUMENT naming the first field that could not be, of a case with its party ids and level
// whose times are true (past.h):
//   meetings, visits, satisfaction or a reopening of a case that was never accepted; visits or
//   satisfaction though no agreement took effect;
//   a case that stayed at a level after its last meeting;
//   a mark of nobody, or given twice; a close on a visit that found the agreement broken;
//   a reopening after its window, an escalation that leaves out a level;
//   a unit that had the case at another level than that of its area;
//   a case that became a criminal one without a report of the risk;
//   AGREED though the agreement is in effect: an oral one, or one with all its marks;
//   a confirmation after its window, or enforcement of what was not confirmed;
//   a meeting, or a resolved_level, at a level at which the case never was.
Status CheckState(const v1::Dispute& dispute, const Env& env);

}  // namespace pingan::disputes
