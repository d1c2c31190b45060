#include "services/population/statistics.h"

#include <map>
#include <string>

#include "common/testing/matchers.h"
#include "services/population/codes.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using testing::World;

// Counter and service -> count, without zeros.
std::map<std::string, int64_t> Counted(const v1::Person& person, int sign = 1) {
  common::v1::Deltas deltas;
  Measure(person, sign, &deltas);
  std::map<std::string, int64_t> counted;
  for (const auto& delta : deltas.deltas()) {
    EXPECT_EQ(delta.area(), testing::kVillage);
    EXPECT_EQ(delta.period(), "2026-03");
    EXPECT_EQ(delta.dimensions(0), "FLOATING");
    EXPECT_EQ(static_cast<size_t>(delta.counts_size()), kCounters.size());
    for (size_t i = 0; i < kCounters.size(); ++i) {
      if (delta.counts(i) != 0) {
        counted[std::string(kCounters[i]) + " " + delta.dimensions(1)] += delta.counts(i);
      }
    }
  }
  return counted;
}

TEST(Statistics, CountWhatAFileHolds) {
  using Counts = std::map<std::string, int64_t>;
  World world;
  auto record = world.WithPermit(v1::ResidencePermit::VALID);
  EXPECT_EQ(Counted(record.person()), (Counts{{"persons ", 1},
                                              {"residents ", 1},
                                              {"permits_valid ", 1},
                                              {"permits_issued_on_time ", 1}}));
  record.mutable_person()->mutable_permit()->clear_accept_date();  // as a ledger brings it
  EXPECT_FALSE(Counted(record.person()).contains("permits_issued_on_time "));
  record = world.Do(Action::kRecordEmployment, world.Registered());
  record = world.Do(Action::kAcceptService, world.Do(Action::kRequestService, record));
  record = world.Do(Action::kDeliverService, record);
  record = world.Do(Action::kRequestService, record);
  EXPECT_EQ(Counted(record.person()), (Counts{{"persons ", 1},
                                              {"residents ", 1},
                                              {"employed ", 1},
                                              {"duties ", 1},
                                              {"services_requested MEDICAL", 2},
                                              {"services_delivered MEDICAL", 1},
                                              {"services_on_time MEDICAL", 1}}));
  Counts none = Counted(record.person());
  for (const auto& [name, count] : Counted(record.person(), -1)) none[name] += count;
  for (const auto& [name, count] : none) EXPECT_EQ(count, 0) << name;
  record.mutable_person()->set_state(v1::Person::MERGED);
  EXPECT_TRUE(Counted(record.person()).empty());
  EXPECT_TRUE(Counted({}).empty());
}

TEST(Statistics, CountDwellingsTasksAndCandidates) {
  World world;
  common::v1::Deltas deltas;
  v1::Dwelling dwelling = world.Dwelling(8).dwelling();
  dwelling.set_over_occupied(true);
  Measure(dwelling, 1, &deltas);
  v1::VerificationTask task;
  task.set_name("tasks/p411602-00000001-1");
  task.set_state(v1::VerificationTask::DONE);
  Measure(task, 1, &deltas);
  v1::DuplicateCandidate candidate;
  candidate.set_name("duplicates/411602-00000001.411602-00000002");
  candidate.set_state(v1::DuplicateCandidate::OPEN);
  Measure(candidate, -1, &deltas);
  const auto count = [&](int delta, Counter counter) {
    return deltas.deltas(delta).counts(static_cast<int>(counter));
  };
  EXPECT_EQ(count(0, Counter::kDwellings), 1);
  EXPECT_EQ(count(0, Counter::kDwellingsLet), 1);
  EXPECT_EQ(count(0, Counter::kOverOccupied), 1);
  EXPECT_EQ(count(1, Counter::kTasksDone), 1);
  EXPECT_EQ(count(2, Counter::kDuplicatesOpen), -1);
}

TEST(Codes, AreReadFromTheirFiles) {
  std::map<std::string, int> sizes;
  for (const auto& list : CodeLists()) {
    EXPECT_FALSE(list.version().empty()) << list.name();
    EXPECT_FALSE(list.source().empty()) << list.name();
    for (const auto& code : list.codes()) {
      EXPECT_FALSE(code.label_zh().empty() || code.label_en().empty()) << code.code();
    }
    sizes[list.name()] = list.codes_size();
  }
  EXPECT_EQ(sizes.size(), 12u);
  EXPECT_EQ(sizes["ethnicity"], 58);
  EXPECT_EQ(sizes["person-kind"], v1::PersonKind_ARRAYSIZE - 1);
  EXPECT_EQ(sizes["service-kind"], v1::ServiceItem::Kind_ARRAYSIZE - 1);
  EXPECT_EQ(sizes["relation"], v1::Relation::Type_ARRAYSIZE - 1);
  EXPECT_TRUE(IsCode("inflow-reason", "01"));
  EXPECT_FALSE(IsCode("inflow-reason", "50"));
  EXPECT_FALSE(IsCode("no-list", "01"));
  EXPECT_OK(CheckCode("field", "ethnicity", ""));
}

}  // namespace
}  // namespace pingan::population
