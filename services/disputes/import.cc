#include "services/disputes/import.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/instants.h"
#include "common/calendar/clock_rule.h"
#include "services/disputes/agreement.h"
#include "services/disputes/codes.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/particulars.h"
#include "services/disputes/registration.h"
#include "services/disputes/settle.h"

namespace pingan::disputes {
namespace {

using google::protobuf::Timestamp;

// No ledger of ours is older than the republic; a case is named by the year of its registration.
constexpr absl::CivilDay kFirstDay(1949, 10, 1);
constexpr int kClockItemsMax = 100;  // pauses of a clock, and changes
constexpr int kAgreementVersionMax = 1000;
using State = v1::Dispute::State;

std::string At(const char* field, int i, const char* part) {
  return "dispute." + std::string(field) + "[" + std::to_string(i) + "]." + part;
}

// A time of the past life: between the registration and now.
Status CheckWithin(const Timestamp& time, const v1::Dispute& dispute, const std::string& path,
                   absl::Time now) {
  const absl::Time at = FromProto(time);
  if (at < FromProto(dispute.create_time())) return FieldError(path, "is before the registration");
  if (at > now) return FieldError(path, "must not be in the future");
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

Status CheckCustody(const v1::Dispute& dispute, absl::Time now) {
  absl::Time end = FromProto(dispute.create_time());
  for (int i = 0; i < dispute.custody_size(); ++i) {
    const v1::Custody& entry = dispute.custody(i);
    const bool last = i + 1 == dispute.custody_size();
    if (entry.unit().code().empty()) return FieldError(At("custody", i, "unit"), "want a unit");
    if (FromProto(entry.from_time()) != end) {
      return FieldError(At("custody", i, "from_time"), "want no gap since the registration");
    }
    if (entry.has_to_time() == last) {
      return FieldError(At("custody", i, "to_time"), "want the last entry open, and no other");
    }
    if (last) break;
    RETURN_IF_ERROR(CheckWithin(entry.to_time(), dispute, At("custody", i, "to_time"), now));
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
    RETURN_IF_ERROR(CheckWithin(attempt.meet_time(), dispute, path, now));
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

bool WantsAgreement(State state) {
  return state == v1::Dispute::AGREED || state == v1::Dispute::PERFORMING ||
         state == v1::Dispute::CLOSED;
}

bool WantsEnding(State state) {
  return !IsOpen(state) || state == v1::Dispute::FAILED;
}

Status CheckAgreement(const v1::Dispute& dispute, absl::Time now) {
  const State state = dispute.state();
  const v1::Agreement& agreement = dispute.agreement();
  if (!WantsAgreement(state)) {
    if (dispute.has_agreement() && dispute.reopenings().empty()) {
      return FieldError("dispute.agreement", "the state has none");
    }
    return absl::OkStatus();
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
  RETURN_IF_ERROR(
      CheckWithin(agreement.effect_time(), dispute, "dispute.agreement.effect_time", now));
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
  for (int i = 0; i < dispute.reopenings_size(); ++i) {
    RETURN_IF_ERROR(CheckWithin(dispute.reopenings(i).reopen_time(), dispute,
                                At("reopenings", i, "reopen_time"), now));
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

Status CheckDays(int days, const std::string& path) {
  if (days >= 0 && days <= calendar::kDaysMax) return absl::OkStatus();
  return FieldError(path, "want 0 to " + std::to_string(calendar::kDaysMax) + " days");
}

Status CheckItems(int count, const std::string& path) {
  if (count <= kClockItemsMax) return absl::OkStatus();
  return FieldError(path, "want at most " + std::to_string(kClockItemsMax));
}

// What the rule that counts the days must be able to bear.
Status CheckClock(const std::string& name, const v1::Clock& clock, const v1::Dispute& dispute,
                  absl::Time now) {
  const std::string path = "dispute." + name + ".";
  const auto at = [&name](const char* field, int i, const char* part) {
    return At((name + "." + field).c_str(), i, part);
  };
  RETURN_IF_ERROR(CheckDays(clock.days(), path + "days"));
  RETURN_IF_ERROR(CheckDays(clock.extension_days(), path + "extension_days"));
  RETURN_IF_ERROR(CheckItems(clock.pauses_size(), path + "pauses"));
  RETURN_IF_ERROR(CheckItems(clock.changes_size(), path + "changes"));
  if (clock.has_start_time()) {
    RETURN_IF_ERROR(CheckWithin(clock.start_time(), dispute, path + "start_time", now));
  }
  for (int i = 0; i < clock.pauses_size(); ++i) {
    const v1::Pause& pause = clock.pauses(i);
    RETURN_IF_ERROR(CheckWithin(pause.from_time(), dispute, at("pauses", i, "from_time"), now));
    if (!pause.has_to_time()) continue;
    RETURN_IF_ERROR(CheckWithin(pause.to_time(), dispute, at("pauses", i, "to_time"), now));
  }
  for (int i = 0; i < clock.changes_size(); ++i) {
    const v1::LimitChange& change = clock.changes(i);
    RETURN_IF_ERROR(
        CheckWithin(change.change_time(), dispute, at("changes", i, "change_time"), now));
    RETURN_IF_ERROR(CheckDays(change.days_before(), at("changes", i, "days_before")));
    RETURN_IF_ERROR(CheckDays(change.days_after(), at("changes", i, "days_after")));
  }
  return absl::OkStatus();
}

// When and where a case was resolved follows from its agreement, whatever the ledger says.
void FillAgreement(v1::Dispute* dispute, const Env& env) {
  dispute->clear_resolve_time();
  const bool agreed = WantsAgreement(dispute->state());
  if (!agreed || !dispute->agreement().has_effect_time()) dispute->clear_resolved_level();
  if (!agreed) return;
  v1::Agreement& agreement = *dispute->mutable_agreement();
  agreement.set_version(std::max(1, agreement.version()));
  for (int i = 0; i < agreement.instalments_size(); ++i) {
    agreement.mutable_instalments(i)->set_id(std::to_string(i + 1));
  }
  if (!agreement.has_effect_time()) return;
  *agreement.mutable_confirmation_deadline() =
      ToProto(ConfirmationDeadline(FromProto(agreement.effect_time()), env.calendar));
  *dispute->mutable_resolve_time() = agreement.effect_time();
  if (dispute->resolved_level() == v1::LEVEL_UNSPECIFIED) {
    dispute->set_resolved_level(dispute->level());
  }
}

// A ledger that says nothing of clocks: they count from the registration, or from the reopening.
void FillClocks(v1::DisputeRecord* record, const Env& env) {
  v1::Dispute& dispute = *record->mutable_dispute();
  const State state = dispute.state();
  const bool unaccepted = state == v1::Dispute::REGISTERED || state == v1::Dispute::REFUSED;
  const auto start =
      FromProto(dispute.reopenings().empty() ? dispute.create_time()
                                             : dispute.reopenings().rbegin()->reopen_time());
  if (!dispute.statutory().has_start_time()) {
    dispute.set_state(unaccepted ? v1::Dispute::REGISTERED : v1::Dispute::ACCEPTED);
    StartClocks(record, start, env);
    dispute.set_state(state);
    const absl::Time stop = dispute.has_resolve_time() ? FromProto(dispute.resolve_time())
                            : dispute.has_ending()     ? FromProto(dispute.ending().end_time())
                                                       : start;
    const absl::Time due = calendar::Deadline(TimerOf(dispute.statutory()), env.calendar);
    dispute.mutable_statutory()->set_missed(stop > due);
  }
  StartClocks(record, dispute.has_resolve_time() ? FromProto(dispute.resolve_time()) : start, env);
}

}  // namespace

StatusOr<Decision<v1::DisputeRecord>> DecideImport(const v1::ImportDisputesRequest& request,
                                                   const Env& env) {
  v1::DisputeRecord after;
  v1::Dispute& dispute = *after.mutable_dispute();
  dispute = request.dispute();
  dispute.clear_name();
  dispute.clear_transfer();
  RETURN_IF_ERROR(CheckArea(dispute, env));
  RETURN_IF_ERROR(CheckParticulars(dispute, env.now));
  if (NextState(dispute.state(), Action::kPostMessage) == v1::Dispute::STATE_UNSPECIFIED) {
    return FieldError("dispute.state", "want a state", common::v1::FIELD_REQUIRED);
  }
  RETURN_IF_ERROR(CheckRegistration(dispute, env.now));
  RETURN_IF_ERROR(CheckCustody(dispute, env.now));
  RETURN_IF_ERROR(CheckAttempts(dispute, env.now));
  RETURN_IF_ERROR(CheckAgreement(dispute, env.now));
  RETURN_IF_ERROR(CheckEnding(dispute, env.now));
  RETURN_IF_ERROR(CheckClock("statutory", dispute.statutory(), dispute, env.now));
  RETURN_IF_ERROR(CheckClock("management", dispute.management(), dispute, env.now));
  Register(&after, FromProto(dispute.create_time()), env);
  if (dispute.has_ending() && dispute.ending().unit().code().empty()) {
    *dispute.mutable_ending()->mutable_unit() = dispute.owner().unit();
  }
  FillAgreement(&dispute, env);
  FillClocks(&after, env);
  return Settle({}, std::move(after), {"dispute.imported"}, env);
}

}  // namespace pingan::disputes
