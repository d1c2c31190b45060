#include "services/disputes/past.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/instants.h"
#include "common/calendar/clock_rule.h"
#include "services/disputes/bounds.h"
#include "services/disputes/codes.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/past_clock.h"

namespace pingan::disputes {
namespace {

using google::protobuf::Timestamp;

// No ledger of ours is older than the republic; a case is named by the year of its registration.
constexpr absl::CivilDay kFirstDay(1949, 10, 1);
using State = v1::Dispute::State;

std::string At(const char* field, int i, const char* part) {
  return "dispute." + std::string(field) + "[" + std::to_string(i) + "]." + part;
}

// The last time that may be, and the problem of a later one.
struct Until {
  absl::Time last;
  const char* problem = "must not be in the future";
};

// A time is within the life of the case.
Status CheckTime(const Timestamp& time, const v1::Dispute& dispute, const std::string& path,
                 const Until& until) {
  if (FromProto(time) > until.last) return FieldError(path, until.problem);
  return CheckWithin(time, dispute, path, until.last);
}

// So is one that may be missing, if it is there.
Status CheckIfSet(bool set, const Timestamp& time, const v1::Dispute& dispute,
                  const std::string& path, const Until& until) {
  return set ? CheckTime(time, dispute, path, until) : absl::OkStatus();
}

// Since when what is agreed now could be agreed: the registration, or the last reopening.
absl::Time HandledSince(const v1::Dispute& dispute) {
  return FromProto(dispute.reopenings().empty() ? dispute.create_time()
                                                : dispute.reopenings().rbegin()->reopen_time());
}

// Lists of one case that are no longer than those of a case that was registered here.
Status CheckSizes(const v1::Dispute& dispute) {
  const struct {
    const char* path;
    int size, most;
  } lists[] = {
      {"custody", dispute.custody_size(), kCustodyMax},
      {"escalations", dispute.escalations_size(), kCustodyMax},
      {"attempts", dispute.attempts_size(), kMeetingsMax},
      {"agreement.signatures", dispute.agreement().signatures_size(), kSignaturesMax},
      {"ending.routes_told", dispute.ending().routes_told_size(), kRoutesMax},
      {"agreement.earlier_texts", dispute.agreement().earlier_texts_size(), kEarlierTextsMax},
      {"follow_ups", dispute.follow_ups_size(), kVisitsMax},
      {"reopenings", dispute.reopenings_size(), kReopeningsMax},
      {"statutory.pauses", dispute.statutory().pauses_size(), kClockItemsMax},
      {"statutory.changes", dispute.statutory().changes_size(), kClockItemsMax},
      {"management.pauses", dispute.management().pauses_size(), kClockItemsMax},
      {"management.changes", dispute.management().changes_size(), kClockItemsMax},
  };
  for (const auto& [path, size, most] : lists) {
    if (size <= most) continue;
    return FieldError(std::string("dispute.") + path, StdView(absl::StrCat("want at most ", most)));
  }
  return absl::OkStatus();
}

Status CheckRegistration(const v1::Dispute& dispute, absl::Time now) {
  if (!dispute.has_create_time()) {
    return FieldError("dispute.create_time", "want the registration", common::v1::FIELD_REQUIRED);
  }
  if (FromProto(dispute.create_time()) > now) {
    return FieldError("dispute.create_time", "must not be in the future");
  }
  if (calendar::DayOf(FromProto(dispute.create_time())) < kFirstDay) {
    return FieldError("dispute.create_time", "must not be before 1949-10-01");
  }
  if (dispute.has_occur_time() &&
      FromProto(dispute.occur_time()) > FromProto(dispute.create_time())) {
    return FieldError("dispute.occur_time", "is after the registration");
  }
  return absl::OkStatus();
}

bool WantsEnding(State state) {
  return !IsOpen(state) || state == v1::Dispute::FAILED;
}

// The last time at which something may be done with the case.
Until EndOf(const v1::Dispute& dispute, absl::Time now) {
  if (!dispute.has_ending()) return {now};
  return {FromProto(dispute.ending().end_time()), "is after the end"};
}

Status CheckCustody(const v1::Dispute& dispute, absl::Time now) {
  // Who has a failed case may still hand it on.
  const Until until = dispute.state() == v1::Dispute::FAILED ? Until{now} : EndOf(dispute, now);
  absl::Time end = FromProto(dispute.create_time());
  for (int i = 0; i < dispute.custody_size(); ++i) {
    const v1::Custody& entry = dispute.custody(i);
    const bool last = i + 1 == dispute.custody_size();
    if (entry.unit().code().empty()) return FieldError(At("custody", i, "unit"), "want a unit");
    if (FromProto(entry.from_time()) != end) {
      return FieldError(At("custody", i, "from_time"), "want no gap since the registration");
    }
    RETURN_IF_ERROR(CheckTime(entry.from_time(), dispute, At("custody", i, "from_time"), until));
    if (entry.has_to_time() == last) {
      return FieldError(At("custody", i, "to_time"), "want the last entry open, and no other");
    }
    if (last) break;
    RETURN_IF_ERROR(CheckTime(entry.to_time(), dispute, At("custody", i, "to_time"), {now}));
    if (FromProto(entry.to_time()) < end) {
      return FieldError(At("custody", i, "to_time"), "is before from_time");
    }
    end = FromProto(entry.to_time());
  }
  return absl::OkStatus();
}

Status CheckAttempts(const v1::Dispute& dispute, absl::Time now) {
  Timestamp last = dispute.create_time();
  for (int i = 0; i < dispute.attempts_size(); ++i) {
    const v1::Attempt& attempt = dispute.attempts(i);
    const std::string path = At("attempts", i, "meet_time");
    RETURN_IF_ERROR(CheckTime(attempt.meet_time(), dispute, path, EndOf(dispute, now)));
    if (FromProto(attempt.meet_time()) < FromProto(last)) {
      return FieldError(path, "is before the meeting that precedes it");
    }
    if (!IsMethod(attempt.method())) {
      return FieldError(At("attempts", i, "method"), "no such resolution-method");
    }
    last = attempt.meet_time();
  }
  return absl::OkStatus();
}

Status CheckAgreement(const v1::Dispute& dispute, absl::Time now) {
  const State state = dispute.state();
  const v1::Agreement& agreement = dispute.agreement();
  if (!WantsAgreement(state)) {
    // One that was in effect and broken stays with what follows it.
    const bool follows = agreement.has_effect_time() && state != v1::Dispute::REGISTERED &&
                         state != v1::Dispute::REFUSED;
    if (!dispute.has_agreement() || !dispute.reopenings().empty() || follows) {
      return absl::OkStatus();
    }
    return FieldError("dispute.agreement", "the state has none");
  }
  if (agreement.text().empty()) return FieldError("dispute.agreement.text", "the state wants one");
  if (agreement.version() < 0 || agreement.version() > kAgreementVersionMax) {
    return FieldError("dispute.agreement.version",
                      absl::StrCat("want at most ", kAgreementVersionMax));
  }
  if (agreement.has_effect_time() != (state != v1::Dispute::AGREED)) {
    return FieldError("dispute.agreement.effect_time", "want it from PERFORMING on, not before");
  }
  if (state == v1::Dispute::AGREED) return absl::OkStatus();
  const char* const effect = "dispute.agreement.effect_time";
  RETURN_IF_ERROR(CheckTime(agreement.effect_time(), dispute, effect, {now}));
  if (FromProto(agreement.effect_time()) < HandledSince(dispute)) {
    return FieldError(effect, "is before the last reopening");
  }
  for (int i = 0; i < agreement.instalments_size(); ++i) {
    const v1::Instalment& instalment = agreement.instalments(i);
    if (!instalment.has_due_time()) {
      return FieldError(At("agreement.instalments", i, "due_time"), "want a time");
    }
    if (state == v1::Dispute::CLOSED && !instalment.has_perform_time()) {
      return FieldError(At("agreement.instalments", i, "perform_time"), "a closed case wants it");
    }
  }
  return absl::OkStatus();
}

Status CheckEnding(const v1::Dispute& dispute, absl::Time now) {
  if (dispute.has_ending() != WantsEnding(dispute.state())) {
    return FieldError("dispute.ending", "want it for an ended case, and no other");
  }
  if (dispute.state() == v1::Dispute::REOPENED && dispute.reopenings().empty()) {
    return FieldError("dispute.reopenings", "the state wants one");
  }
  if (!dispute.has_ending()) return absl::OkStatus();
  const std::string path = "dispute.ending.end_time";
  RETURN_IF_ERROR(CheckWithin(dispute.ending().end_time(), dispute, path, now));
  if (dispute.state() == v1::Dispute::CLOSED &&
      FromProto(dispute.ending().end_time()) < FromProto(dispute.agreement().effect_time())) {
    return FieldError(path, "is before the agreement's effect");
  }
  if (dispute.state() == v1::Dispute::DIVERTED && !IsMethod(dispute.ending().route())) {
    return FieldError("dispute.ending.route", "no such resolution-method");
  }
  return absl::OkStatus();
}

// What is done about an agreement: nothing after an end.
Status CheckUntilEnd(const v1::Dispute& dispute, absl::Time now) {
  const Until end = EndOf(dispute, now);
  const v1::Agreement& agreement = dispute.agreement();
  for (int i = 0; i < agreement.signatures_size(); ++i) {
    const v1::Signature& signature = agreement.signatures(i);
    const std::string path = At("agreement.signatures", i, "sign_time");
    RETURN_IF_ERROR(
        CheckIfSet(signature.has_sign_time(), signature.sign_time(), dispute, path, end));
  }
  for (int i = 0; i < agreement.instalments_size(); ++i) {
    const v1::Instalment& instalment = agreement.instalments(i);
    const std::string path = At("agreement.instalments", i, "perform_time");
    RETURN_IF_ERROR(
        CheckIfSet(instalment.has_perform_time(), instalment.perform_time(), dispute, path, end));
  }
  return CheckIfSet(agreement.has_confirmation_time(), agreement.confirmation_time(), dispute,
                    "dispute.agreement.confirmation_time", end);
}

// Marks come before the effect of an agreement, those of the one that stands after the last
// reopening; what is due and done about it comes after the effect.
Status CheckAroundEffect(const v1::Dispute& dispute) {
  const v1::Agreement& agreement = dispute.agreement();
  const absl::Time effect =
      agreement.has_effect_time() ? FromProto(agreement.effect_time()) : absl::InfiniteFuture();
  absl::Time made = effect;
  for (int i = 0; i < agreement.signatures_size(); ++i) {
    const v1::Signature& signature = agreement.signatures(i);
    if (!signature.has_sign_time()) continue;
    if (FromProto(signature.sign_time()) > effect) {
      return FieldError(At("agreement.signatures", i, "sign_time"), "is after the effect");
    }
    if (WantsAgreement(dispute.state()) &&
        FromProto(signature.sign_time()) < HandledSince(dispute)) {
      return FieldError(At("agreement.signatures", i, "sign_time"), "is before the last reopening");
    }
    made = std::min(made, FromProto(signature.sign_time()));
  }
  if (made == absl::InfiniteFuture()) made = FromProto(dispute.create_time());
  for (int i = 0; i < agreement.instalments_size(); ++i) {
    const v1::Instalment& instalment = agreement.instalments(i);
    if (instalment.has_due_time() && FromProto(instalment.due_time()) < made) {
      return FieldError(At("agreement.instalments", i, "due_time"), "is before the agreement");
    }
    if (instalment.has_perform_time() && FromProto(instalment.perform_time()) < effect) {
      return FieldError(At("agreement.instalments", i, "perform_time"), "is before the effect");
    }
  }
  if (agreement.has_confirmation_time() && FromProto(agreement.confirmation_time()) < effect) {
    return FieldError("dispute.agreement.confirmation_time", "is before the effect");
  }
  return absl::OkStatus();
}

Status CheckEscalations(const v1::Dispute& dispute, absl::Time now) {
  Timestamp last = dispute.create_time();
  for (int i = 0; i < dispute.escalations_size(); ++i) {
    const v1::Escalation& escalation = dispute.escalations(i);
    if (escalation.from() == v1::LEVEL_UNSPECIFIED) {
      return FieldError(At("escalations", i, "from"), "want a level");
    }
    if (escalation.to() <= escalation.from()) {
      return FieldError(At("escalations", i, "to"), "want a level above from");
    }
    const std::string path = At("escalations", i, "escalate_time");
    RETURN_IF_ERROR(CheckTime(escalation.escalate_time(), dispute, path, EndOf(dispute, now)));
    if (FromProto(escalation.escalate_time()) < FromProto(last)) {
      return FieldError(path, "is before the escalation that precedes it");
    }
    if (i > 0 && escalation.from() < dispute.escalations(i - 1).to()) {
      return FieldError(At("escalations", i, "from"), "is below what precedes it led to");
    }
    last = escalation.escalate_time();
  }
  return absl::OkStatus();
}

// Each follows a close, which follows the reopening before it.
Status CheckReopenings(const v1::Dispute& dispute, absl::Time now) {
  Timestamp reopened = dispute.create_time();
  for (int i = 0; i < dispute.reopenings_size(); ++i) {
    const v1::Reopening& reopening = dispute.reopenings(i);
    const std::string path = At("reopenings", i, "reopen_time");
    const std::string close = At("reopenings", i, "close_time");
    if (FromProto(reopening.reopen_time()) < FromProto(reopened)) {
      return FieldError(path, "is before the reopening that precedes it");
    }
    RETURN_IF_ERROR(CheckTime(reopening.reopen_time(), dispute, path, EndOf(dispute, now)));
    RETURN_IF_ERROR(CheckIfSet(reopening.has_close_time(), reopening.close_time(), dispute, close,
                               {FromProto(reopening.reopen_time()), "is after the reopening"}));
    if (reopening.has_close_time() && FromProto(reopening.close_time()) < FromProto(reopened)) {
      return FieldError(close, "is before the reopening that precedes it");
    }
    reopened = reopening.reopen_time();
  }
  return absl::OkStatus();
}

// What comes after an agreement: visits, what the parties said.
Status CheckAfterwards(const v1::Dispute& dispute, absl::Time now) {
  Timestamp last = dispute.create_time();
  for (int i = 0; i < dispute.follow_ups_size(); ++i) {
    const v1::FollowUp& visit = dispute.follow_ups(i);
    const std::string path = At("follow_ups", i, "visit_time");
    RETURN_IF_ERROR(CheckWithin(visit.visit_time(), dispute, path, now));
    if (FromProto(visit.visit_time()) < FromProto(last)) {
      return FieldError(path, "is before the visit that precedes it");
    }
    last = visit.visit_time();
  }
  const v1::Satisfaction& said = dispute.satisfaction();
  return CheckIfSet(said.has_record_time(), said.record_time(), dispute,
                    "dispute.satisfaction.record_time", {now});
}

}  // namespace

bool WantsAgreement(v1::Dispute::State state) {
  return state == v1::Dispute::AGREED || state == v1::Dispute::PERFORMING ||
         state == v1::Dispute::CLOSED;
}

Status CheckPast(const v1::Dispute& dispute, absl::Time now) {
  RETURN_IF_ERROR(CheckSizes(dispute));
  RETURN_IF_ERROR(CheckRegistration(dispute, now));
  RETURN_IF_ERROR(CheckEnding(dispute, now));
  RETURN_IF_ERROR(CheckReopenings(dispute, now));
  RETURN_IF_ERROR(CheckCustody(dispute, now));
  RETURN_IF_ERROR(CheckAttempts(dispute, now));
  RETURN_IF_ERROR(CheckAgreement(dispute, now));
  RETURN_IF_ERROR(CheckUntilEnd(dispute, now));
  RETURN_IF_ERROR(CheckAroundEffect(dispute));
  RETURN_IF_ERROR(CheckEscalations(dispute, now));
  RETURN_IF_ERROR(CheckAfterwards(dispute, now));
  return CheckClocks(dispute, now);
}

}  // namespace pingan::disputes
