#include "services/population/residence.h"

#include <string>
#include <utility>

#include "services/population/codes.h"
#include "services/population/days.h"
#include "services/population/duty.h"
#include "services/population/lifecycle.h"
#include "services/population/limits.h"
#include "services/population/settle.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

bool IsOpenMain(const v1::Residence& spell) {
  return spell.kind() == v1::Residence::MAIN && spell.to_date().empty();
}

// For one more residence.
Status CheckRoom(const v1::PersonRecord& record) {
  if (record.person().residences_size() < kFactsMax) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, common::v1::LIMIT_REACHED,
               "want fewer than 200 residences on a file: retract what was never lived");
}

// For one more version that is superseded. What ends by itself or with a move is not held up.
Status CheckVersions(const v1::PersonRecord& record) {
  if (record.superseded_size() < kVersionsMax) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, common::v1::LIMIT_REACHED,
               "want fewer than 1000 superseded versions of residences on a file");
}

// Of an open MAIN spell everything may be corrected but what makes it the active registration.
Status CheckCorrection(const v1::Residence& known, const v1::CorrectResidenceRequest& request) {
  if (!IsOpenMain(known)) {
    if (!request.retract() && IsOpenMain(request.residence())) {
      return FieldError("residence.to_date", "want an end: it is registered anew, not reopened");
    }
    return absl::OkStatus();
  }
  if (request.retract()) return FieldError("retract", "end the open residence or move it");
  if (request.residence().kind() != v1::Residence::MAIN) {
    return FieldError("residence.kind", "end the open residence or move it");
  }
  if (!request.residence().to_date().empty()) {
    return FieldError("residence.to_date", "end the open residence or move it");
  }
  if (request.residence().area() != known.area()) {
    return FieldError("residence.area", "want the area it is in, or a move");
  }
  return absl::OkStatus();
}

}  // namespace

v1::Residence AsStated(v1::Residence spell) {
  spell.clear_id();
  spell.clear_recorded_time();
  spell.clear_recorded_revision();
  spell.clear_recorded_by();
  spell.clear_superseded_time();
  spell.clear_superseded_revision();
  spell.clear_superseded_reason();
  spell.clear_origin();
  spell.clear_register_date();
  if (spell.confidence() == v1::Residence::CONFIDENCE_UNSPECIFIED) {
    spell.set_confidence(v1::Residence::DECLARED);
  }
  return spell;
}

Status CheckSpell(std::string_view field, const v1::Residence& spell, const Env& env) {
  const std::string path(field);
  if (spell.kind() == v1::Residence::KIND_UNSPECIFIED) {
    return FieldError(path + ".kind", "want MAIN or TEMPORARY", common::v1::FIELD_REQUIRED);
  }
  RETURN_IF_ERROR(CheckPlace(path + ".area", spell.area(), env));
  RETURN_IF_ERROR(ParsePastDay(path + ".from_date", spell.from_date(), env).status());
  if (!spell.to_date().empty()) {
    RETURN_IF_ERROR(ParsePastDay(path + ".to_date", spell.to_date(), env).status());
    if (spell.to_date() <= spell.from_date()) {
      return FieldError(path + ".to_date", "want a day after from_date");
    }
  }
  RETURN_IF_ERROR(CheckGrid(path + ".grid", spell.grid(), spell.area()));
  RETURN_IF_ERROR(CheckCode(path + ".inflow_reason", "inflow-reason", spell.inflow_reason()));
  return CheckCode(path + ".dwelling_kind", "dwelling-kind", spell.dwelling_kind());
}

Status Succeed(v1::PersonRecord* record, v1::Residence next, std::string_view field,
               const Env& env) {
  const v1::Residence open = *OpenSpell(record->person(), v1::Residence::MAIN);
  if (next.from_date() <= open.from_date()) {
    return FieldError(std::string(field) + ".from_date", "want a day after the open one began");
  }
  next.set_kind(v1::Residence::MAIN);
  next.clear_to_date();
  // It goes on what a merge brought in: an un-merge takes it along.
  if (open.has_origin()) next.mutable_origin()->set_person(open.origin().person());
  End(record, open.id(), next.from_date(), env);
  RETURN_IF_ERROR(CheckNoOverlap(std::string(field) + ".from_date", record->person(), next));
  OweLettingEnd(record, open, next.from_date(), next.source(), env);
  const v1::Residence& recorded = Record(record, std::move(next), env);
  OweLetting(record, recorded, env);
  OweChange(
      record, v1::Duty::ADDRESS_CHANGE, recorded.id(), recorded.from_date(),
      recorded.source() == v1::Residence::PERSON || recorded.source() == v1::Residence::ARRIVAL,
      env);
  return absl::OkStatus();
}

Status Begin(v1::PersonRecord* record, const v1::Residence& spell, std::string_view field,
             const Env& env) {
  const std::string path = std::string(field) + ".from_date";
  RETURN_IF_ERROR(CheckRoom(*record));
  RETURN_IF_ERROR(CheckBorn(path, record->person(), spell.from_date()));
  RETURN_IF_ERROR(CheckNoOverlap(path, record->person(), spell));
  OweLetting(record, Record(record, spell, env), env);
  if (IsOpenMain(spell)) record->mutable_person()->set_state(v1::Person::ACTIVE);
  return absl::OkStatus();
}

StatusOr<Decision<v1::PersonRecord>> DecideRegisterResidence(
    const v1::PersonRecord& before, const v1::RegisterResidenceRequest& request, const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kRegisterResidence, env));
  const v1::Residence spell = AsStated(request.residence());
  RETURN_IF_ERROR(CheckSpell("residence", spell, env));
  if (!InScope(env.caller, spell.area())) return FieldError("residence.area", "no such area");
  if (IsOpenMain(spell) && OpenSpell(before.person(), v1::Residence::MAIN) != nullptr) {
    return Refused(NameOf(Action::kRegisterResidence),
                   "a registration is active: change it here, or move it",
                   AllowedActions(before.person()));
  }
  v1::PersonRecord after = before;
  RETURN_IF_ERROR(Begin(&after, spell, "residence", env));
  return Settle(std::move(after), {"residence.registered"}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideChangeResidence(
    const v1::PersonRecord& before, const v1::ChangeResidenceRequest& request, const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kChangeResidence, env));
  RETURN_IF_ERROR(CheckRoom(before));
  const v1::Residence spell = AsStated(request.residence());
  RETURN_IF_ERROR(CheckSpell("residence", spell, env));
  if (spell.area() != before.person().area()) {
    return FieldError("residence.area", "want the area it is in, or a move");
  }
  v1::PersonRecord after = before;
  RETURN_IF_ERROR(Succeed(&after, spell, "residence", env));
  return Settle(std::move(after), {"residence.changed"}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideEndResidence(const v1::PersonRecord& before,
                                                        const v1::EndResidenceRequest& request,
                                                        const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kEndResidence, env));
  const v1::Residence* known = FindSpell(before.person(), request.residence());
  if (known == nullptr || !known->to_date().empty()) {
    return FieldError("residence", "no such open residence");
  }
  RETURN_IF_ERROR(ParsePastDay("to_date", request.to_date(), env).status());
  if (request.to_date() <= known->from_date()) {
    return FieldError("to_date", "want a day after from_date");
  }
  v1::PersonRecord after = before;
  End(&after, known->id(), request.to_date(), env);
  OweLettingEnd(&after, *known, request.to_date(), v1::Residence::SOURCE_UNSPECIFIED, env);
  std::vector<std::string> events = {"residence.ended"};
  if (known->kind() == v1::Residence::MAIN) {
    after.mutable_person()->set_state(v1::Person::LEFT);
    events.push_back("person.left");
  }
  return Settle(std::move(after), std::move(events), env);
}

StatusOr<Decision<v1::PersonRecord>> DecideCorrectResidence(
    const v1::PersonRecord& before, const v1::CorrectResidenceRequest& request, const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kCorrectResidence, env));
  RETURN_IF_ERROR(CheckVersions(before));
  const v1::Residence* known = FindSpell(before.person(), request.id());
  if (known == nullptr) return FieldError("id", "no such residence");
  if (request.retract() == request.has_residence()) {
    return FieldError("residence", "want what it was, or retract");
  }
  RETURN_IF_ERROR(CheckCorrection(*known, request));
  const std::string& death = before.person().death_date();
  if (before.person().state() == v1::Person::DECEASED && !request.retract()) {
    const std::string& end = request.residence().to_date();
    if (end.empty()) return FieldError("residence.to_date", "want an end: the person has died");
    if (!death.empty() && end > death) return FieldError("residence.to_date", "is after the death");
  }
  v1::PersonRecord after = before;
  const std::string why = (request.retract() ? "retracted: " : "corrected: ") + request.reason();
  const v1::Residence past = Supersede(&after, known->id(), why, env);
  if (request.retract()) {
    TakeOutDuties(&after, past.id());
  } else {
    v1::Residence spell = AsStated(request.residence());
    RETURN_IF_ERROR(CheckSpell("residence", spell, env));
    if (spell.area() != past.area() && !InScope(env.caller, spell.area())) {
      return FieldError("residence.area", "no such area");
    }
    spell.set_id(past.id());
    spell.set_register_date(past.register_date());
    if (past.has_origin()) *spell.mutable_origin() = past.origin();
    RETURN_IF_ERROR(CheckBorn("residence.from_date", after.person(), spell.from_date()));
    RETURN_IF_ERROR(CheckNoOverlap("residence.from_date", after.person(), spell));
    Record(&after, std::move(spell), env);
  }
  return Settle(std::move(after),
                {request.retract() ? "residence.retracted" : "residence.corrected"}, env);
}

}  // namespace pingan::population
