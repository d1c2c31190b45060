#include "services/population/lifecycle.h"

#include <set>
#include <sstream>
#include <string>

#include "common/testing/matchers.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using ::pingan::testing::Fails;
using ::testing::ElementsAreArray;
using testing::World;
using Permit = v1::ResidencePermit;

struct Row {
  const char* situation;
  v1::PersonRecord (*make)(World*);
  const char* allowed;  // what is not listed is refused
};

v1::PersonRecord Led(World* world, std::initializer_list<Action> actions) {
  v1::PersonRecord record = world->Registered();
  for (const Action action : actions) record = world->Do(action, record);
  return record;
}

// Every file of a living person who has a residence.
#define PINGAN_ALWAYS "UpdatePerson RecordDeath RelatePersons RegisterResidence CorrectResidence "
#define PINGAN_HERE "RecordEmployment RequestService VerifyPerson MergePersons"

const Row kRows[] = {
    {"Nowhere", [](World* w) { return w->Registered(""); },
     "UpdatePerson RecordDeath RelatePersons RegisterResidence " PINGAN_HERE},
    {"Resident", [](World* w) { return w->Registered(); },
     PINGAN_ALWAYS "ChangeResidence EndResidence OfferMove ClaimMove ApplyForPermit " PINGAN_HERE},
    {"Related", [](World* w) { return Led(w, {Action::kRelatePersons}); },
     PINGAN_ALWAYS "UnrelatePersons ChangeResidence EndResidence OfferMove ClaimMove "
                   "ApplyForPermit " PINGAN_HERE},
    {"Offered", [](World* w) { return Led(w, {Action::kOfferMove}); },
     "UpdatePerson RecordDeath RelatePersons AcceptMove RejectMove RevokeMove ApplyForPermit "
     "RecordEmployment RequestService VerifyPerson"},
    {"Applied", [](World* w) { return w->WithPermit(Permit::APPLIED); },
     PINGAN_ALWAYS
     "ChangeResidence EndResidence OfferMove ClaimMove SupplyPapers CancelPermit " PINGAN_HERE},
    {"Accepted", [](World* w) { return w->WithPermit(Permit::ACCEPTED); },
     PINGAN_ALWAYS "ChangeResidence EndResidence OfferMove ClaimMove ExtendPermitIssue IssuePermit "
                   "CancelPermit " PINGAN_HERE},
    {"Valid", [](World* w) { return w->WithPermit(Permit::VALID); },
     PINGAN_ALWAYS "ChangeResidence EndResidence OfferMove ClaimMove EndorsePermit ReplacePermit "
                   "CancelPermit " PINGAN_HERE},
    {"Suspended", [](World* w) { return w->WithPermit(Permit::SUSPENDED); },
     PINGAN_ALWAYS "ChangeResidence EndResidence OfferMove ClaimMove EndorsePermit ReplacePermit "
                   "CancelPermit " PINGAN_HERE},
    {"Employed", [](World* w) { return Led(w, {Action::kRecordEmployment}); },
     PINGAN_ALWAYS "ChangeResidence EndResidence OfferMove ClaimMove ApplyForPermit EndEmployment "
                   "RetractEmployment RecordReport " PINGAN_HERE},
    {"Asking", [](World* w) { return Led(w, {Action::kRequestService}); },
     PINGAN_ALWAYS "ChangeResidence EndResidence OfferMove ClaimMove ApplyForPermit AcceptService "
                   "DenyService " PINGAN_HERE},
    {"Served",
     [](World* w) {
       return Led(w, {Action::kRequestService, Action::kAcceptService});
     },
     PINGAN_ALWAYS "ChangeResidence EndResidence OfferMove ClaimMove ApplyForPermit DeliverService "
                   "DenyService " PINGAN_HERE},
    {"Left", [](World* w) { return Led(w, {Action::kEndResidence}); },
     PINGAN_ALWAYS "ClaimMove VerifyPerson MergePersons EraseSubject"},
    {"Deceased", [](World* w) { return Led(w, {Action::kRecordDeath}); },
     "RetractDeath CorrectResidence MergePersons EraseSubject"},
    {"Merged",
     [](World* w) {
       v1::PersonRecord record = w->Registered();
       record.mutable_person()->set_state(v1::Person::MERGED);
       return record;
     },
     ""},
    {"Erased",
     [](World* w) {
       v1::PersonRecord record = Led(w, {Action::kEndResidence, Action::kEraseSubject});
       EXPECT_EQ(record.person().state(), v1::Person::LEFT);
       // Else whoever claims the file finds none.
       *record.mutable_person()->add_documents() = World::NewPerson().person().documents(0);
       return record;
     },
     ""},
};

#undef PINGAN_ALWAYS
#undef PINGAN_HERE

// By the content alone an action may be allowed and still refused for a day: that is for its test.
bool RefusedForADay(Action action, const Status& status) {
  return (action == Action::kEndorsePermit || action == Action::kApplyForPermit) &&
         DetailsOf(status).reason == common::v1::WINDOW_CLOSED;
}

class StateTable : public ::testing::TestWithParam<Row> {};

TEST_P(StateTable, EveryAction) {
  World world;
  const v1::PersonRecord before = GetParam().make(&world);
  std::istringstream words(GetParam().allowed);
  const std::set<std::string> allowed{std::istream_iterator<std::string>(words), {}};
  std::vector<std::string> names;
  for (int i = 0; i < kActionCount; ++i) {
    const std::string name = NameOf(static_cast<Action>(i));
    if (allowed.contains(name)) names.push_back(name);
  }
  ASSERT_EQ(names.size(), allowed.size()) << "a name in the row is none";
  EXPECT_THAT(AllowedActions(before.person()), ElementsAreArray(names));

  for (int i = 0; i < kActionCount; ++i) {
    const auto action = static_cast<Action>(i);
    SCOPED_TRACE(NameOf(action));
    const auto decided = world.Apply(action, before);
    if (!allowed.contains(NameOf(action))) {
      EXPECT_THAT(decided,
                  Fails(absl::StatusCode::kFailedPrecondition, common::v1::ACTION_NOT_ALLOWED));
      EXPECT_THAT(DetailsOf(decided.status()).allowed_actions, ElementsAreArray(names));
    } else if (!RefusedForADay(action, decided.status())) {
      ASSERT_OK(decided);
      EXPECT_FALSE(decided->events.empty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, StateTable, ::testing::ValuesIn(kRows),
                         [](const auto& info) { return std::string(info.param.situation); });

// Scope comes before state: out of scope says nothing about the file.
TEST(Scope, EveryActionIsNotFoundOutside) {
  World world;
  const v1::PersonRecord before = world.Registered();
  for (const char* area : {"411604", "411602001002", "41160200100", "4116021"}) {
    world.caller.area = area;
    for (int i = 0; i < kActionCount; ++i) {
      EXPECT_THAT(world.Apply(static_cast<Action>(i), before),
                  Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT))
          << area << " " << NameOf(static_cast<Action>(i));
    }
  }
}

TEST(Scope, PartyOfADisputeIsNoOfficer) {
  World world;
  const v1::PersonRecord before = world.Registered();
  world.caller.party = "disputes/411602-2026-000001/parties/1";
  EXPECT_THAT(world.Apply(Action::kVerifyPerson, before),
              Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT));
}

}  // namespace
}  // namespace pingan::population
