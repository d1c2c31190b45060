#include "services/disputes/lifecycle.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/auth/scope.h"
#include "common/base/instants.h"
#include "common/calendar/clock_rule.h"
#include "common/calendar/working_days.h"
#include "services/disputes/limits.h"
#include "services/disputes/settle.h"

namespace pingan::disputes {
namespace {

using State = v1::Dispute::State;

// In the order of Action.
constexpr const char* kNames[] = {
    "AcceptDispute",      "RefuseDispute",  "DivertDispute",       "AssignPerson",
    "StartMediation",     "RecordAttempt",  "EndMediation",        "EscalateDispute",
    "RecordAgreement",    "SignAgreement",  "RequestConfirmation", "RecordPerformance",
    "RecordFollowUp",     "CloseDispute",   "ReopenDispute",       "OfferTransfer",
    "AcceptTransfer",     "RejectTransfer", "RevokeTransfer",      "PauseClock",
    "ResumeClock",        "ExtendDeadline", "ChangeRisk",          "ReportCriminalRisk",
    "RecordSatisfaction", "UpdateDispute",  "PostMessage",
};
static_assert(std::size(kNames) == kActionCount);

// The latest visit since the agreement took effect; null if there was none.
const v1::FollowUp* LastVisit(const v1::Dispute& dispute) {
  const v1::FollowUp* last = nullptr;
  absl::Time latest = FromProto(dispute.agreement().effect_time());
  for (const v1::FollowUp& visit : dispute.follow_ups()) {  // as recorded, which may be late
    if (FromProto(visit.visit_time()) < latest) continue;
    latest = FromProto(visit.visit_time());
    last = &visit;
  }
  return last;
}

bool IsVisited(const v1::Dispute& dispute) {
  const v1::FollowUp* last = LastVisit(dispute);
  return last && last->performed();
}

// What the content must be beside the state, in words; null if it is.
const char* Missing(const v1::Dispute& dispute, Action action) {
  switch (action) {
    case Action::kDivertDispute:
    case Action::kStartMediation:
      return dispute.state() != v1::Dispute::PERFORMING || IsBroken(dispute)
                 ? nullptr
                 : "want a broken agreement";
    case Action::kEscalateDispute:
      return dispute.level() < v1::CITY ? nullptr : "want a level above";
    case Action::kRequestConfirmation:
      return dispute.agreement().has_confirmation_time() ? "confirmation is requested already"
                                                         : nullptr;
    case Action::kCloseDispute:
      if (!IsPerformed(dispute)) return "want every instalment performed";
      return IsVisited(dispute) ? nullptr : "want a follow-up visit that found it performed";
    case Action::kOfferTransfer:
      return dispute.has_transfer() ? "a transfer is offered already" : nullptr;
    case Action::kAcceptTransfer:
    case Action::kRejectTransfer:
    case Action::kRevokeTransfer:
      return dispute.has_transfer() ? nullptr : "no transfer is offered";
    case Action::kPauseClock:
      if (ManagementStep(dispute).empty()) return "no clock runs";
      return IsPaused(dispute) ? "the clock is paused already" : nullptr;
    case Action::kResumeClock:
      return IsPaused(dispute) ? nullptr : "the clock is not paused";
    default:
      return nullptr;
  }
}

struct Problem {
  common::v1::Reason reason;
  std::string text;
};

// Whether it is for who has the case. What others of its area learn of it they may add, and reopen
// it, if their role may; an offer is answered by the other side.
bool IsOwners(Action action) {
  switch (action) {
    case Action::kRecordPerformance:
    case Action::kRecordFollowUp:
    case Action::kReopenDispute:
    case Action::kAcceptTransfer:
    case Action::kRejectTransfer:
    case Action::kChangeRisk:
    case Action::kReportCriminalRisk:
    case Action::kRecordSatisfaction:
    case Action::kUpdateDispute:
    case Action::kPostMessage:
      return false;
    default:
      return true;
  }
}

// What was allowed once and is not any more.
std::optional<Problem> TooLate(const v1::Dispute& dispute, Action action, const Env& env) {
  switch (action) {
    case Action::kRequestConfirmation:
      if (env.now <= FromProto(dispute.agreement().confirmation_deadline())) break;
      return Problem{common::v1::WINDOW_CLOSED,
                     "want a request within 30 days of the agreement's effect"};
    case Action::kReopenDispute: {
      const int days = ReopenDays(env.limits);
      if (env.now <= ReopenDeadline(FromProto(dispute.ending().end_time()), days)) break;
      return Problem{common::v1::WINDOW_CLOSED,
                     absl::StrCat("want a case that ended at most ", days, " days ago")};
    }
    case Action::kExtendDeadline:
      if (dispute.statutory().extension_days() > 0) {
        return Problem{common::v1::LIMIT_REACHED, "a deadline is extended once at most"};
      }
      if (env.now <= calendar::Deadline(TimerOf(dispute.statutory()), env.calendar)) break;
      return Problem{common::v1::WINDOW_CLOSED, "want an extension before the deadline"};
    default:
      break;
  }
  return std::nullopt;
}

// Why the action is not allowed now; nothing if it is.
std::optional<Problem> ProblemOf(const v1::Dispute& dispute, Action action, const Env& env) {
  const char* missing = "the state does not allow it";
  if (NextState(dispute, action) != v1::Dispute::STATE_UNSPECIFIED) {
    missing = Missing(dispute, action);
  }
  if (missing != nullptr) return Problem{common::v1::ACTION_NOT_ALLOWED, missing};
  return TooLate(dispute, action, env);
}

}  // namespace

const char* NameOf(Action action) {
  return kNames[static_cast<int>(action)];
}

int CurrentTableVersion() {
  return StateTables().back().version;
}

State NextState(const v1::Dispute& dispute, Action action) {
  if (dispute.state() < v1::Dispute::REGISTERED || dispute.state() > v1::Dispute::REOPENED)
    return v1::Dispute::STATE_UNSPECIFIED;
  for (const StateTable& table : StateTables()) {
    if (table.version != dispute.table_version()) continue;
    return table.next[static_cast<size_t>(action)]
                     [static_cast<size_t>(dispute.state() - v1::Dispute::REGISTERED)];
  }
  return v1::Dispute::STATE_UNSPECIFIED;
}

bool HasParty(const v1::Dispute& dispute, std::string_view id) {
  const auto& parties = dispute.parties();
  return std::any_of(parties.begin(), parties.end(),
                     [&](const v1::Party& party) { return party.id() == id; });
}

bool IsOpen(State state) {
  return state != v1::Dispute::CLOSED && state != v1::Dispute::REFUSED &&
         state != v1::Dispute::DIVERTED;
}

std::string_view StatutoryStep(const v1::Dispute& dispute) {
  switch (dispute.state()) {
    case v1::Dispute::REGISTERED:
      return "accept";
    case v1::Dispute::ACCEPTED:
    case v1::Dispute::MEDIATING:
    case v1::Dispute::AGREED:
    case v1::Dispute::REOPENED:
      return "handle";
    default:
      return "";
  }
}

std::string_view ManagementStep(const v1::Dispute& dispute) {
  if (dispute.state() == v1::Dispute::FAILED) return "handle";
  if (dispute.state() == v1::Dispute::PERFORMING) return IsPerformed(dispute) ? "verify" : "";
  return StatutoryStep(dispute);
}

bool IsPaused(const v1::Dispute& dispute) {
  const auto paused = [](const v1::Clock& clock) {
    return !clock.pauses().empty() && !clock.pauses().rbegin()->has_to_time();
  };
  return paused(dispute.statutory()) || paused(dispute.management());
}

bool IsPerformed(const v1::Dispute& dispute) {
  const auto& instalments = dispute.agreement().instalments();
  return std::all_of(instalments.begin(), instalments.end(),
                     [](const v1::Instalment& i) { return i.has_perform_time(); });
}

bool IsBroken(const v1::Dispute& dispute) {
  const auto& instalments = dispute.agreement().instalments();
  const v1::FollowUp* last = LastVisit(dispute);
  return (last && !last->performed()) ||
         std::any_of(instalments.begin(), instalments.end(),
                     [](const v1::Instalment& i) { return i.overdue() && !i.has_perform_time(); });
}

absl::Time ReopenDeadline(absl::Time end, int days) {
  return calendar::EndOf(calendar::DayOf(end) + days);
}

std::vector<std::string> AllowedActions(const v1::Dispute& dispute, const Env& env) {
  std::vector<std::string> names;
  for (int i = 0; i < kActionCount; ++i) {
    const auto action = static_cast<Action>(i);
    if (!ProblemOf(dispute, action, env)) names.push_back(NameOf(action));
  }
  return names;
}

Status Check(const v1::Dispute& dispute, Action action, const Env& env) {
  if (!auth::AreaReaches(env.caller, dispute.area())) return NotFound();
  const std::string& with = dispute.owner().unit().area();  // an old ledger may not say
  if (IsOwners(action) && !with.empty() && !auth::AreaReaches(env.caller, with)) {
    return Error(
        absl::StatusCode::kPermissionDenied, common::v1::PERMISSION_MISSING,
        absl::StrCat(NameOf(action), ": the case is with a unit outside the caller's area"));
  }
  return CheckAllowed(dispute, action, env);
}

Status CheckAllowed(const v1::Dispute& dispute, Action action, const Env& env) {
  const auto problem = ProblemOf(dispute, action, env);
  if (!problem) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition,
               absl::StrCat(NameOf(action), ": ", problem->text),
               {.reason = problem->reason, .allowed_actions = AllowedActions(dispute, env)});
}

}  // namespace pingan::disputes
