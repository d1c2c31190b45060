// Visits over the wire: what the clock asks for by itself, where it sends whoever goes, and what
// becomes of them with a move.
#include <fstream>

#include "tests/integration/population_world.h"

namespace pingan::testing {
namespace {

namespace v1 = population::v1;
using Task = v1::VerificationTask;

// Far from now, which it is for a server that starts again.
const absl::Time kAt = absl::FromCivil(absl::CivilHour(2035, 3, 7, 2), absl::UTCTimeZone());

std::string WriteLimits(const std::string& version, int stale_days) {
  const std::string path = ::testing::TempDir() + "/limits.tsv";
  std::ofstream(path) << "# version: " << version << "\nstale.days.floating\t" << stale_days
                      << "\nstale.days\t" << stale_days << "\n";
  return path;
}

class PopulationVisits : public PopulationWorld {
 protected:
  rpc::Client OfSwept(const std::string& role = "police_officer") const {
    return AsOn(swept_, role, "4116");
  }
  // The next events after the revision, "task.opened tasks/p411602-00000001-1", so many.
  std::vector<std::string> EventsAfter(int64_t revision, size_t count) const {
    v1::WatchPopulationRequest request;
    request.set_from_revision(revision);
    std::vector<std::string> told;
    const auto more = [&](const google::protobuf::Message& message) {
      const auto& event = static_cast<const v1::WatchPopulationResponse&>(message).event();
      if (!event.kind().empty()) told.push_back(event.kind() + " " + event.name());
      return told.size() < count;
    };
    EXPECT_OK(
        OfSwept("service").Watch(request, v1::WatchPopulationResponse(), absl::Seconds(30), more));
    return told;
  }
  v1::Dwelling NewDwelling() const {
    v1::CreateDwellingRequest create = New<v1::CreateDwellingRequest>();
    create.mutable_dwelling()->set_area(kHere);
    create.mutable_dwelling()->set_address("一村8号");
    create.mutable_dwelling()->set_use(v1::Dwelling::LET);
    v1::Dwelling dwelling;
    EXPECT_OK(OfSwept().CallAt(kAt, create, &dwelling));
    return dwelling;
  }

  TestServer swept_{{"--sweep_seconds=1", "--limits=" + WriteLimits("one", 300)}, "population"};
};

// Whether or not anything is due or anybody acts.
TEST_F(PopulationVisits, OtherLimitsAreFoundByTheProcessThatCountsSo) {
  v1::Person before, after;
  ASSERT_OK(OfSwept().CallAt(kAt, NewPerson(), &before));
  const v1::Dwelling dwelling = NewDwelling();
  EXPECT_EQ(swept_.Stop(), 0);
  WriteLimits("two", 100);
  swept_.Start();
  EXPECT_EQ(EventsAfter(dwelling.revision(), 2),
            (std::vector<std::string>{"verification.moved " + before.name(),
                                      "verification.moved " + dwelling.name()}));
  ASSERT_OK(OfSwept().Call(Of<v1::GetPersonRequest>(before.name()), &after));
  EXPECT_EQ(before.next_due_time().seconds() - after.next_due_time().seconds(), 200 * 24 * 60 * 60);
}

TEST_F(PopulationVisits, GoToTheGridThatTheDwellingWasGivenLater) {
  v1::Dwelling dwelling = NewDwelling();
  auto create = NewPerson();
  create.mutable_residence()->set_dwelling(dwelling.name());
  v1::Person person;
  ASSERT_OK(OfSwept().CallAt(kAt, create, &person));
  auto update = New<v1::UpdateDwellingRequest>();
  update.mutable_dwelling()->set_name(dwelling.name());
  update.mutable_dwelling()->set_grid(std::string(kHere) + "007");
  update.mutable_update_mask()->add_paths("grid");
  ASSERT_OK(OfSwept().CallAt(kAt, update, &dwelling));
  v1::ListCodesResponse codes;  // nobody looked for 300 days, at the dwelling either
  ASSERT_OK(OfSwept().CallAt(kAt + absl::Hours(24 * 302), v1::ListCodesRequest(), &codes));
  EventsAfter(dwelling.revision(), 4);
  const std::string name = "tasks/p" + person.name().substr(8) + "-1";
  Task task;
  ASSERT_OK(OfSwept().Call(Of<v1::GetTaskRequest>(name), &task));
  EXPECT_EQ(task.cause(), Task::STALE);
  EXPECT_EQ(task.grid(), dwelling.grid());
}

// The receiving side settles it, and the visit that it cannot see is ended with it.
TEST_F(PopulationVisits, EndWhereTheMoveWasFrom) {
  const v1::Person person = Create();
  auto open = New<v1::OpenTaskRequest>();
  open.set_subject(person.name());
  const auto name = Must<Task>(Police("411602"), open).name();
  auto offer = On<v1::OfferMoveRequest>(person.name());
  offer.set_to_area(kThere);
  Must<v1::Person>(Police("411602"), offer);
  auto accept = On<v1::AcceptMoveRequest>(person.name());
  *accept.mutable_arrival() = Spell(kThere, "2026-03-02");
  Must<v1::Person>(Police("411621"), accept);
  const auto get = Of<v1::GetTaskRequest>(name);
  Task none;
  EXPECT_THAT(Police("411621").Call(get, &none),
              Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT));
  const Task ended = Must<Task>(Police("411602", "service_delivery"), get);
  EXPECT_EQ(ended.state(), Task::CANCELLED);
  EXPECT_EQ(ended.result(), "the person has moved to another area");
  EXPECT_EQ(ended.ended_by(), "");
}

}  // namespace
}  // namespace pingan::testing
