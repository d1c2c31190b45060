// The state tables of a dispute as data: where an action leads from a state, in each version.
//
// A case runs under the version it was registered with until it ends (Dispute.table_version), so a
// version stays as long as a case runs under it, and a change is a version more. lifecycle.h asks
// the table of the case. The tables are a target of their own, so that a test can link others.
#pragma once

#include <array>
#include <vector>

#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::disputes {

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

struct StateTable {
  static constexpr int kStates = v1::Dispute::REOPENED;  // from REGISTERED

  int version;
  // By action, then by state; STATE_UNSPECIFIED = not allowed.
  std::array<std::array<v1::Dispute::State, kStates>, kActionCount> next;
};

// At least one; oldest first, and versions grow. A new case runs under the last.
const std::vector<StateTable>& StateTables();

}  // namespace pingan::disputes
