// A population server that starts with other limits than it ended with: files whose next look they
// put earlier are found, whether or not anything is due or anybody acts.
#include <fstream>

#include "tests/integration/population_world.h"

namespace pingan::testing {
namespace {

namespace v1 = population::v1;

// Far from now, which it is for a server that starts again.
const absl::Time kAt = absl::FromCivil(absl::CivilHour(2035, 3, 7, 2), absl::UTCTimeZone());

std::string WriteLimits(const std::string& version, int stale_days) {
  const std::string path = ::testing::TempDir() + "/limits.tsv";
  std::ofstream(path) << "# version: " << version << "\nstale.days.floating\t" << stale_days
                      << "\nstale.days\t" << stale_days << "\n";
  return path;
}

class PopulationMoved : public PopulationWorld {
 protected:
  TestServer swept_{{"--sweep_seconds=1", "--limits=" + WriteLimits("one", 300)}, "population"};
};

TEST_F(PopulationMoved, ALookThatComesEarlierIsFoundByTheProcessThatCountsSo) {
  const auto police = [&] { return AsOn(swept_, "police_officer", "4116"); };
  v1::Person before, after;
  ASSERT_OK(police().CallAt(kAt, NewPerson(), &before));
  v1::CreateDwellingRequest create = New<v1::CreateDwellingRequest>();
  create.mutable_dwelling()->set_area(kHere);
  create.mutable_dwelling()->set_address("一村8号");
  create.mutable_dwelling()->set_use(v1::Dwelling::LET);
  v1::Dwelling dwelling;
  ASSERT_OK(police().CallAt(kAt, create, &dwelling));
  EXPECT_EQ(swept_.Stop(), 0);
  WriteLimits("two", 100);
  swept_.Start();
  v1::WatchPopulationRequest request;
  request.set_from_revision(dwelling.revision());
  std::vector<std::string> moved;
  const auto more = [&](const google::protobuf::Message& message) {
    const auto& event = static_cast<const v1::WatchPopulationResponse&>(message).event();
    if (!event.kind().empty()) moved.push_back(event.kind() + " " + event.name());
    return moved.size() < 2;
  };
  ASSERT_OK(AsOn(swept_, "service", "4116")
                .Watch(request, v1::WatchPopulationResponse(), absl::Seconds(30), more));
  EXPECT_EQ(moved, (std::vector<std::string>{"verification.moved " + before.name(),
                                             "verification.moved " + dwelling.name()}));
  ASSERT_OK(police().Call(Of<v1::GetPersonRequest>(before.name()), &after));
  EXPECT_EQ(before.next_due_time().seconds() - after.next_due_time().seconds(), 200 * 24 * 60 * 60);
}

}  // namespace
}  // namespace pingan::testing
