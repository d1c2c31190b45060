#include "services/disputes/import.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/area/scope.h"
#include "common/area/tree.h"
#include "common/auth/scope.h"
#include "common/base/instants.h"
#include "common/calendar/clock_rule.h"
#include "services/disputes/agreement.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/particulars.h"
#include "services/disputes/past.h"
#include "services/disputes/past_state.h"
#include "services/disputes/registration.h"
#include "services/disputes/settle.h"

namespace pingan::disputes {
namespace {

using State = v1::Dispute::State;

// The area of a unit exists; of one that holds rights or is counted against, it is the caller's
// own.
Status CheckUnit(const common::v1::Unit& unit, bool own, const std::string& path, const Env& env) {
  const std::string& area = unit.area();
  if (area.empty() || (env.areas.Contains(area) && (!own || auth::AreaReaches(env.caller, area)))) {
    return absl::OkStatus();
  }
  return FieldError(path + ".area", "no such area");
}

// Whoever has the case is of the caller's own and sees it, else nobody could go on with it; and so
// is whoever closed it of the caller's own, as a reopening counts there. Others that once had it
// may be of anywhere.
Status CheckUnits(const v1::Dispute& dispute, const Env& env) {
  for (int i = 0; i < dispute.custody_size(); ++i) {
    RETURN_IF_ERROR(CheckUnit(dispute.custody(i).unit(), i + 1 == dispute.custody_size(),
                              "dispute.custody[" + std::to_string(i) + "].unit", env));
  }
  if (!dispute.custody().empty()) {
    const std::string& last = dispute.custody().rbegin()->unit().area();
    if (!last.empty() && !area::Covers(area::ScopeOf(last), dispute.area())) {
      return FieldError(
          "dispute.custody[" + std::to_string(dispute.custody_size() - 1) + "].unit.area",
          "want one that the case's area lies in");
    }
  }
  for (int i = 0; i < dispute.reopenings_size(); ++i) {
    RETURN_IF_ERROR(CheckUnit(dispute.reopenings(i).closing_unit(), true,
                              "dispute.reopenings[" + std::to_string(i) + "].closing_unit", env));
  }
  return CheckUnit(dispute.ending().unit(), dispute.state() == v1::Dispute::CLOSED,
                   "dispute.ending.unit", env);
}

// Signatures name parties by id, so an id that a row gives is the one that the party gets.
Status CheckIds(const v1::Dispute& dispute) {
  for (int i = 0; i < dispute.parties_size(); ++i) {
    const std::string& id = dispute.parties(i).id();
    if (id.empty() || id == std::to_string(i + 1)) continue;
    return FieldError("dispute.parties[" + std::to_string(i) + "].id",
                      "want " + std::to_string(i + 1) + ", or none");
  }
  return absl::OkStatus();
}

// When a case was resolved follows from its agreement, whatever the ledger says; where, the ledger
// may say.
void FillAgreement(v1::Dispute* dispute, const Env& env) {
  dispute->clear_resolve_time();
  const bool resolved = WantsAgreement(dispute->state()) && dispute->agreement().has_effect_time();
  if (!resolved) dispute->clear_resolved_level();
  if (!dispute->has_agreement()) return;
  v1::Agreement& agreement = *dispute->mutable_agreement();
  agreement.set_version(std::max(1, agreement.version()));
  for (int i = 0; i < agreement.instalments_size(); ++i) {
    agreement.mutable_instalments(i)->set_id(std::to_string(i + 1));
  }
  if (!agreement.has_effect_time()) return;
  *agreement.mutable_confirmation_deadline() =
      ToProto(ConfirmationDeadline(FromProto(agreement.effect_time()), env.calendar));
  if (!resolved) return;
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
  RETURN_IF_ERROR(
      NormaliseParticulars(&dispute, identifier::CitizenIdForm::kCurrentOrLegacy, env.now));
  if (dispute.state() < v1::Dispute::REGISTERED || dispute.state() > v1::Dispute::REOPENED) {
    return FieldError("dispute.state", "want a state", common::v1::FIELD_REQUIRED);
  }
  RETURN_IF_ERROR(CheckPast(dispute, env.now));
  RETURN_IF_ERROR(CheckUnits(dispute, env));
  RETURN_IF_ERROR(CheckIds(dispute));
  RETURN_IF_ERROR(CheckLevel(dispute));
  if (dispute.level() == v1::LEVEL_UNSPECIFIED) dispute.set_level(LastLevel(dispute));
  const bool told = dispute.level() != v1::LEVEL_UNSPECIFIED && dispute.custody().empty();
  Register(&after, FromProto(dispute.create_time()), env);
  if (told && dispute.assignment_rule().empty() &&
      !auth::AreaReaches(env.caller, dispute.owner().unit().area())) {
    return FieldError("dispute.level", "has its office above the caller's area");
  }
  if (dispute.has_ending() && dispute.ending().unit().code().empty()) {
    *dispute.mutable_ending()->mutable_unit() = dispute.owner().unit();
  }
  FillAgreement(&dispute, env);
  RETURN_IF_ERROR(CheckState(dispute, env));
  after.set_attempts_at_level(FailedAtLevel(dispute));
  FillClocks(&after, env);
  return Settle({}, std::move(after), {"dispute.imported"}, env);
}

}  // namespace pingan::disputes
