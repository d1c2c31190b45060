// The state table of a dispute: what may be done in which state, and where it leads.
//
// README.md draws it, state_table.h has it as data, in versions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/disputes/v1/dispute.pb.h"
#include "services/disputes/state_table.h"

namespace pingan::disputes {

// The version that a case runs under which is registered or reopened now.
int CurrentTableVersion();

// Where the action leads by the case's state and table; STATE_UNSPECIFIED if it is not allowed, as
// is every action under a version that this program does not know. RecordAttempt, RecordAgreement
// and SignAgreement may lead one step further (FAILED, PERFORMING, PERFORMING).
v1::Dispute::State NextState(const v1::Dispute& dispute, Action action);

// Whether one of its parties has that id.
bool HasParty(const v1::Dispute& dispute, std::string_view id);

// Not CLOSED, REFUSED or DIVERTED.
bool IsOpen(v1::Dispute::State state);

// The step that each clock measures now, "accept", "handle" or "verify"; empty while it stands:
// after the end, and while instalments are still to be performed. A failed case is measured until
// it goes on.
std::string_view StatutoryStep(const v1::Dispute& dispute);
std::string_view ManagementStep(const v1::Dispute& dispute);

// Whether a running clock is paused.
bool IsPaused(const v1::Dispute& dispute);

// Every instalment of an effective agreement is performed, or there are none.
bool IsPerformed(const v1::Dispute& dispute);

// An instalment of the effective agreement is overdue and not performed, or the latest visit found
// the agreement not kept. Then the parties may mediate anew, or the case goes another way.
bool IsBroken(const v1::Dispute& dispute);

// The last instant to reopen a case that ended at `end` in the city's days for it.
absl::Time ReopenDeadline(absl::Time end, int days);

// The RPC names of the actions that state, content and time allow now, in the order of Action.
std::vector<std::string> AllowedActions(const v1::Dispute& dispute, const Env& env);

// The first line of a decision: NOT_FOUND unless the caller's scope has the dispute;
// PERMISSION_DENIED if the action is for who has the case and that is a unit outside the scope;
// then FAILED_PRECONDITION, with the actions that are allowed, unless this one is:
// ACTION_NOT_ALLOWED by state or content, WINDOW_CLOSED when its time is over, LIMIT_REACHED by a
// second extension.
Status Check(const v1::Dispute& dispute, Action action, const Env& env);

// The second half of Check alone, for actions whose scope is another.
Status CheckAllowed(const v1::Dispute& dispute, Action action, const Env& env);

}  // namespace pingan::disputes
