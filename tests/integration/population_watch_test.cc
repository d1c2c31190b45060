// The events of the population service: what areas are told of moves, and what stays known when the
// events are forgotten.
#include "tests/integration/population_world.h"

namespace pingan::testing {
namespace {

namespace v1 = population::v1;

using PopulationWatch = PopulationWorld;

// What the areas of a move are told of the file.
TEST_F(PopulationWatch, AMoveIsToldWhereItIsOfferedAndWhereTheFileLeaves) {
  auto offer = On<v1::OfferMoveRequest>(Create().name());
  offer.set_to_area(kThere);
  const std::string name = Must<v1::Person>(Police("411602"), offer).name();
  auto accept = On<v1::AcceptMoveRequest>(name);
  *accept.mutable_arrival() = Spell(kThere, "2026-03-02");
  const int64_t moved = Must<v1::Person>(Police("411621"), accept).revision();
  const auto told = [&](const std::string& county) {
    std::vector<std::string> kinds;
    EXPECT_OK(
        As("county_officer", county)
            .Watch(v1::WatchPopulationRequest(), v1::WatchPopulationResponse(), absl::Seconds(30),
                   [&](const auto& message) {
                     const auto& answer = static_cast<const v1::WatchPopulationResponse&>(message);
                     if (answer.event().name() == name) {
                       kinds.push_back(answer.event().kind());
                       EXPECT_EQ(answer.event().has_resource(), kinds.back() != "resource.left");
                     }
                     return answer.revision() < moved;
                   }));
    return kinds;
  };
  const auto here = told("411602"), there = told("411621");
  ASSERT_FALSE(here.empty());
  EXPECT_EQ(here.back(), "resource.left");
  ASSERT_FALSE(there.empty());
  EXPECT_EQ(there.front(), "move.offered");
  EXPECT_EQ(there.back(), "move.accepted");
  v1::Person person;
  EXPECT_THAT(Police("411602").Call(Of<v1::GetPersonRequest>(name), &person),
              Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT));
}

class PopulationRetention : public PopulationWorld {
 protected:
  PopulationRetention() : PopulationWorld({"--retention_days=1"}) {}
};

// What was known when is kept in the file itself, not in its events.
TEST_F(PopulationRetention, ResidencesAsTheyWereKnownOutliveTheEvents) {
  const v1::Person person = Create();
  auto correct = On<v1::CorrectResidenceRequest>(person.name());
  correct.set_id(person.residences(0).id());
  *correct.mutable_residence() = Spell(kHere, "2026-02-27");
  correct.set_reason("typing error");
  const int64_t corrected = Must<v1::Person>(Police("411602"), correct).revision();
  const auto known = [&](int64_t revision) {
    auto ask = Of<v1::GetResidencesRequest>(person.name());
    ask.set_known_revision(revision);
    return Must<v1::GetResidencesResponse>(Police("411602"), ask).SerializeAsString();
  };
  const std::string first = known(person.revision()), second = known(corrected);
  EXPECT_NE(first, second);
  ASSERT_EQ(server_.Stop(), 0);  // saves the counts
  server_.Start();
  v1::GetHistoryResponse history;
  ASSERT_OK(Police("411602").CallAt(kStart + absl::Hours(48),
                                    Of<v1::GetHistoryRequest>(person.name()), &history));
  EXPECT_GE(history.compacted_revision(), corrected);
  EXPECT_EQ(history.events_size(), 0);
  EXPECT_EQ(known(person.revision()), first);
  EXPECT_EQ(known(corrected), second);
}

}  // namespace
}  // namespace pingan::testing
