#include "services/population/rules_fixture.h"

#include <cstdlib>
#include <iostream>

#include "common/testing/areas.h"
#include "services/population/days.h"
#include "services/population/dwelling.h"
#include "services/population/permit.h"
#include "services/population/person.h"
#include "services/population/spells.h"
#include "services/population/sweep.h"

namespace pingan::population::testing {
namespace {

// The value, or the end of the test with the reason.
template <class T>
T Checked(StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::cerr << "fixture: " << value.status() << "\n";
  std::abort();
}

}  // namespace

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string problem;
  if (!absl::ParseTime("%Y-%m-%d %H:%M", text, calendar::Shanghai(), &time, &problem)) std::abort();
  return time;
}

std::string CitizenIdOf(const std::string& first17) {
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < first17.size(); ++i) sum += (first17[i] - '0') * kWeights[i];
  return first17 + "10X98765432"[sum % 11];
}

v1::Residence Spell(std::string_view area, std::string_view from_date, std::string_view to_date) {
  v1::Residence spell;
  spell.set_kind(v1::Residence::MAIN);
  spell.set_area(std::string(area));
  spell.set_from_date(std::string(from_date));
  spell.set_to_date(std::string(to_date));
  spell.set_source(v1::Residence::PERSON);
  return spell;
}

World::World()
    : caller{.subject = "officer-1", .roles = {"village_officer"}, .area = "4116"},
      now(At("2026-03-02 10:00")),
      areas(Checked(area::Tree::Parse(pingan::testing::kAreas, "areas"))),
      calendar(calendar::Calendar::Embedded()) {}

v1::CreatePersonRequest World::NewPerson() {
  v1::CreatePersonRequest request;
  v1::Person& person = *request.mutable_person();
  person.set_area(kVillage);
  person.set_kind(v1::FLOATING);
  person.set_display_name("张建国");
  v1::Document& document = *person.add_documents();
  document.set_document_type("111");
  document.set_document_number(CitizenIdOf("32010219900517123"));
  person.set_household_area("320102");
  person.set_phone("13800000001");
  return request;
}

v1::PersonRecord World::Commit(v1::PersonRecord record) {
  if (record.person().name().empty()) Number(&record, 1);
  if (!record.person().has_create_time()) {
    *record.mutable_person()->mutable_create_time() = ToProto(now);
  }
  StampRevision(&record, ++revision);
  record.mutable_person()->set_revision(revision);
  return record;
}

v1::PersonRecord World::Registered(const std::string& from_date, const std::string& name) {
  v1::CreatePersonRequest request = NewPerson();
  if (!from_date.empty()) *request.mutable_residence() = Spell(kVillage, from_date);
  v1::PersonRecord record = Checked(DecideCreate({}, request, env())).after;
  record.mutable_person()->set_name(name);
  // As if it had been registered on the day.
  for (auto& spell : *record.mutable_person()->mutable_residences()) {
    spell.set_register_date(from_date);
  }
  return Commit(std::move(record));
}

v1::PersonRecord World::Do(Action action, const v1::PersonRecord& before) {
  return Must(Apply(action, before));
}

v1::PersonRecord World::Must(Decided decided) {
  return Commit(Checked(std::move(decided)).after);
}

v1::PersonRecord World::WithPermit(v1::ResidencePermit::State state) {
  using Permit = v1::ResidencePermit;
  v1::PersonRecord record = Registered();
  if (state == Permit::APPLIED) {
    v1::ApplyForPermitRequest request;
    request.set_basis(Permit::STABLE_JOB);
    request.mutable_applicant()->set_kind(v1::Applicant::IN_PERSON);
    return Must(DecideApplyForPermit(record, request, env()));
  }
  record = Do(Action::kApplyForPermit, record);
  if (state == Permit::ACCEPTED) return record;
  record = Do(Action::kIssuePermit, record);
  if (state == Permit::CANCELLED) return Do(Action::kCancelPermit, record);
  if (state == Permit::SUSPENDED) {
    record = Do(Action::kVerifyPerson, record);
    const absl::CivilDay missed = DayOf(record.person().permit().endorse_by()) + 1;
    Tick(Text(missed) + " 00:00", &record);
  }
  return record;
}

std::vector<std::string> World::Tick(const std::string& at, v1::PersonRecord* record) {
  GoTo(at);
  auto decision = Checked(DecideTick(*record, env()));
  if (!decision.events.empty()) *record = Commit(std::move(decision.after));
  return decision.events;
}

v1::DwellingRecord World::Dwelling(int permitted_occupants) const {
  v1::CreateDwellingRequest request;
  v1::Dwelling& dwelling = *request.mutable_dwelling();
  dwelling.set_area(kVillage);
  dwelling.set_address("一村8号");
  dwelling.set_use(v1::Dwelling::LET);
  dwelling.set_permitted_occupants(permitted_occupants);
  v1::DwellingRecord record = Checked(DecideCreateDwelling({}, request, env())).after;
  Number(&record, 1);
  *record.mutable_dwelling()->mutable_create_time() = ToProto(now);
  return record;
}

}  // namespace pingan::population::testing
