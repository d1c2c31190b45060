#include "services/disputes/past_state.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/base/instants.h"
#include "services/disputes/agreement.h"
#include "services/disputes/codes.h"
#include "services/disputes/limits.h"

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

// When the count of its meetings last began anew; null = with the registration.
std::optional<absl::Time> CountedSince(const v1::Dispute& dispute) {
  std::optional<absl::Time> since;
  const auto offer = [&since](const google::protobuf::Timestamp& time) {
    since = std::max(since.value_or(absl::InfinitePast()), FromProto(time));
  };
  if (!dispute.escalations().empty()) offer(dispute.escalations().rbegin()->escalate_time());
  if (!dispute.reopenings().empty()) offer(dispute.reopenings().rbegin()->reopen_time());
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

Status CheckResolvedLevel(const v1::Dispute& dispute) {
  std::set<v1::Level> levels = {v1::LEVEL_UNSPECIFIED, dispute.level()};
  for (const auto& entry : dispute.custody()) levels.insert(entry.level());
  for (const auto& attempt : dispute.attempts()) levels.insert(attempt.level());
  for (const auto& escalation : dispute.escalations()) {
    levels.insert({escalation.from(), escalation.to()});
  }
  if (levels.contains(dispute.resolved_level())) return absl::OkStatus();
  return FieldError("dispute.resolved_level", "want a level at which the case was");
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
  const int most = AttemptsMax(dispute.level(), env.limits);
  if (dispute.state() == v1::Dispute::MEDIATING && FailedAtLevel(dispute) >= most) {
    return FieldError("dispute.attempts",
                      absl::StrCat("want fewer than ", most, " without success at the level"));
  }
  return CheckResolvedLevel(dispute);
}

}  // namespace pingan::disputes
