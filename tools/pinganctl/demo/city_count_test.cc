#include "tools/pinganctl/demo/city_count.h"

#include <set>

#include "common/testing/matchers.h"
#include "services/population/statistics.h"

namespace pingan::ctl {
namespace {

namespace v1 = population::v1;

constexpr char kHere[] = "411602001002", kThere[] = "411621001001";

v1::Residence Spell(const char* area, const char* from, const char* to) {
  v1::Residence spell;
  spell.set_kind(v1::Residence::MAIN);
  spell.set_area(area);
  spell.set_from_date(from);
  spell.set_to_date(to);
  return spell;
}

v1::Person Person(int number) {
  v1::Person person;
  person.set_name("persons/411602-0000000" + std::to_string(number));
  person.set_area(kHere);
  person.set_state(v1::Person::ACTIVE);
  person.set_kind(v1::FLOATING);
  person.set_revision(number);
  person.add_external_ids("city:1-" + std::to_string(number));
  *person.add_residences() = Spell(kHere, "2026-01-01", "");
  return person;
}

// A file with one of everything that is counted.
v1::Person Full() {
  v1::Person person = Person(1);
  person.set_verification_due(true);
  person.mutable_move()->set_to_area(kThere);
  person.add_employments();
  person.mutable_permit()->set_state(v1::ResidencePermit::SUSPENDED);
  person.mutable_permit()->set_issue_date("2025-01-01");
  person.mutable_permit()->set_accept_date("2024-12-30");
  for (const auto state : {v1::ServiceItem::DELIVERED, v1::ServiceItem::DENIED}) {
    auto& item = *person.add_service_items();
    item.set_kind(v1::ServiceItem::JOB);
    item.set_state(state);
    item.set_late(state == v1::ServiceItem::DENIED);
  }
  person.add_duties()->set_report_date("2026-01-02");
  person.add_duties()->set_overdue(true);
  return person;
}

// The answer as the service's own measure gives it.
template <class... Resource>
v1::GetStatisticsResponse Said(const Resource&... resources) {
  common::v1::Deltas deltas;
  (population::Measure(resources, 1, &deltas), ...);
  std::map<std::string, std::map<std::string, int64_t>> sums;
  for (const auto& delta : deltas.deltas()) {
    for (int i = 0; i < delta.counts_size(); ++i) {
      sums[delta.area().substr(0, 6)][std::string(population::kCounters[i])] += delta.counts(i);
    }
  }
  v1::GetStatisticsResponse answer;
  for (const auto& [county, counts] : sums) {
    auto& row = *answer.add_rows();
    (*row.mutable_group())["area"] = county;
    row.mutable_counts()->insert(counts.begin(), counts.end());
  }
  return answer;
}

TEST(CityCount, CountsWhatTheServiceDoesByAnotherPath) {
  v1::Person left = Person(2), died = Person(3);
  left.set_state(v1::Person::LEFT);
  died.set_state(v1::Person::DECEASED);
  for (auto* person : {&left, &died}) person->mutable_residences(0)->set_to_date("2026-02-01");
  v1::Dwelling dwelling;
  dwelling.set_name("dwellings/411602-00000001");
  dwelling.set_area(kHere);
  dwelling.set_use(v1::Dwelling::LET);
  dwelling.set_over_occupied(true);
  dwelling.add_hazards()->set_rectify_date("2026-01-01");
  v1::VerificationTask task;
  task.set_name("tasks/p411602-00000001-1");
  task.set_area(kThere);
  task.set_state(v1::VerificationTask::DONE);
  task.set_overdue(true);
  CityCount count(3);
  count.Add(Full());
  count.Add(left);
  count.Add(died);
  count.Add(dwelling);
  count.Add(task);
  v1::GetStatisticsResponse said = Said(Full(), left, died, dwelling, task);
  EXPECT_EQ(count.CheckStatistics(said).problem, "");
  EXPECT_EQ(count.last_revision(), 3);
  EXPECT_EQ(count.Total()["floating"], 3);
  (*said.mutable_rows(0)->mutable_counts())["duties_overdue"] = 7;
  EXPECT_EQ(count.CheckStatistics(said).problem, "411602 duties_overdue: said 7, counted 1");
  said.mutable_rows()->DeleteSubrange(1, 1);
  (*said.mutable_rows(0)->mutable_counts())["duties_overdue"] = 1;
  EXPECT_EQ(count.CheckStatistics(said).problem, "411621 tasks: said 0, counted 1");
}

TEST(CityCount, FindsASecondRegistration) {
  const struct {
    v1::Person::State state;
    std::vector<v1::Residence> spells;
    const char* problem;
  } kRows[] = {
      {v1::Person::ACTIVE, {Spell(kHere, "2026-01-01", "")}, ""},
      {v1::Person::ACTIVE,
       {Spell(kThere, "2025-01-01", "2026-01-01"), Spell(kHere, "2026-01-01", "")},
       ""},
      {v1::Person::ACTIVE,
       {Spell(kThere, "2025-01-01", ""), Spell(kHere, "2026-01-01", "")},
       "has 2 active registrations"},
      {v1::Person::ACTIVE,
       {Spell(kThere, "2025-01-01", "2026-01-02"), Spell(kHere, "2026-01-01", "")},
       "has two registrations that overlap"},
      {v1::Person::ACTIVE, {Spell(kThere, "2026-01-01", "")}, "is not where it is registered"},
      {v1::Person::LEFT, {Spell(kHere, "2026-01-01", "")}, "has gone and is registered"},
      {v1::Person::ACTIVE, {}, "has no registration"},
  };
  for (const auto& row : kRows) {
    v1::Person person = Person(1);
    person.set_state(row.state);
    *person.mutable_residences() = {row.spells.begin(), row.spells.end()};
    CityCount count(1);
    count.Add(person);
    const std::string problem = count.CheckRegistrations().problem;
    EXPECT_EQ(problem, *row.problem == '\0' ? "" : person.name() + " " + row.problem);
  }
}

TEST(CityCount, FindsARowThatIsLostOrComesTwice) {
  CityCount lost(2), twice(1), strange(1), good(2);
  lost.Add(Person(2));
  EXPECT_EQ(lost.CheckRows().problem, "row 1 is lost");
  twice.Add(Person(1));
  twice.Add(Person(1));
  EXPECT_EQ(twice.CheckRows().problem, "persons/411602-00000001 is another file of row 1");
  strange.Add(Person(2));
  EXPECT_EQ(strange.CheckRows().problem, "persons/411602-00000002 is of no row 2");
  good.Add(Person(2));
  good.Add(Person(1));
  EXPECT_EQ(good.CheckRows().problem, "");
}

TEST(CityCount, CountsArrivals) {
  v1::Person person = Person(1);
  person.mutable_residences(0)->set_source(v1::Residence::ARRIVAL);
  CityCount count(1);
  count.Add(person);
  EXPECT_EQ(count.CheckMoves(1).problem, "");
  EXPECT_EQ(count.CheckMoves(2).problem, "there are 1 arrivals");
}

}  // namespace
}  // namespace pingan::ctl
