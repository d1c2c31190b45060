// Merges of persons over the wire: what becomes of the third files around the two.
#include <algorithm>

#include "tests/integration/population_world.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
namespace v1 = population::v1;
namespace reason = common::v1;
using Pair = v1::DuplicateCandidate;

class PopulationMerge : public PopulationWorld {
 protected:
  static std::string PairOf(const v1::Person& one, const v1::Person& other) {
    const auto id = [](const v1::Person& person) { return person.name().substr(8); };
    return "duplicates/" + std::min(id(one), id(other)) + "." + std::max(id(one), id(other));
  }
  Pair PairNow(const v1::Person& one, const v1::Person& other) const {
    return Must<Pair>(Police("4116"), Of<v1::GetDuplicateRequest>(PairOf(one, other)));
  }
  Pair Merge(const v1::Person& absorbed, const v1::Person& survivor) const {
    auto merge = On<v1::MergePersonsRequest>(PairOf(absorbed, survivor));
    merge.set_survivor(survivor.name());
    return Must<Pair>(Police("4116"), merge);
  }
  Pair Unmerge(const v1::Person& absorbed, const v1::Person& survivor) const {
    auto unmerge = On<v1::UnmergePersonsRequest>(PairOf(absorbed, survivor));
    unmerge.set_reason("two after all");
    return Must<Pair>(Police("4116"), unmerge);
  }
  // How many pairs are open as of that revision or later.
  int64_t Open(int64_t revision) const {
    v1::GetStatisticsRequest ask;
    ask.set_min_revision(revision);
    int64_t open = 0;
    const auto counted = Must<v1::GetStatisticsResponse>(Police("4116"), ask);
    for (const auto& row : counted.rows()) {
      open += row.counts().at("duplicates_open");
    }
    return open;
  }
};

TEST_F(PopulationMerge, PairsWithThirdFilesLapseAndComeBack) {
  const v1::Person one = Create(), other = Create(kHere, "125"), third = Create(kHere, "127");
  EXPECT_EQ(Open(PairNow(other, third).revision()), 3);
  Merge(other, one);
  EXPECT_EQ(PairNow(other, third).state(), Pair::LAPSED);
  EXPECT_EQ(PairNow(other, third).survivor(), one.name());
  EXPECT_EQ(PairNow(one, third).state(), Pair::OPEN);
  EXPECT_EQ(Open(PairNow(other, third).revision()), 1);
  auto dismiss = On<v1::DismissDuplicateRequest>(PairOf(other, third));
  dismiss.set_reason("cousins");
  Pair dismissed;
  EXPECT_THAT(Police("4116").Call(dismiss, &dismissed),
              Fails(StatusCode::kFailedPrecondition, reason::ACTION_NOT_ALLOWED));
  Unmerge(other, one);
  EXPECT_EQ(PairNow(other, third).state(), Pair::OPEN);
  EXPECT_EQ(PairNow(one, third).state(), Pair::OPEN);
  EXPECT_EQ(Open(PairNow(other, third).revision()), 2);
}

TEST_F(PopulationMerge, RelativeIsNamedThroughTwoMergesAndBack) {
  const v1::Person one = Create(), other = Create(kHere, "125"), third = Create(kHere, "127");
  auto born = NewPerson(kHere);
  born.mutable_person()->set_display_name("欧阳小满");
  born.mutable_person()->clear_documents();
  born.mutable_person()->clear_phone();
  born.mutable_person()->set_birth_date("2020-03-02");
  const v1::Person child = Must<v1::Person>(Police("4116"), born);
  auto relate = On<v1::RelatePersonsRequest>(one.name());
  relate.mutable_relation()->set_other(child.name());
  relate.mutable_relation()->set_type(v1::Relation::CHILD);
  Must<v1::Person>(Police("4116"), relate);
  const auto parent = [&] { return Get(child.name(), Police("4116")).relations(0).other(); };
  Merge(one, other);
  Merge(other, third);
  EXPECT_EQ(parent(), third.name());
  Unmerge(other, third);
  EXPECT_EQ(parent(), other.name());
  Unmerge(one, other);
  EXPECT_EQ(parent(), one.name());
  EXPECT_EQ(Get(one.name(), Police("4116")).relations(0).other(), child.name());
}

TEST_F(PopulationMerge, PairGoesWithAFileThatMoves) {
  const v1::Person one = Create(), other = Create(kHere, "125");
  const auto seen = [&] {
    Pair pair;
    return Police("411621").Call(Of<v1::GetDuplicateRequest>(PairOf(one, other)), &pair);
  };
  EXPECT_THAT(seen(), Fails(StatusCode::kNotFound, reason::RESOURCE_ABSENT));
  auto offer = On<v1::OfferMoveRequest>(other.name());
  offer.set_to_area(kThere);
  Must<v1::Person>(Police("411602"), offer);
  auto accept = On<v1::AcceptMoveRequest>(other.name());
  *accept.mutable_arrival() = Spell(kThere, "2026-03-02");
  Must<v1::Person>(Police("411621"), accept);
  EXPECT_OK(seen());
}

TEST_F(PopulationMerge, UpdateTakesNoDocumentOrIdThatIsOnFile) {
  auto first = NewPerson();
  first.mutable_person()->add_external_ids("school:12");
  const v1::Person one = Must<v1::Person>(Police("4116"), first), other = Create(kHere, "125");
  const auto update = [&](const std::string& area, const char* path) {
    auto request = New<v1::UpdatePersonRequest>();
    *request.mutable_person() = first.person();
    request.mutable_person()->set_name(other.name());
    request.mutable_update_mask()->add_paths(path);
    v1::Person person;
    return Police(area).Call(request, &person);
  };
  for (const char* path : {"documents", "external_ids"}) {
    EXPECT_THAT(update("4116", path), Fails(StatusCode::kAlreadyExists, reason::RESOURCE_EXISTS));
  }
  EXPECT_OK(update("4116", "phone"));
}

// Recorded on the one file of two persons: whoever may correct takes it back, and they are two
// again.
TEST_F(PopulationMerge, ADeathByMistakeDoesNotBlockTheUnmerge) {
  const v1::Person one = Create(), other = Create(kHere, "125");
  Merge(other, one);
  auto death = On<v1::RecordDeathRequest>(one.name());
  death.set_death_date("2026-03-02");
  Must<v1::Person>(Police("4116"), death);
  auto unmerge = On<v1::UnmergePersonsRequest>(PairOf(other, one));
  unmerge.set_reason("two after all");
  Pair none;
  EXPECT_THAT(Police("4116").Call(unmerge, &none),
              Fails(StatusCode::kFailedPrecondition, reason::ACTION_NOT_ALLOWED));
  auto retract = On<v1::RetractDeathRequest>(one.name());
  retract.set_reason("the other has died");
  v1::Person person;
  EXPECT_THAT(As("village_officer", "4116").Call(retract, &person),
              Fails(StatusCode::kPermissionDenied, reason::PERMISSION_MISSING));
  Must<v1::Person>(Police("4116"), retract);
  Unmerge(other, one);
  for (const auto* file : {&one, &other}) {
    EXPECT_EQ(Get(file->name(), Police("4116")).state(), v1::Person::ACTIVE);
  }
  const v1::Person known = Get(one.name(), Police("4116"));
  EXPECT_EQ(known.retracted_death().reason(), "***") << "words about a person";
  std::string kinds;
  const auto history =
      Must<v1::GetHistoryResponse>(Police("4116"), Of<v1::GetHistoryRequest>(one.name()));
  for (const auto& event : history.events()) kinds += event.kind() + " ";
  EXPECT_NE(kinds.find("person.died death.retracted person.unmerged"), std::string::npos) << kinds;
}

// What the file that was one could say, and the one that is left cannot.
TEST_F(PopulationMerge, UnmergeSaysWhatToCorrectFirst) {
  const auto born = [&](const char* day) {
    auto create = NewPerson();
    create.clear_residence();
    create.mutable_person()->clear_documents();
    create.mutable_person()->set_sex(v1::MALE);
    create.mutable_person()->set_birth_date(day);
    return Must<v1::Person>(Police("4116"), create);
  };
  const v1::Person one = born("2026-02-21"), other = born("2026-02-12");
  auto merge = On<v1::MergePersonsRequest>(PairOf(other, one));
  merge.set_survivor(one.name());
  merge.add_take("birth_date");
  Must<Pair>(Police("4116"), merge);
  auto live = On<v1::RegisterResidenceRequest>(one.name());
  *live.mutable_residence() = Spell(kHere, "2026-02-15");
  const v1::Person lives = Must<v1::Person>(Police("4116"), live);

  auto unmerge = On<v1::UnmergePersonsRequest>(PairOf(other, one));
  unmerge.set_reason("two after all");
  Pair none;
  const Status refused = Police("4116").Call(unmerge, &none);
  ASSERT_THAT(refused, Fails(StatusCode::kFailedPrecondition, reason::ACTION_NOT_ALLOWED));
  EXPECT_EQ(DetailsOf(refused).fields[0].path, "residences[0]");
  EXPECT_EQ(DetailsOf(refused).metadata[0].second, one.name());

  auto correct = On<v1::CorrectResidenceRequest>(one.name());
  correct.set_id(lives.residences(0).id());
  correct.set_reason("***");
  *correct.mutable_residence() = Spell(kHere, "2026-02-21");
  v1::Person person;
  EXPECT_THAT(Police("4116").Call(correct, &person), NamesField("reason"));
  correct.set_reason("typing error");
  EXPECT_OK(Police("4116").Call(correct, &person));
  Unmerge(other, one);
  auto update = New<v1::UpdatePersonRequest>();
  update.mutable_person()->set_name(one.name());
  update.mutable_person()->set_phone("13800000002");
  update.mutable_update_mask()->add_paths("phone");
  EXPECT_OK(Police("4116").Call(update, &person));
}

}  // namespace
}  // namespace pingan::testing
