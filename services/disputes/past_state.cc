#include "services/disputes/past_state.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/area/tree.h"
#include "common/base/instants.h"
#include "services/disputes/agreement.h"
#include "services/disputes/assignment.h"
#include "services/disputes/codes.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/limits.h"
#include "services/disputes/past.h"

namespace pingan::disputes {
namespace {

v1::Level CustodyLevel(const v1::Dispute& dispute) {
  return dispute.custody().empty() ? v1::LEVEL_UNSPECIFIED : dispute.custody().rbegin()->level();
}

// Unspecified if the case changed hands since: a transfer may lead down again.
v1::Level EscalatedLevel(const v1::Dispute& dispute) {
  if (dispute.escalations().empty()) return v1::LEVEL_UNSPECIFIED;
  const v1::Escalation& last = *dispute.escalations().rbegin();
  const bool since =
      !dispute.custody().empty() &&
      FromProto(dispute.custody().rbegin()->from_time()) > FromProto(last.escalate_time());
  return since ? v1::LEVEL_UNSPECIFIED : last.to();
}

// When the count of its meetings last began anew; null = with the registration. An agreement that
// was broken is older than the meetings of the mediation that follows it.
std::optional<absl::Time> CountedSince(const v1::Dispute& dispute) {
  std::optional<absl::Time> since;
  const auto offer = [&since](const google::protobuf::Timestamp& time) {
    since = std::max(since.value_or(absl::InfinitePast()), FromProto(time));
  };
  if (!dispute.escalations().empty()) offer(dispute.escalations().rbegin()->escalate_time());
  if (!dispute.reopenings().empty()) offer(dispute.reopenings().rbegin()->reopen_time());
  if (!WantsAgreement(dispute.state()) && dispute.agreement().has_effect_time()) {
    offer(dispute.agreement().effect_time());
  }
  int first = dispute.custody_size() - 1;
  while (first > 0 && dispute.custody(first - 1).level() == CustodyLevel(dispute)) --first;
  if (first > 0) offer(dispute.custody(first).from_time());
  return since;
}

Status CheckNeverAccepted(const v1::Dispute& dispute) {
  const auto state = dispute.state();
  if (state != v1::Dispute::REGISTERED && state != v1::Dispute::REFUSED) return absl::OkStatus();
  const char* const problem = "want none of a case that was never accepted";
  if (!dispute.attempts().empty()) return FieldError("dispute.attempts", problem);
  if (!dispute.reopenings().empty()) return FieldError("dispute.reopenings", problem);
  return absl::OkStatus();
}

Status CheckAgreed(const v1::Dispute& dispute, const Env& env) {
  const v1::Agreement& agreement = dispute.agreement();
  const bool effective = agreement.has_effect_time() || !dispute.reopenings().empty();
  const char* const problem = "want an agreement in effect before it";
  if (!effective && !dispute.follow_ups().empty()) return FieldError("dispute.follow_ups", problem);
  if (!effective && dispute.has_satisfaction()) return FieldError("dispute.satisfaction", problem);
  if (dispute.state() == v1::Dispute::AGREED) {
    if (agreement.oral()) return FieldError("dispute.agreement.oral", "such a one is in effect");
    if (IsSigned(dispute)) {
      return FieldError("dispute.agreement.signatures", "with all of them it is in effect");
    }
  }
  const bool confirmed = agreement.has_confirmation_time();
  if (confirmed && FromProto(agreement.confirmation_time()) >
                       ConfirmationDeadline(FromProto(agreement.effect_time()), env.calendar)) {
    return FieldError("dispute.agreement.confirmation_time", "is after the window for it");
  }
  if (!confirmed && dispute.ending().route() == kEnforcement) {
    return FieldError("dispute.ending.route", "want a confirmed agreement to enforce");
  }
  return absl::OkStatus();
}

// Each party, the mediator and the committee mark an agreement once.
Status CheckMarks(const v1::Dispute& dispute) {
  std::set<std::pair<v1::Signature::Role, std::string>> given;
  for (int i = 0; i < dispute.agreement().signatures_size(); ++i) {
    const v1::Signature& mark = dispute.agreement().signatures(i);
    const std::string path = absl::StrCat("dispute.agreement.signatures[", i, "].");
    const bool known =
        std::any_of(dispute.parties().begin(), dispute.parties().end(),
                    [&](const v1::Party& party) { return party.id() == mark.party(); });
    if (known != (mark.role() == v1::Signature::PARTY)) {
      return FieldError(path + "party", "want the id of a party that signs, else nothing");
    }
    if (!given.emplace(mark.role(), mark.party()).second) {
      return FieldError(path + (known ? "party" : "role"), "has signed already");
    }
  }
  return absl::OkStatus();
}

// A ledger may have no visits, but not one that found the agreement broken at the close.
Status CheckClosed(const v1::Dispute& dispute) {
  if (dispute.state() != v1::Dispute::CLOSED) return absl::OkStatus();
  const absl::Time effect = FromProto(dispute.agreement().effect_time());
  for (int i = dispute.follow_ups_size() - 1; i >= 0; --i) {
    const absl::Time visit = FromProto(dispute.follow_ups(i).visit_time());
    if (visit > FromProto(dispute.ending().end_time())) continue;
    if (visit < effect || dispute.follow_ups(i).performed()) break;
    return FieldError(absl::StrCat("dispute.follow_ups[", i, "].performed"),
                      "want it kept before the close");
  }
  return absl::OkStatus();
}

Status CheckWindows(const v1::Dispute& dispute, const Env& env) {
  const int days = ReopenDays(env.limits);
  for (int i = 0; i < dispute.reopenings_size(); ++i) {
    const v1::Reopening& reopening = dispute.reopenings(i);
    if (!reopening.has_close_time()) continue;
    const absl::Time last = ReopenDeadline(FromProto(reopening.close_time()), days);
    if (FromProto(reopening.reopen_time()) <= last) continue;
    return FieldError(absl::StrCat("dispute.reopenings[", i, "].reopen_time"),
                      absl::StrCat("want it at most ", days, " days after the close"));
  }
  return absl::OkStatus();
}

// Whether a unit of the area handles cases at the level: also a village's, those of a household.
bool HandlesAt(v1::Level level, const common::v1::Unit& unit) {
  const v1::Level own = area::IsAreaCode(unit.area()) ? LevelOfArea(unit.area()) : level;
  return level == own || level == v1::LEVEL_UNSPECIFIED ||
         (level == v1::HOUSEHOLD && own == v1::VILLAGE);
}

Status CheckWays(const v1::Dispute& dispute, const Env& env) {
  for (int i = 0; i < dispute.escalations_size(); ++i) {
    const v1::Escalation& escalation = dispute.escalations(i);
    if (escalation.to() == escalation.from() + 1) continue;
    if (escalation.from() < v1::CITY &&
        escalation.to() == NextAbove(escalation.from(), dispute.area(), env.areas).level) {
      continue;
    }
    return FieldError(absl::StrCat("dispute.escalations[", i, "].to"), "want the next level");
  }
  for (int i = 0; i < dispute.custody_size(); ++i) {
    const v1::Custody& entry = dispute.custody(i);
    const bool last = i + 1 == dispute.custody_size();
    const v1::Level level =
        last && entry.level() == v1::LEVEL_UNSPECIFIED ? dispute.level() : entry.level();
    if (HandlesAt(level, entry.unit())) continue;
    return FieldError(absl::StrCat("dispute.custody[", i, "].level"),
                      "is not that of the unit's area");
  }
  return absl::OkStatus();
}

// Where a meeting was and where the case was resolved, it was.
Status CheckLevels(const v1::Dispute& dispute) {
  std::set<v1::Level> levels = {v1::LEVEL_UNSPECIFIED, dispute.level()};
  for (const auto& entry : dispute.custody()) levels.insert(entry.level());
  for (const auto& escalation : dispute.escalations()) {
    levels.insert({escalation.from(), escalation.to()});
  }
  const char* const problem = "want a level at which the case was";
  for (int i = 0; i < dispute.attempts_size(); ++i) {
    if (levels.contains(dispute.attempts(i).level())) continue;
    return FieldError(absl::StrCat("dispute.attempts[", i, "].level"), problem);
  }
  if (levels.contains(dispute.resolved_level())) return absl::OkStatus();
  return FieldError("dispute.resolved_level", problem);
}

// The last meeting of a level moves the case up, that of the city ends the mediation. What
// superseded an agreement may have come after one that was broken, whose day is not known.
Status CheckMeetings(const v1::Dispute& dispute, const Limits& limits) {
  const auto state = dispute.state();
  if (WantsAgreement(state) && dispute.agreement().version() > 1) return absl::OkStatus();
  const bool after = state == v1::Dispute::FAILED || state == v1::Dispute::DIVERTED;
  const int most = AttemptsMax(dispute.level(), limits);
  if (FailedAtLevel(dispute) < most + (after && dispute.level() == v1::CITY)) {
    return absl::OkStatus();
  }
  return FieldError("dispute.attempts",
                    absl::StrCat("want fewer than ", most, " without success at the level"));
}

}  // namespace

v1::Level LastLevel(const v1::Dispute& dispute) {
  const v1::Level level = CustodyLevel(dispute);
  return level == v1::LEVEL_UNSPECIFIED ? EscalatedLevel(dispute) : level;
}

Status CheckLevel(const v1::Dispute& dispute) {
  const v1::Level level =
      dispute.level() == v1::LEVEL_UNSPECIFIED ? LastLevel(dispute) : dispute.level();
  for (const v1::Level known : {CustodyLevel(dispute), EscalatedLevel(dispute)}) {
    if (known == v1::LEVEL_UNSPECIFIED || known == level) continue;
    return FieldError("dispute.level", "is not that of the last owner and the last escalation");
  }
  return absl::OkStatus();
}

int FailedAtLevel(const v1::Dispute& dispute) {
  const auto since = CountedSince(dispute);
  return static_cast<int>(
      std::count_if(dispute.attempts().begin(), dispute.attempts().end(), [&](const auto& attempt) {
        return attempt.outcome() == v1::Attempt::UNSUCCESSFUL &&
               (!since || FromProto(attempt.meet_time()) > *since);
      }));
}

Status CheckState(const v1::Dispute& dispute, const Env& env) {
  RETURN_IF_ERROR(CheckNeverAccepted(dispute));
  RETURN_IF_ERROR(CheckAgreed(dispute, env));
  RETURN_IF_ERROR(CheckMarks(dispute));
  RETURN_IF_ERROR(CheckClosed(dispute));
  RETURN_IF_ERROR(CheckWindows(dispute, env));
  RETURN_IF_ERROR(CheckWays(dispute, env));
  RETURN_IF_ERROR(CheckMeetings(dispute, env.limits));
  if (dispute.turned_criminal() && !dispute.criminal_risk()) {
    return FieldError("dispute.turned_criminal", "want the risk reported");
  }
  return CheckLevels(dispute);
}

}  // namespace pingan::disputes
