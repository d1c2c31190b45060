#include "services/population/move.h"

#include <memory>
#include <string>

#include "common/testing/matchers.h"
#include "services/population/compose.h"
#include "services/population/rules_fixture.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Spell;
using testing::World;

constexpr char kLeaving[] = "411602", kReceiving[] = "411603";

v1::ClaimMoveRequest Claim(const v1::PersonRecord& record) {
  v1::ClaimMoveRequest request;
  *request.mutable_document() = record.person().documents(0);
  *request.mutable_arrival() = Spell(testing::kOtherVillage, "2026-03-02");
  return request;
}

TEST(Move, GoesOverWithTheAcceptanceAndNotBefore) {
  World world;
  auto record = world.Do(Action::kOfferMove, world.Registered());
  EXPECT_EQ(record.person().area(), testing::kVillage);
  EXPECT_EQ(record.person().move().to_area(), testing::kOtherVillage);
  world.GoTo("2026-03-05 10:00");
  record = world.Do(Action::kAcceptMove, record);
  EXPECT_EQ(record.person().area(), testing::kOtherVillage);
  EXPECT_FALSE(record.person().has_move());
  ASSERT_EQ(record.person().residences_size(), 2);
  EXPECT_EQ(record.person().residences(0).to_date(), "2026-03-05");
  EXPECT_EQ(record.person().residences(1).from_date(), "2026-03-05");
}

// Each side by itself, in each direction: who answers is not who offered.
TEST(Move, IsAnsweredByTheOtherSide) {
  const struct {
    bool claimed;
    const char* caller;
    bool answers;
    bool revokes;
  } kCases[] = {{false, kLeaving, false, true}, {false, kReceiving, true, false},
                {true, kLeaving, true, false},  {true, kReceiving, false, true},
                {false, "4116", true, true},    {false, "411604", false, false}};
  for (const auto& row : kCases) {
    World world;
    auto record = world.Registered();
    record = row.claimed ? world.Must(DecideClaimMove(record, Claim(record), world.env()))
                         : world.Do(Action::kOfferMove, record);
    world.caller.area = row.caller;
    const auto expect = [&](Action action, bool ok) {
      const auto decided = world.Apply(action, record);
      if (ok) {
        EXPECT_OK(decided);
      } else {
        EXPECT_THAT(decided, Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT));
      }
    };
    expect(Action::kAcceptMove, row.answers);
    expect(Action::kRejectMove, row.answers);
    expect(Action::kRevokeMove, row.revokes);
  }
}

// The side that offered reads why, until it offers again.
TEST(Move, ARejectionSaysWhy) {
  World world;
  auto record = world.Do(Action::kOfferMove, world.Registered());
  const v1::Move offer = record.person().move();
  v1::RejectMoveRequest request;
  request.set_reason("查无此人");
  world.caller.area = kReceiving;
  record = world.Must(DecideRejectMove(record, request, world.env()));
  EXPECT_FALSE(record.person().has_move());
  const v1::RejectedMove& rejected = record.person().rejected_move();
  EXPECT_EQ(rejected.reason(), request.reason());
  EXPECT_EQ(rejected.to_area(), offer.to_area());
  EXPECT_EQ(rejected.offered_by(), v1::Move::LEAVING);
  EXPECT_EQ(rejected.actor(), world.caller.subject);
  const auto claimed = world.Must(DecideClaimMove(record, Claim(record), world.env()));
  EXPECT_FALSE(claimed.person().has_rejected_move());
  world.caller.area = kLeaving;
  EXPECT_FALSE(world.Do(Action::kOfferMove, record).person().has_rejected_move());
}

TEST(Move, ClaimWantsTheDocumentInHand) {
  World world;
  const auto record = world.Registered();
  world.caller.area = kReceiving;
  EXPECT_OK(DecideClaimMove(record, Claim(record), world.env()));

  // Lower-case, full-width: the same document.
  v1::ClaimMoveRequest request = Claim(record);
  request.mutable_document()->set_document_number(
      "３２０１０２１９９００５１７" + record.person().documents(0).document_number().substr(14));
  EXPECT_OK(DecideClaimMove(record, request, world.env()));

  request.mutable_document()->set_document_type("112");
  EXPECT_OK(DecideClaimMove(record, request, world.env())) << "of the temporary card";

  request.mutable_document()->set_document_number(testing::CitizenIdOf("32010219900517125"));
  const auto other = DecideClaimMove(record, request, world.env());
  EXPECT_THAT(other, Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT));
  request.mutable_document()->set_document_number("1");
  EXPECT_EQ(DecideClaimMove(record, request, world.env()).status(), other.status());
  // Somebody who cannot receive it is told nothing either, whatever the state.
  world.caller.area = "411604";
  EXPECT_EQ(DecideClaimMove(record, Claim(record), world.env()).status(), other.status());
}

TEST(Move, AFileThatDoesNotGoOnTellsAClaimantNothing) {
  World world;
  const auto registered = world.Registered();
  const auto own = world.caller;
  const auto dead = world.Do(Action::kRecordDeath, registered);
  auto erased = world.Do(Action::kEndResidence, registered);
  erased.mutable_person()->mutable_erase_time()->set_seconds(absl::ToUnixSeconds(world.now));
  auto merged = registered;
  merged.mutable_person()->set_state(v1::Person::MERGED);
  for (const auto& record : {dead, erased, merged}) {
    world.caller = own;
    world.caller.area = kReceiving;
    EXPECT_THAT(DecideClaimMove(record, Claim(record), world.env()),
                Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT));
    world.caller.area = "";  // of the whole city: both sides
    EXPECT_THAT(DecideClaimMove(record, Claim(record), world.env()),
                Fails(absl::StatusCode::kFailedPrecondition, common::v1::ACTION_NOT_ALLOWED));
  }
}

// Nobody has the person: there is no side that could answer.
TEST(Move, AClaimTakesUpWhoHasLeftAtOnce) {
  World world;
  const auto left = world.Do(Action::kEndResidence, world.Registered());
  world.caller.area = kReceiving;
  v1::ClaimMoveRequest request = Claim(left);
  *request.mutable_arrival() = Spell(testing::kOtherVillage, "2025-03-02");
  EXPECT_THAT(DecideClaimMove(left, request, world.env()), NamesField("arrival.from_date"))
      << "while the person lived elsewhere";
  *request.mutable_arrival() = Spell(testing::kOtherVillage, "2026-03-02");
  v1::ClaimMoveRequest without = request;
  without.clear_document();
  EXPECT_THAT(DecideClaimMove(left, without, world.env()),
              Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT));
  ASSERT_OK_AND_ASSIGN(const auto taken, DecideClaimMove(left, request, world.env()));
  EXPECT_THAT(taken.events, ElementsAre("residence.registered"));
  const v1::Person& person = taken.after.person();
  EXPECT_EQ(person.state(), v1::Person::ACTIVE);
  EXPECT_EQ(person.area(), testing::kOtherVillage);
  EXPECT_FALSE(person.has_move());
  EXPECT_EQ(person.residences_size(), 2);
}

// What is wrong with the arrival by itself says nothing of the file.
TEST(Move, AClaimIsLookedAtBeforeTheFile) {
  World world;
  const auto record = world.Registered();
  world.caller.area = kReceiving;
  v1::ClaimMoveRequest request = Claim(record);
  request.mutable_arrival()->set_to_date("2026-03-02");
  request.mutable_arrival()->set_from_date("2026-03-01");
  const auto refused = DecideClaimMove(record, request, world.env()).status();
  EXPECT_THAT(refused, NamesField("arrival.to_date"));
  request.clear_document();
  EXPECT_EQ(DecideClaimMove(record, request, world.env()).status(), refused);
  EXPECT_EQ(CheckClaim(request, world.env()), refused);
}

TEST(Move, NamesWhatIsWrong) {
  World world;
  const auto before = world.Registered();
  v1::OfferMoveRequest offer;
  for (const char* area : {testing::kVillage, "411603", "411603000000", "411603999999"}) {
    offer.set_to_area(area);
    EXPECT_THAT(DecideOfferMove(before, offer, world.env()), NamesField("to_area")) << area;
  }
  offer.set_to_area("411603100000");
  const auto offered = world.Must(DecideOfferMove(before, offer, world.env()));
  v1::AcceptMoveRequest accept;
  EXPECT_THAT(DecideAcceptMove(offered, accept, world.env()), NamesField("arrival"));
  *accept.mutable_arrival() = Spell(testing::kSecondVillage, "2026-03-02");
  EXPECT_THAT(DecideAcceptMove(offered, accept, world.env()), NamesField("arrival.area"));
  *accept.mutable_arrival() = Spell(testing::kOtherVillage, "2025-03-03");
  EXPECT_THAT(DecideAcceptMove(offered, accept, world.env()), NamesField("arrival.from_date"));
  *accept.mutable_arrival() = Spell(testing::kOtherVillage, "2026-01-01", "2026-02-01");
  EXPECT_THAT(DecideAcceptMove(offered, accept, world.env()), NamesField("arrival.to_date"));
  *accept.mutable_arrival() = Spell(testing::kOtherVillage, "2026-03-02");
  EXPECT_OK(DecideAcceptMove(offered, accept, world.env()));
  accept.mutable_arrival()->set_kind(v1::Residence::TEMPORARY);
  EXPECT_THAT(DecideAcceptMove(offered, accept, world.env()), NamesField("arrival.kind"));
}

TEST(Move, ExpiresAndLeavesEverythingAsItWas) {
  World world;
  const auto before = world.Registered();
  auto record = world.Do(Action::kOfferMove, before);
  EXPECT_THAT(world.Tick("2026-03-17 23:59", &record), IsEmpty());
  EXPECT_OK(world.Apply(Action::kAcceptMove, record));
  world.GoTo("2026-03-18 00:00");
  EXPECT_THAT(world.Apply(Action::kAcceptMove, record),
              Fails(absl::StatusCode::kFailedPrecondition, common::v1::WINDOW_CLOSED));
  EXPECT_THAT(world.Tick("2026-03-18 00:00", &record), ElementsAre("move.expired"));
  EXPECT_FALSE(record.person().has_move());
  EXPECT_EQ(record.person().area(), testing::kVillage);
  EXPECT_EQ(record.person().residences_size(), 1);
}

TEST(Move, AClaimThatCouldNotBeAcceptedIsNone) {
  World world;
  const auto record = world.Registered("2026-02-01");
  v1::ClaimMoveRequest claim = Claim(record);
  for (const char* day : {"2026-01-31", "2026-02-01"}) {
    claim.mutable_arrival()->set_from_date(day);
    EXPECT_THAT(DecideClaimMove(record, claim, world.env()), NamesField("arrival.from_date"));
  }
  claim.mutable_arrival()->set_from_date("2026-02-02");
  const auto claimed = world.Must(DecideClaimMove(record, claim, world.env()));
  EXPECT_EQ(claimed.person().residences_size(), 1) << "nothing is done by the claim";
  EXPECT_OK(DecideAcceptMove(claimed, {}, world.env()));
}

// The visit was asked of the area that the person left.
TEST(Move, TakesTheDueLookToTheNewArea) {
  World world;
  auto record = world.Registered();
  world.Tick("2026-08-31 00:00", &record);
  ASSERT_TRUE(record.person().verification_due());
  record = world.Do(Action::kAcceptMove, world.Do(Action::kOfferMove, record));
  EXPECT_FALSE(record.person().verification_due());
  EXPECT_THAT(world.Tick("2026-08-31 00:01", &record), ElementsAre("verification.due"));
  EXPECT_EQ(record.tasks_opened(), 2);
}

// What was asked of the old area is not asked any more, whoever settles the move.
TEST(Move, EndsTheVisitsThatWereAskedForBefore) {
  World world;
  auto record = world.Registered();
  world.Tick("2026-08-31 00:00", &record);
  v1::TaskRecord task = DecideOpenTask(record, {}, world.env())->task.after;
  ASSERT_EQ(task.task().name(), "tasks/p411602-00000001-2");
  record = world.Do(Action::kOfferMove, record);
  record.add_merges()->mutable_kept()->set_verification_due(true);
  v1::AcceptMoveRequest accept;
  *accept.mutable_arrival() = Spell(testing::kOtherVillage, "2026-08-31");
  using Accept = OnPerson<&DecideAcceptMove>;
  EXPECT_THAT(Accept::Wants(record, accept).names, ElementsAre("tasks/p411602-00000001-1"));
  Related related;
  related.Add(task.task().name(), std::make_shared<v1::TaskRecord>(task));
  world.caller.area = testing::kOtherVillage;
  ASSERT_OK_AND_ASSIGN(const auto moved, Accept::Decide(record, accept, related, world.env()));
  ASSERT_EQ(moved.also.size(), 1u);
  EXPECT_EQ(moved.also[0].name, task.task().name());
  EXPECT_THAT(moved.also[0].events, ElementsAre("task.cancelled"));
  EXPECT_FALSE(moved.after.merges(0).kept().verification_due()) << "an un-merge asks for nothing";
}

}  // namespace
}  // namespace pingan::population
