#include "services/population/dwelling.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "common/identifier/document.h"
#include "common/identifier/normal_form.h"
#include "common/identifier/phone.h"
#include "services/population/codes.h"
#include "services/population/days.h"
#include "services/population/identity.h"
#include "services/population/lifecycle.h"
#include "services/population/limits.h"

namespace pingan::population {
namespace {

constexpr std::string_view kUpdatable[] = {"address",     "use",           "rent_purposes",
                                           "rooms",       "owner",         "permitted_occupants",
                                           "external_id", "floor_area_m2", "grid"};

Status Check(const v1::DwellingRecord& record, const Env& env) {
  return InScope(env.caller, record.dwelling().area()) ? absl::OkStatus() : NotFound();
}

Status NormaliseOwner(v1::DwellingOwner* owner, identifier::CitizenIdForm form, const Env& env) {
  if (!owner->phone().empty()) {
    ASSIGN_OR_RETURN(*owner->mutable_phone(),
                     identifier::ParsePhone("dwelling.owner.phone", owner->phone()));
  }
  if (owner->document_number().empty()) return absl::OkStatus();
  if (owner->document_type() == identifier::kCreditCodeType) {
    ASSIGN_OR_RETURN(
        *owner->mutable_document_number(),
        identifier::ParseDocumentNumber("dwelling.owner.document_number", owner->document_type(),
                                        owner->document_number()));
    return absl::OkStatus();
  }
  v1::Document document;
  document.set_document_type(owner->document_type());
  document.set_document_number(owner->document_number());
  RETURN_IF_ERROR(NormaliseDocument("dwelling.owner", &document, form, env));
  owner->set_document_number(document.document_number());
  return absl::OkStatus();
}

void Count(std::map<std::string, int>* changes, const v1::PersonRecord& record, int sign) {
  // The facts of a merged file are those of the file that goes on.
  if (record.person().state() == v1::Person::MERGED) return;
  std::set<std::string> dwellings;  // one occupant of each, by however many spells
  for (const auto& spell : record.person().residences()) {
    if (spell.to_date().empty() && !spell.dwelling().empty()) dwellings.insert(spell.dwelling());
  }
  for (const std::string& dwelling : dwellings) (*changes)[dwelling] += sign;
}

}  // namespace

Status NormaliseDwelling(v1::Dwelling* dwelling, identifier::CitizenIdForm form, const Env& env) {
  if (dwelling->address().empty()) {
    return FieldError("dwelling.address", "must not be empty", common::v1::FIELD_REQUIRED);
  }
  if (dwelling->use() == v1::Dwelling::USE_UNSPECIFIED) {
    return FieldError("dwelling.use", "want a use", common::v1::FIELD_REQUIRED);
  }
  RETURN_IF_ERROR(CheckGrid("dwelling.grid", dwelling->grid(), dwelling->area()));
  for (int i = 0; i < dwelling->rent_purposes_size(); ++i) {
    const std::string path = "dwelling.rent_purposes[" + std::to_string(i) + "]";
    if (dwelling->use() != v1::Dwelling::LET)
      return FieldError(path, "want a dwelling that is LET");
    RETURN_IF_ERROR(CheckCode(path, "rent-purpose", dwelling->rent_purposes(i)));
  }
  return NormaliseOwner(dwelling->mutable_owner(), form, env);
}

Decision<v1::DwellingRecord> SettleDwelling(v1::DwellingRecord after,
                                            std::vector<std::string> events, const Env& env) {
  v1::Dwelling& dwelling = *after.mutable_dwelling();
  const bool over =
      dwelling.permitted_occupants() > 0 && dwelling.occupants() > dwelling.permitted_occupants();
  if (over != dwelling.over_occupied()) {
    events.push_back(over ? "dwelling.over_occupied" : "dwelling.relieved");
    dwelling.set_over_occupied(over);
  }
  dwelling.clear_next_due_time();
  if (!dwelling.verification_due()) {
    absl::Time due =
        After(calendar::DayOf(FromProto(dwelling.verify_time())) + StaleDaysOfDwelling(env.limits));
    if (after.has_visit_time()) {
      due = std::max(
          due, After(calendar::DayOf(FromProto(after.visit_time())) + RevisitDays(env.limits)));
    }
    *dwelling.mutable_next_due_time() = ToProto(due);
  }
  return {.after = std::move(after), .events = std::move(events)};
}

StatusOr<Decision<v1::DwellingRecord>> DecideCreateDwelling(
    const v1::DwellingRecord& empty, const v1::CreateDwellingRequest& request, const Env& env) {
  v1::DwellingRecord after;
  v1::Dwelling& dwelling = *after.mutable_dwelling();
  dwelling.set_area(request.dwelling().area());
  v1::Dwelling sent = request.dwelling();
  for (const std::string_view field : kUpdatable) {
    sent.GetReflection()->SwapFields(&sent, &dwelling,
                                     {sent.GetDescriptor()->FindFieldByName(std::string(field))});
  }
  if (!InScope(env.caller, dwelling.area())) return FieldError("dwelling.area", "no such area");
  RETURN_IF_ERROR(CheckPlace("dwelling.area", dwelling.area(), env));
  RETURN_IF_ERROR(NormaliseDwelling(&dwelling, identifier::CitizenIdForm::kCurrent, env));
  *dwelling.mutable_verify_time() = ToProto(env.now);
  return SettleDwelling(std::move(after), {"dwelling.created"}, env);
}

StatusOr<Decision<v1::DwellingRecord>> DecideUpdateDwelling(
    const v1::DwellingRecord& before, const v1::UpdateDwellingRequest& request, const Env& env) {
  RETURN_IF_ERROR(Check(before, env));
  v1::DwellingRecord after = before;
  v1::Dwelling& dwelling = *after.mutable_dwelling();
  v1::Dwelling sent = request.dwelling();
  for (const std::string& path : request.update_mask().paths()) {
    if (std::find(std::begin(kUpdatable), std::end(kUpdatable), path) == std::end(kUpdatable)) {
      return FieldError("update_mask", path + " cannot be updated", common::v1::FIELD_UNKNOWN);
    }
    sent.GetReflection()->SwapFields(&sent, &dwelling,
                                     {sent.GetDescriptor()->FindFieldByName(path)});
  }
  RETURN_IF_ERROR(NormaliseDwelling(&dwelling, identifier::CitizenIdForm::kCurrent, env));
  return SettleDwelling(std::move(after), {"dwelling.updated"}, env);
}

StatusOr<Decision<v1::DwellingRecord>> DecideRecordHazard(const v1::DwellingRecord& before,
                                                          const v1::RecordHazardRequest& request,
                                                          const Env& env) {
  RETURN_IF_ERROR(Check(before, env));
  if (!IsCode("hazard", request.hazard().type()) || request.hazard().type() == "00") {
    return FieldError("hazard.type", "no such hazard");
  }
  v1::DwellingRecord after = before;
  auto& hazards = *after.mutable_dwelling()->mutable_hazards();
  if (hazards.size() >= kFactsMax) {
    return Error(absl::StatusCode::kFailedPrecondition, common::v1::LIMIT_REACHED,
                 "want fewer than 200 hazards on a file");
  }
  v1::Hazard& hazard = *hazards.Add();
  hazard.set_id(std::to_string(hazards.size()));
  hazard.set_type(request.hazard().type());
  hazard.set_note(request.hazard().note());
  hazard.set_find_date(Text(Today(env)));
  return SettleDwelling(std::move(after), {"hazard.recorded"}, env);
}

StatusOr<Decision<v1::DwellingRecord>> DecideRectifyHazard(const v1::DwellingRecord& before,
                                                           const v1::RectifyHazardRequest& request,
                                                           const Env& env) {
  RETURN_IF_ERROR(Check(before, env));
  v1::DwellingRecord after = before;
  for (v1::Hazard& hazard : *after.mutable_dwelling()->mutable_hazards()) {
    if (hazard.id() != request.hazard() || !hazard.rectify_date().empty()) continue;
    hazard.set_rectify_date(Text(Today(env)));
    return SettleDwelling(std::move(after), {"hazard.rectified"}, env);
  }
  return FieldError("hazard", "no such open hazard");
}

StatusOr<Decision<v1::DwellingRecord>> DecideVerifyDwelling(
    const v1::DwellingRecord& before, const v1::VerifyDwellingRequest& request, const Env& env) {
  RETURN_IF_ERROR(Check(before, env));
  v1::DwellingRecord after = before;
  *after.mutable_dwelling()->mutable_verify_time() = ToProto(env.now);
  after.mutable_dwelling()->set_verification_due(false);
  after.clear_visit_time();
  return SettleDwelling(std::move(after), {"dwelling.verified"}, env);
}

std::map<std::string, int> OccupancyChanges(const v1::PersonRecord& before,
                                            const v1::PersonRecord& after) {
  std::map<std::string, int> changes;
  Count(&changes, before, -1);
  Count(&changes, after, 1);
  std::erase_if(changes, [](const auto& change) { return change.second == 0; });
  return changes;
}

StatusOr<Decision<v1::DwellingRecord>> DecideOccupancy(const v1::DwellingRecord& before, int change,
                                                       const Env& env) {
  v1::DwellingRecord after = before;
  after.mutable_dwelling()->set_occupants(std::max(0, before.dwelling().occupants() + change));
  return SettleDwelling(std::move(after), {"dwelling.occupied"}, env);
}

Status CheckDwellingOf(std::string_view field, const v1::Residence& spell,
                       const v1::DwellingRecord& dwelling) {
  if (spell.dwelling() == dwelling.dwelling().name() &&
      spell.area() == dwelling.dwelling().area()) {
    return absl::OkStatus();
  }
  return FieldError(std::string(field) + ".dwelling", "no such dwelling in this area");
}

std::string SequenceOf(const v1::DwellingRecord& record) {
  return "dwellings-" + record.dwelling().area().substr(0, 6);
}

void Number(v1::DwellingRecord* record, int64_t serial) {
  v1::Dwelling& dwelling = *record->mutable_dwelling();
  dwelling.set_name(absl::StrFormat("dwellings/%s-%08d", dwelling.area().substr(0, 6), serial));
}

}  // namespace pingan::population
