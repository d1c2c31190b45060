#include "services/disputes/registration.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/area/tree.h"
#include "common/auth/scope.h"
#include "common/base/instants.h"
#include "common/calendar/working_days.h"
#include "services/disputes/assignment.h"
#include "services/disputes/custody.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/particulars.h"
#include "services/disputes/settle.h"

namespace pingan::disputes {
namespace {

// What a registrar says; everything else the server sets.
v1::Dispute TakeInput(const v1::Dispute& sent) {
  v1::Dispute dispute;
  dispute.set_area(sent.area());
  dispute.set_title(sent.title());
  dispute.set_description(sent.description());
  dispute.set_category(sent.category());
  *dispute.mutable_causes() = sent.causes();
  dispute.set_scale(sent.scale());
  dispute.set_people_involved(sent.people_involved());
  dispute.set_place(sent.place());
  if (sent.has_occur_time()) *dispute.mutable_occur_time() = sent.occur_time();
  dispute.set_source(sent.source());
  *dispute.mutable_parties() = sent.parties();
  dispute.set_risk(sent.risk());
  dispute.set_external_id(sent.external_id());
  return dispute;
}

// By the rules, unless a ledger says another level than they do.
Assignment First(const v1::Dispute& dispute, const area::Tree& areas) {
  const Assignment ruled = Assign(dispute.category(), dispute.area(), areas);
  const bool as_ruled = dispute.level() == v1::LEVEL_UNSPECIFIED || dispute.level() == ruled.level;
  return as_ruled ? ruled : OfficeAt(dispute.level(), dispute.area(), areas);
}

}  // namespace

Status CheckArea(const v1::Dispute& dispute, const Env& env) {
  const area::Area* place =
      area::IsAreaCode(dispute.area()) ? env.areas.Find(dispute.area()) : nullptr;
  if (place == nullptr || !auth::AreaReaches(env.caller, dispute.area())) {
    return FieldError("dispute.area", "no such area");
  }
  if (LevelOfArea(dispute.area()) == v1::LEVEL_UNSPECIFIED) {
    return FieldError("dispute.area", "want a city or below");
  }
  return absl::OkStatus();
}

void Register(v1::DisputeRecord* record, absl::Time at, const Env& env) {
  v1::Dispute& dispute = *record->mutable_dispute();
  for (int i = 0; i < dispute.parties_size(); ++i) {
    dispute.mutable_parties(i)->set_id(std::to_string(i + 1));
  }
  if (dispute.scale() == v1::SCALE_UNSPECIFIED) dispute.set_scale(v1::INDIVIDUAL);
  if (dispute.risk() == v1::RISK_UNSPECIFIED) dispute.set_risk(v1::YELLOW);
  if (dispute.people_involved() == 0) dispute.set_people_involved(dispute.parties_size());
  const Assignment first = First(dispute, env.areas);
  *dispute.mutable_create_time() = ToProto(at);
  dispute.set_table_version(CurrentTableVersion());
  if (dispute.level() == v1::LEVEL_UNSPECIFIED) dispute.set_level(first.level);
  dispute.clear_assignment_rule();
  if (dispute.custody().empty()) {
    dispute.set_assignment_rule(first.rule);
    PassTo(&dispute, first.unit, "", "registered", at);
  } else {
    const v1::Custody& last = *dispute.custody().rbegin();
    *dispute.mutable_owner()->mutable_unit() = last.unit();
    dispute.mutable_owner()->set_person(last.person());
  }
}

StatusOr<Decision<v1::DisputeRecord>> DecideCreate(const v1::DisputeRecord& empty,
                                                   const v1::CreateDisputeRequest& request,
                                                   const Env& env) {
  RETURN_IF_ERROR(CheckArea(request.dispute(), env));
  if (!env.areas.Find(request.dispute().area())->ValidOn(calendar::DayOf(env.now))) {
    return FieldError("dispute.area", "want an area that is valid today");
  }
  v1::DisputeRecord after;
  v1::Dispute& dispute = *after.mutable_dispute();
  dispute = TakeInput(request.dispute());
  RETURN_IF_ERROR(NormaliseParticulars(&dispute, identifier::CitizenIdForm::kCurrent, env.now));
  Register(&after, env.now, env);
  dispute.set_state(v1::Dispute::REGISTERED);
  return Settle(empty, std::move(after), {"dispute.registered"}, env);
}

std::string SequenceOf(const v1::DisputeRecord& record, absl::Time now) {
  const v1::Dispute& dispute = record.dispute();
  const absl::Time at = dispute.has_create_time() ? FromProto(dispute.create_time()) : now;
  return absl::StrCat(dispute.area().substr(0, 6), "-", calendar::DayOf(at).year());
}

void Number(v1::DisputeRecord* record, int64_t serial) {
  record->mutable_dispute()->set_name(absl::StrCat("disputes/",
                                                   SequenceOf(*record, absl::InfinitePast()), "-",
                                                   absl::Dec(serial, absl::kZeroPad6)));
}

}  // namespace pingan::disputes
