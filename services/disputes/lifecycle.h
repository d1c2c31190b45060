// The state table of a dispute: what may be done in which state, and where it leads.
//
// README.md draws it. Versioned: a case runs under the version it was registered with until it ends
// (Dispute.table_version); there is one version so far.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::disputes {

inline constexpr int kTableVersion = 1;

// The writes on one dispute, by the name of their RPC.
enum class Action {
  kAcceptDispute,
  kRefuseDispute,
  kDivertDispute,
  kAssignPerson,
  kStartMediation,
  kRecordAttempt,
  kEndMediation,
  kEscalateDispute,
  kRecordAgreement,
  kSignAgreement,
  kRequestConfirmation,
  kRecordPerformance,
  kRecordFollowUp,
  kCloseDispute,
  kReopenDispute,
  kOfferTransfer,
  kAcceptTransfer,
  kRejectTransfer,
  kRevokeTransfer,
  kPauseClock,
  kResumeClock,
  kExtendDeadline,
  kChangeRisk,
  kReportCriminalRisk,
  kRecordSatisfaction,
  kUpdateDispute,
  kPostMessage,
};
inline constexpr int kActionCount = static_cast<int>(Action::kPostMessage) + 1;

// The name of the RPC, "AcceptDispute".
const char* NameOf(Action action);

// Where the action leads from `state`; STATE_UNSPECIFIED if it is not allowed. RecordAttempt,
// RecordAgreement and SignAgreement may lead one step further (FAILED, PERFORMING, PERFORMING).
v1::Dispute::State NextState(v1::Dispute::State state, Action action);

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

// The RPC names of the actions that state and content allow now, in the order of Action.
std::vector<std::string> AllowedActions(const v1::Dispute& dispute);

// The first line of a decision: NOT_FOUND unless the caller's scope has the dispute, then
// FAILED_PRECONDITION (ACTION_NOT_ALLOWED, with the actions that are) unless state and content
// allow it.
Status Check(const v1::Dispute& dispute, Action action, const Env& env);

// The second half of Check alone, for actions whose scope is another.
Status CheckAllowed(const v1::Dispute& dispute, Action action);

}  // namespace pingan::disputes
