// What may be done with a person's file: by its state, and by what it holds.
//
// README.md draws the states. The decisions of every noun of a person ask here first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/person.pb.h"

namespace pingan::population {

// The writes on one person, by the name of their RPC.
enum class Action {
  kUpdatePerson,
  kRecordDeath,
  kRetractDeath,
  kRelatePersons,
  kUnrelatePersons,
  kRegisterResidence,
  kChangeResidence,
  kEndResidence,
  kCorrectResidence,
  kOfferMove,
  kClaimMove,
  kAcceptMove,
  kRejectMove,
  kRevokeMove,
  kApplyForPermit,
  kSupplyPapers,
  kExtendPermitIssue,
  kIssuePermit,
  kEndorsePermit,
  kReplacePermit,
  kCancelPermit,
  kRecordEmployment,
  kEndEmployment,
  kRetractEmployment,
  kRecordReport,
  kRequestService,
  kAcceptService,
  kDeliverService,
  kDenyService,
  kVerifyPerson,
  kMergePersons,
  kEraseSubject,
};
inline constexpr int kActionCount = static_cast<int>(Action::kEraseSubject) + 1;

// The name of the RPC, "OfferMove".
const char* NameOf(Action action);

// The RPC names of the actions that state and content allow now, in the order of Action.
std::vector<std::string> AllowedActions(const v1::Person& person);

// Whether a caller whose scope is its area may see or act in `area`. Never a party of a dispute.
bool InScope(const auth::Caller& caller, std::string_view area);

// The first line of a decision: NOT_FOUND unless the caller's scope has the person, then
// FAILED_PRECONDITION (ACTION_NOT_ALLOWED, with the actions that are) unless state and content
// allow it.
Status Check(const v1::Person& person, Action action, const Env& env);

// The second half of Check alone, for actions whose scope is another. The refusal is of `name`,
// where another RPC wants what the action wants; empty = that of the action.
Status CheckAllowed(const v1::Person& person, Action action, std::string_view name = "");

// FAILED_PRECONDITION (ACTION_NOT_ALLOWED): "OfferMove: a move is offered already".
Status Refused(std::string_view action, std::string_view problem, std::vector<std::string> allowed);

// INVALID_ARGUMENT naming `field` unless the area exists, is valid today and is a township or
// village.
Status CheckPlace(std::string_view field, std::string_view area, const Env& env);

// INVALID_ARGUMENT naming `field` unless the grid, where one is stated, lies in the area.
Status CheckGrid(std::string_view field, std::string_view grid, std::string_view area);

}  // namespace pingan::population
