#include "services/population/death.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/auth/caller.h"
#include "services/population/days.h"
#include "services/population/duty.h"
#include "services/population/lifecycle.h"
#include "services/population/settle.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

Status CheckDeath(const v1::Person& person, const std::string& day, const Env& env) {
  RETURN_IF_ERROR(ParsePastDay("death_date", day, env).status());
  if (!person.birth_date().empty() && day < person.birth_date()) {
    return FieldError("death_date", "is before the birth");
  }
  if (std::any_of(person.residences().begin(), person.residences().end(), [&](const auto& spell) {
        return spell.to_date().empty() && spell.from_date() > day;
      })) {
    return FieldError("death_date", "is before an open residence; correct that first");
  }
  if (std::any_of(person.residences().begin(), person.residences().end(),
                  [&](const auto& spell) { return spell.to_date() > day; })) {
    return FieldError("death_date", "is before the end of a residence; correct that first");
  }
  if (std::any_of(person.employments().begin(), person.employments().end(), [&](const auto& job) {
        return job.retract_reason().empty() && job.from_date() > day;
      })) {
    return FieldError("death_date", "is before an employment began; retract that first");
  }
  return absl::OkStatus();
}

// Each of these ends what is open, and keeps in before_death what it was.
void EndResidences(const std::string& day, v1::PersonRecord* record, const Env& env) {
  const v1::Person before = record->person();
  for (const auto& spell : before.residences()) {
    if (!spell.to_date().empty()) continue;
    *record->mutable_before_death()->add_residences() = spell;
    // Who dies on the first day has lived there for none.
    if (spell.from_date() == day) {
      Supersede(record, spell.id(), kEnded, env);
      for (v1::Duty& duty : TakeOutDuties(record, spell.id())) {
        *record->mutable_before_death()->add_duties() = std::move(duty);
      }
    } else {
      End(record, spell.id(), day, env);
    }
  }
}

void EndEmployments(const std::string& day, v1::PersonRecord* record) {
  for (auto& job : *record->mutable_person()->mutable_employments()) {
    // Who reported the end later than the death told of its own day.
    const bool ended_after = job.to_date() > day && job.retract_reason().empty();
    if (!job.to_date().empty() && !ended_after) continue;
    *record->mutable_before_death()->add_employments() = job;
    job.set_to_date(day);
  }
}

void EndServices(const std::string& day, v1::PersonRecord* record) {
  for (auto& item : *record->mutable_person()->mutable_service_items()) {
    if (!item.end_date().empty()) continue;
    *record->mutable_before_death()->add_service_items() = item;
    item.set_state(v1::ServiceItem::LAPSED);
    item.set_end_date(std::max(day, item.request_date()));
  }
}

void EndPermit(v1::PersonRecord* record, const Env& env) {
  const v1::Person& person = record->person();
  if (!person.has_permit() || person.permit().state() == v1::ResidencePermit::CANCELLED) return;
  *record->mutable_before_death()->mutable_permit() = person.permit();
  v1::ResidencePermit& permit = *record->mutable_person()->mutable_permit();
  permit.set_state(v1::ResidencePermit::CANCELLED);
  permit.set_cancel_date(Text(Today(env)));
  permit.set_cancel_reason("death");
}

// A residence that was corrected since begins as corrected, and goes on if its end is still that of
// the death; one that was retracted, or ended earlier, does not.
void GoOnLiving(const std::string& why, v1::PersonRecord* record, const Env& env) {
  const v1::Person before = record->before_death();
  const std::string day = record->person().death_date();
  for (const v1::Residence& ended : before.residences()) {
    const v1::Residence* known = FindSpell(record->person(), ended.id());
    if (ended.from_date() == day && known == nullptr) {
      v1::Residence spell = ended;
      spell.clear_recorded_revision();
      Record(record, std::move(spell), env);
    } else if (known != nullptr && known->to_date() == day) {
      v1::Residence spell = Supersede(record, ended.id(), why, env);
      spell.clear_to_date();
      Record(record, std::move(spell), env);
    }
  }
  PutBackDuties(record, before.duties());
}

bool IsRetracted(const v1::Employment& job) {
  return !job.retract_reason().empty();
}
bool IsRetracted(const v1::ServiceItem&) {
  return false;
}

// The facts are what they were: after the death a job can be retracted, and nothing else changes.
template <class Fact>
void GiveBack(const google::protobuf::RepeatedPtrField<Fact>& ended,
              google::protobuf::RepeatedPtrField<Fact>* facts) {
  for (const Fact& was : ended) {
    for (Fact& fact : *facts) {
      if (fact.id() == was.id() && !IsRetracted(fact)) fact = was;
    }
  }
}

v1::Person::State StateAfter(const v1::PersonRecord& record) {
  const auto is_main = [](const auto& spell) { return spell.kind() == v1::Residence::MAIN; };
  const auto& known = record.person().residences();
  const auto& open = record.before_death().residences();
  if (OpenSpell(record.person(), v1::Residence::MAIN) != nullptr) return v1::Person::ACTIVE;
  if (std::any_of(open.begin(), open.end(), is_main)) return v1::Person::LEFT;
  if (record.has_before_death()) return record.before_death().state();
  return std::any_of(known.begin(), known.end(), is_main) ? v1::Person::LEFT : v1::Person::ACTIVE;
}

}  // namespace

StatusOr<Decision<v1::PersonRecord>> DecideRecordDeath(const v1::PersonRecord& before,
                                                       const v1::RecordDeathRequest& request,
                                                       const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kRecordDeath, env));
  const std::string& day = request.death_date();
  RETURN_IF_ERROR(CheckDeath(before.person(), day, env));
  v1::PersonRecord after = before;
  after.mutable_before_death()->set_state(before.person().state());
  EndResidences(day, &after, env);
  EndEmployments(day, &after);
  EndServices(day, &after);
  EndPermit(&after, env);
  v1::Person& person = *after.mutable_person();
  person.set_state(v1::Person::DECEASED);
  person.set_death_date(day);
  person.set_verification_due(false);
  return Settle(std::move(after), {"person.died"}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideRetractDeath(const v1::PersonRecord& before,
                                                        const v1::RetractDeathRequest& request,
                                                        const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kRetractDeath, env));
  const auto& merges = before.merges();
  if (!merges.empty() && merges.rbegin()->kept().state() == v1::Person::DECEASED) {
    return Refused(NameOf(Action::kRetractDeath),
                   "a file of the dead is merged in: un-merge it first", {});
  }
  v1::PersonRecord after = before;
  v1::Person& person = *after.mutable_person();
  const v1::Person& was = before.before_death();
  GoOnLiving("death retracted: " + request.reason(), &after, env);
  GiveBack(was.employments(), person.mutable_employments());
  GiveBack(was.service_items(), person.mutable_service_items());
  if (was.has_permit()) *person.mutable_permit() = was.permit();
  person.set_state(StateAfter(after));
  v1::RetractedDeath& retracted = *person.mutable_retracted_death();
  retracted.set_death_date(person.death_date());
  retracted.set_reason(request.reason());
  *retracted.mutable_retract_time() = ToProto(env.now);
  retracted.set_actor(env.caller.subject);
  person.clear_death_date();
  after.clear_before_death();
  return Settle(std::move(after), {"death.retracted"}, env);
}

}  // namespace pingan::population
