#include "services/population/days.h"
#include "services/population/death.h"
#include "services/population/duty.h"
#include "services/population/employment.h"
#include "services/population/erase.h"
#include "services/population/merge.h"
#include "services/population/move.h"
#include "services/population/permit.h"
#include "services/population/person.h"
#include "services/population/relation.h"
#include "services/population/residence.h"
#include "services/population/rules_fixture.h"
#include "services/population/service_item.h"
#include "services/population/spells.h"

namespace pingan::population::testing {
namespace {

const v1::Residence* AnyOpen(const v1::Person& person) {
  if (const auto* open = OpenSpell(person, v1::Residence::MAIN)) return open;
  return OpenSpell(person, v1::Residence::TEMPORARY);
}

Decided ApplyToResidence(Action action, const v1::PersonRecord& before, const Env& env) {
  const v1::Person& person = before.person();
  const std::string today = Text(Today(env));
  if (action == Action::kRegisterResidence) {
    v1::RegisterResidenceRequest request;
    *request.mutable_residence() = Spell(kVillage, today);
    if (OpenSpell(person, v1::Residence::MAIN) != nullptr) {
      request.mutable_residence()->set_kind(v1::Residence::TEMPORARY);
    }
    return DecideRegisterResidence(before, request, env);
  }
  if (action == Action::kChangeResidence) {
    v1::ChangeResidenceRequest request;
    *request.mutable_residence() = Spell(person.area(), today);
    return DecideChangeResidence(before, request, env);
  }
  if (action == Action::kEndResidence) {
    v1::EndResidenceRequest request;
    request.set_residence(AnyOpen(person) ? AnyOpen(person)->id() : "0");
    request.set_to_date(today);
    return DecideEndResidence(before, request, env);
  }
  v1::CorrectResidenceRequest request;
  request.set_id(person.residences().empty() ? "0" : person.residences(0).id());
  if (!person.residences().empty()) *request.mutable_residence() = person.residences(0);
  request.mutable_residence()->set_address("corrected");
  request.set_reason("typing error");
  return DecideCorrectResidence(before, request, env);
}

Decided ApplyToMove(Action action, const v1::PersonRecord& before, const Env& env) {
  const std::string today = Text(Today(env));
  if (action == Action::kOfferMove) {
    v1::OfferMoveRequest request;
    request.set_to_area(kOtherVillage);
    return DecideOfferMove(before, request, env);
  }
  if (action == Action::kClaimMove) {
    v1::ClaimMoveRequest request;
    *request.mutable_document() = World::NewPerson().person().documents(0);
    *request.mutable_arrival() = Spell(kOtherVillage, today);
    return DecideClaimMove(before, request, env);
  }
  if (action == Action::kAcceptMove) {
    v1::AcceptMoveRequest request;
    if (before.person().move().offered_by() == v1::Move::LEAVING) {
      *request.mutable_arrival() = Spell(before.person().move().to_area(), today);
    }
    return DecideAcceptMove(before, request, env);
  }
  if (action == Action::kRejectMove) return DecideRejectMove(before, {}, env);
  return DecideRevokeMove(before, {}, env);
}

Decided ApplyToPermit(Action action, const v1::PersonRecord& before, const Env& env) {
  const auto papers = PapersFor(v1::ResidencePermit::STABLE_JOB, v1::Applicant::IN_PERSON);
  if (action == Action::kApplyForPermit) {
    v1::ApplyForPermitRequest request;
    request.set_basis(v1::ResidencePermit::STABLE_JOB);
    request.mutable_applicant()->set_kind(v1::Applicant::IN_PERSON);
    *request.mutable_papers() = {papers.begin(), papers.end()};
    return DecideApplyForPermit(before, request, env);
  }
  if (action == Action::kSupplyPapers) {
    v1::SupplyPapersRequest request;
    *request.mutable_papers() = {papers.begin(), papers.end()};
    return DecideSupplyPapers(before, request, env);
  }
  if (action == Action::kExtendPermitIssue) return DecideExtendPermitIssue(before, {}, env);
  if (action == Action::kIssuePermit) {
    v1::IssuePermitRequest request;
    request.set_number("411602000001");
    return DecideIssuePermit(before, request, env);
  }
  if (action == Action::kEndorsePermit) return DecideEndorsePermit(before, {}, env);
  if (action == Action::kReplacePermit) {
    v1::ReplacePermitRequest request;
    request.set_kind(v1::Replacement::LOST);
    request.set_number(before.person().permit().number() + "9");
    return DecideReplacePermit(before, request, env);
  }
  v1::CancelPermitRequest request;
  request.set_reason("left");
  return DecideCancelPermit(before, request, env);
}

// The first of the facts for which `fits`; "0" if there is none.
template <class List, class Test>
std::string IdOf(const List& facts, Test fits) {
  for (const auto& fact : facts) {
    if (fits(fact)) return fact.id();
  }
  return "0";
}

Decided ApplyToFact(Action action, const v1::PersonRecord& before, const Env& env) {
  const v1::Person& person = before.person();
  const std::string today = Text(Today(env));
  if (action == Action::kRecordEmployment) {
    v1::RecordEmploymentRequest request;
    request.mutable_employment()->set_employer("一厂");
    request.mutable_employment()->set_from_date("2025-04-01");
    request.mutable_employment()->set_source(v1::SELF);
    return DecideRecordEmployment(before, request, env);
  }
  if (action == Action::kEndEmployment) {
    v1::EndEmploymentRequest request;
    request.set_employment(
        IdOf(person.employments(), [](const auto& job) { return job.to_date().empty(); }));
    request.set_to_date(today);
    request.set_source(v1::EMPLOYER);
    return DecideEndEmployment(before, request, env);
  }
  if (action == Action::kRetractEmployment) {
    v1::RetractEmploymentRequest request;
    request.set_employment(
        IdOf(person.employments(), [](const auto& job) { return job.retract_reason().empty(); }));
    request.set_reason("another of the name");
    return DecideRetractEmployment(before, request, env);
  }
  v1::RecordReportRequest request;
  request.set_duty(
      IdOf(person.duties(), [](const auto& duty) { return duty.report_date().empty(); }));
  request.set_report_date(today);
  return DecideRecordReport(before, request, env);
}

Decided ApplyToService(Action action, const v1::PersonRecord& before, const Env& env) {
  using Item = v1::ServiceItem;
  const auto& items = before.person().service_items();
  if (action == Action::kRequestService) {
    v1::RequestServiceRequest request;
    request.mutable_item()->set_kind(Item::MEDICAL);
    for (const auto& item : items) {
      if (item.end_date().empty()) request.mutable_item()->set_kind(Item::SCHOOLING);
    }
    return DecideRequestService(before, request, env);
  }
  const auto in = [](Item::State state) {
    return [state](const Item& item) { return item.state() == state; };
  };
  if (action == Action::kAcceptService) {
    v1::AcceptServiceRequest request;
    request.set_item(IdOf(items, in(Item::REQUESTED)));
    return DecideAcceptService(before, request, env);
  }
  if (action == Action::kDeliverService) {
    v1::DeliverServiceRequest request;
    request.set_item(IdOf(items, in(Item::ACCEPTED)));
    return DecideDeliverService(before, request, env);
  }
  v1::DenyServiceRequest request;
  request.set_item(IdOf(items, [](const Item& item) { return item.end_date().empty(); }));
  request.set_reason("not entitled");
  return DecideDenyService(before, request, env);
}

v1::PersonRecord Second(const v1::PersonRecord& before) {
  v1::PersonRecord second;
  second.mutable_person()->set_name(kSecondName);
  second.mutable_person()->set_area(before.person().area());
  const bool died = before.person().state() == v1::Person::DECEASED;
  second.mutable_person()->set_state(died ? v1::Person::DECEASED : v1::Person::ACTIVE);
  for (const auto& relation : before.person().relations()) {
    v1::Relation& inverse = *second.mutable_person()->add_relations();
    inverse.set_other(before.person().name());
    inverse.set_type(InverseOf(relation.type()));
    inverse.set_id(relation.id());
  }
  return second;
}

Decided ApplyToPair(Action action, const v1::PersonRecord& before, const Env& env) {
  const v1::PersonRecord second = Second(before);
  if (action == Action::kRelatePersons) {
    v1::RelatePersonsRequest request;
    request.mutable_relation()->set_other(kSecondName);
    const int known = before.person().relations_size();
    request.mutable_relation()->set_type(static_cast<v1::Relation::Type>(known % 11 + 1));
    auto related = DecideRelate(before, second, request, env);
    if (!related.ok()) return related.status();
    return std::move(related->person);
  }
  if (action == Action::kUnrelatePersons) {
    v1::UnrelatePersonsRequest request;
    request.set_other(kSecondName);
    if (!before.person().relations().empty()) request.set_type(before.person().relations(0).type());
    auto related = DecideUnrelate(before, second, request, env);
    if (!related.ok()) return related.status();
    return std::move(related->person);
  }
  v1::DuplicateRecord candidate;
  candidate.mutable_candidate()->set_state(v1::DuplicateCandidate::OPEN);
  candidate.mutable_candidate()->set_first(before.person().name());
  candidate.mutable_candidate()->set_second(kSecondName);
  v1::MergePersonsRequest request;
  request.set_survivor(before.person().name());
  auto merged = DecideMerge({before, second, candidate}, request, env);
  if (!merged.ok()) return merged.status();
  return std::move(merged->survivor);
}

}  // namespace

Decided World::Apply(Action action, const v1::PersonRecord& before) const {
  switch (action) {
    case Action::kUpdatePerson: {
      v1::UpdatePersonRequest request;
      request.mutable_person()->set_phone("13900000002");
      request.mutable_update_mask()->add_paths("phone");
      return DecideUpdate(before, request, env());
    }
    case Action::kRecordDeath: {
      v1::RecordDeathRequest request;
      request.set_death_date(Text(Today(env())));
      return DecideRecordDeath(before, request, env());
    }
    case Action::kRetractDeath: {
      v1::RetractDeathRequest request;
      request.set_reason("another of the name");
      return DecideRetractDeath(before, request, env());
    }
    case Action::kVerifyPerson:
      return DecideVerify(before, {}, env());
    case Action::kEraseSubject:
      return DecideErase(before, {}, env());
    case Action::kRelatePersons:
    case Action::kUnrelatePersons:
    case Action::kMergePersons:
      return ApplyToPair(action, before, env());
    case Action::kRegisterResidence:
    case Action::kChangeResidence:
    case Action::kEndResidence:
    case Action::kCorrectResidence:
      return ApplyToResidence(action, before, env());
    default:
      break;
  }
  if (action <= Action::kRevokeMove) return ApplyToMove(action, before, env());
  if (action <= Action::kCancelPermit) return ApplyToPermit(action, before, env());
  if (action <= Action::kRecordReport) return ApplyToFact(action, before, env());
  return ApplyToService(action, before, env());
}

}  // namespace pingan::population::testing
