// Two replicas of the population service on one PostgreSQL and one Redis: one active registration
// whoever races where, and what one erases the other cannot read.
#include "tests/integration/population_replicas.h"

#include <atomic>
#include <thread>

namespace pingan::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace v1 = population::v1;

TEST_F(PopulationReplicas, OneOfAllAnswersOnBothReplicasDecidesTheMove) {
  for (int round = 0; round < 3; ++round) {
    const std::string name = Create(kHere, std::to_string(201 + 2 * round)).name();
    auto offer = On<v1::OfferMoveRequest>(name);
    offer.set_to_area(kThere);
    Must<v1::Person>(Police("411602"), offer);
    std::atomic<int> accepted = 0, revoked = 0;
    std::vector<std::thread> callers;
    for (int i = 0; i < 6; ++i) {
      callers.emplace_back([&, i] {
        v1::Person person;
        auto accept = On<v1::AcceptMoveRequest>(name);
        *accept.mutable_arrival() = Spell(kThere, "2026-03-02");
        const rpc::Client there =
            i % 2 == 0 ? Police("411621") : OnOther("police_officer", "411621");
        accepted += there.Call(accept, &person).ok();
        const rpc::Client here =
            i % 2 == 0 ? OnOther("police_officer", "411602") : Police("411602");
        revoked += here.Call(On<v1::RevokeMoveRequest>(name), &person).ok();
      });
    }
    for (auto& caller : callers) caller.join();
    EXPECT_EQ(accepted + revoked, 1);
    const v1::Person person = Get(name, OnOther("police_officer", "4116"));
    EXPECT_EQ(person.area(), accepted == 1 ? kThere : kHere);
    EXPECT_FALSE(person.has_move());
    int active = 0;
    for (const auto& spell : person.residences()) active += spell.to_date().empty();
    EXPECT_EQ(active, 1);
  }
}

TEST_F(PopulationReplicas, WhatOneErasesTheOtherCannotRead) {
  const v1::Person person = Create();
  const rpc::Client masked = OnOther("police_officer", "411602");
  const rpc::Client revealed = OnOther("police_officer", "411602", "data_quality");
  EXPECT_THAT(Get(person.name(), masked).display_name(), HasSubstr("张"));
  EXPECT_EQ(Get(person.name(), revealed).display_name(), "张建国");
  auto end = On<v1::EndResidenceRequest>(person.name());
  end.set_residence(person.residences(0).id());
  end.set_to_date("2026-03-02");
  Must<v1::Person>(Police("411602"), end);
  EXPECT_EQ(Get(person.name(), revealed).display_name(), "张建国");
  auto erase = On<v1::EraseSubjectRequest>(person.name());
  erase.set_ground(v1::PURPOSE_ENDED);
  Must<v1::EraseSubjectResponse>(As("data_protection_officer", "411602", "data_subject_request"),
                                 erase);
  for (const rpc::Client* client : {&masked, &revealed}) {
    EXPECT_EQ(Get(person.name(), *client).display_name(), "");
    const auto history =
        Must<v1::GetHistoryResponse>(*client, Of<v1::GetHistoryRequest>(person.name()));
    EXPECT_GE(history.events_size(), 5);
    EXPECT_THAT(history.SerializeAsString(), Not(HasSubstr("张")));
  }
}

}  // namespace
}  // namespace pingan::testing
