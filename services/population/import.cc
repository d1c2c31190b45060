#include "services/population/import.h"

#include <algorithm>
#include <string>
#include <utility>

#include "services/population/codes.h"
#include "services/population/days.h"
#include "services/population/dwelling.h"
#include "services/population/employment.h"
#include "services/population/identity.h"
#include "services/population/lifecycle.h"
#include "services/population/limits.h"
#include "services/population/permit_past.h"
#include "services/population/person.h"
#include "services/population/residence.h"
#include "services/population/settle.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

using identifier::CitizenIdForm;

std::string At(const char* field, int i) {
  return "person." + std::string(field) + "[" + std::to_string(i) + "]";
}

Status CheckCount(const char* field, int count) {
  if (count <= kFactsMax) return absl::OkStatus();
  return FieldError("person." + std::string(field), "want at most 200");
}

Status TakeResidences(const v1::Person& sent, v1::PersonRecord* record, const Env& env) {
  RETURN_IF_ERROR(CheckCount("residences", sent.residences_size()));
  for (int i = 0; i < sent.residences_size(); ++i) {
    const std::string path = At("residences", i);
    v1::Residence spell = AsStated(sent.residences(i));
    RETURN_IF_ERROR(CheckSpell(path, spell, env));
    if (!InScope(env.caller, spell.area())) return FieldError(path + ".area", "no such area");
    spell.set_register_date(sent.residences(i).register_date());
    if (spell.register_date().empty()) spell.set_register_date(spell.from_date());
    RETURN_IF_ERROR(ParsePastDay(path + ".register_date", spell.register_date(), env).status());
    RETURN_IF_ERROR(CheckBorn(path + ".from_date", record->person(), spell.from_date()));
    RETURN_IF_ERROR(CheckNoOverlap(path + ".from_date", record->person(), spell));
    const bool open = spell.to_date().empty() && spell.kind() == v1::Residence::MAIN;
    if (open && spell.area() != sent.area()) {
      return FieldError(path + ".area", "want the area of the person");
    }
    Record(record, std::move(spell), env);
  }
  return absl::OkStatus();
}

Status TakeEmployments(const v1::Person& sent, v1::PersonRecord* record, const Env& env) {
  RETURN_IF_ERROR(CheckCount("employments", sent.employments_size()));
  for (int i = 0; i < sent.employments_size(); ++i) {
    v1::Employment job = sent.employments(i);
    RETURN_IF_ERROR(NormaliseEmployment(At("employments", i), &job, env));
    RETURN_IF_ERROR(
        CheckBorn(At("employments", i) + ".from_date", record->person(), job.from_date()));
    job.clear_origin();
    job.clear_retract_reason();
    job.set_id(NextId(record));
    if (job.source() == v1::FACT_SOURCE_UNSPECIFIED) job.set_source(v1::LEDGER);
    *record->mutable_person()->add_employments() = std::move(job);
  }
  return absl::OkStatus();
}

// A service in hand was accepted; the ledger that does not say when lets it be the day it was asked
// for.
Status TakeAcceptance(const std::string& field, v1::ServiceItem* item) {
  const bool accepted = item->state() != v1::ServiceItem::REQUESTED;
  if (!accepted && !item->accept_date().empty()) {
    return FieldError(field, "want none of what was only requested");
  }
  if (item->accept_date().empty()) {
    if (accepted) item->set_accept_date(item->request_date());
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDay(field, item->accept_date()));
  if (day < DayOf(item->request_date())) return FieldError(field, "is before request_date");
  if (!item->end_date().empty() && day > DayOf(item->end_date())) {
    return FieldError(field, "is after end_date");
  }
  return absl::OkStatus();
}

Status TakeServices(const v1::Person& sent, v1::PersonRecord* record, const Env& env) {
  RETURN_IF_ERROR(CheckCount("service_items", sent.service_items_size()));
  for (int i = 0; i < sent.service_items_size(); ++i) {
    v1::ServiceItem item = sent.service_items(i);
    const std::string path = At("service_items", i);
    if (item.kind() == v1::ServiceItem::KIND_UNSPECIFIED) {
      return FieldError(path + ".kind", "want a kind of service", common::v1::FIELD_REQUIRED);
    }
    ASSIGN_OR_RETURN(const absl::CivilDay asked,
                     ParsePastDay(path + ".request_date", item.request_date(), env));
    if (item.state() == v1::ServiceItem::STATE_UNSPECIFIED) {
      item.set_state(v1::ServiceItem::REQUESTED);
    }
    if (item.state() == v1::ServiceItem::LAPSED) {
      return FieldError(path + ".state", "want a service of a living person");
    }
    const bool ended =
        item.state() == v1::ServiceItem::DELIVERED || item.state() == v1::ServiceItem::DENIED;
    if (ended != !item.end_date().empty()) {
      return FieldError(path + ".end_date", "want it of what was delivered or denied, no other");
    }
    const absl::CivilDay due =
        env.calendar.AddWorkingDays(asked, ServiceWorkingDays(item.kind(), env.limits));
    if (ended) {
      ASSIGN_OR_RETURN(const absl::CivilDay end,
                       ParsePastDay(path + ".end_date", item.end_date(), env));
      if (end < asked) return FieldError(path + ".end_date", "is before request_date");
      item.set_late(end > due);
    }
    RETURN_IF_ERROR(TakeAcceptance(path + ".accept_date", &item));
    item.clear_origin();
    item.set_due_date(Text(due));
    item.set_id(NextId(record));
    *record->mutable_person()->add_service_items() = std::move(item);
  }
  return absl::OkStatus();
}

Status TakePermit(const v1::Person& sent, v1::Person* person, const Env& env) {
  if (!sent.has_permit()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckCount("permit.papers", sent.permit().papers_size()));
  RETURN_IF_ERROR(CheckCount("permit.endorsements", sent.permit().endorsements_size()));
  RETURN_IF_ERROR(CheckCount("permit.replacements", sent.permit().replacements_size()));
  ASSIGN_OR_RETURN(*person->mutable_permit(), PermitOfLedger(sent.permit(), *person, env));
  return absl::OkStatus();
}

Status SetState(const v1::Person& sent, v1::Person* person) {
  const bool resident = OpenSpell(*person, v1::Residence::MAIN) != nullptr;
  v1::Person::State state = sent.state();
  if (state == v1::Person::STATE_UNSPECIFIED) {
    state = resident || person->residences().empty() ? v1::Person::ACTIVE : v1::Person::LEFT;
  }
  if (state != v1::Person::ACTIVE && state != v1::Person::LEFT) {
    return FieldError("person.state", "want ACTIVE or LEFT");
  }
  if (state == v1::Person::LEFT && resident) {
    return FieldError("person.state", "a residence is open");
  }
  const auto& spells = person->residences();
  const bool ended = std::all_of(spells.begin(), spells.end(),
                                 [](const auto& spell) { return !spell.to_date().empty(); });
  if (state == v1::Person::ACTIVE && ended && !spells.empty()) {
    return FieldError("person.state", "want LEFT, or the residence that is open");
  }
  person->set_state(state);
  return absl::OkStatus();
}

}  // namespace

StatusOr<Decision<v1::PersonRecord>> DecideImport(const v1::ImportPersonsRequest& request,
                                                  const Env& env) {
  const v1::Person& sent = request.person();
  if (!InScope(env.caller, sent.area())) return FieldError("person.area", "no such area");
  RETURN_IF_ERROR(CheckPlace("person.area", sent.area(), env));
  v1::PersonRecord after;
  v1::Person& person = *after.mutable_person();
  person = TakeInput(sent);
  RETURN_IF_ERROR(NormaliseParticulars(&person, CitizenIdForm::kCurrentOrLegacy, env));
  RETURN_IF_ERROR(CheckFormerNames(person));
  *person.mutable_verify_time() = ToProto(env.now);
  RETURN_IF_ERROR(TakeResidences(sent, &after, env));
  RETURN_IF_ERROR(TakeEmployments(sent, &after, env));
  RETURN_IF_ERROR(TakeServices(sent, &after, env));
  RETURN_IF_ERROR(TakePermit(sent, &person, env));
  RETURN_IF_ERROR(SetState(sent, &person));
  return Settle(std::move(after), {"person.imported"}, env);
}

StatusOr<Decision<v1::DwellingRecord>> DecideImportDwelling(
    const v1::ImportDwellingsRequest& request, const Env& env) {
  const v1::Dwelling& sent = request.dwelling();
  if (!InScope(env.caller, sent.area())) return FieldError("dwelling.area", "no such area");
  RETURN_IF_ERROR(CheckPlace("dwelling.area", sent.area(), env));
  v1::DwellingRecord after;
  v1::Dwelling& dwelling = *after.mutable_dwelling();
  dwelling = sent;
  dwelling.clear_name();
  dwelling.clear_occupants();
  dwelling.clear_over_occupied();
  dwelling.clear_verification_due();
  RETURN_IF_ERROR(NormaliseDwelling(&dwelling, CitizenIdForm::kCurrentOrLegacy, env));
  RETURN_IF_ERROR(CheckCount("hazards", dwelling.hazards_size()));
  for (int i = 0; i < dwelling.hazards_size(); ++i) {
    v1::Hazard& hazard = *dwelling.mutable_hazards(i);
    const std::string path = "dwelling.hazards[" + std::to_string(i) + "]";
    if (!IsCode("hazard", hazard.type())) return FieldError(path + ".type", "no such hazard");
    RETURN_IF_ERROR(ParsePastDay(path + ".find_date", hazard.find_date(), env).status());
    if (!hazard.rectify_date().empty()) {
      RETURN_IF_ERROR(ParsePastDay(path + ".rectify_date", hazard.rectify_date(), env).status());
      if (hazard.rectify_date() < hazard.find_date()) {
        return FieldError(path + ".rectify_date", "is before find_date");
      }
    }
    hazard.set_id(std::to_string(i + 1));
  }
  *dwelling.mutable_verify_time() = ToProto(env.now);
  return SettleDwelling(std::move(after), {"dwelling.imported"}, env);
}

}  // namespace pingan::population
