#include "services/disputes/lifecycle.h"

#include <map>
#include <set>
#include <string>

#include "common/testing/matchers.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {
namespace {

using ::pingan::testing::Fails;
using ::testing::Contains;
using ::testing::ElementsAreArray;
using ::testing::Not;
using testing::World;
using State = v1::Dispute::State;

struct Row {
  State state;
  bool offered_and_paused;
  std::vector<std::pair<std::string, std::string>> allowed;  // action, state it leads to
  bool broken = false;                                       // the last visit found it not kept
};

// Every state, twice: as it comes, and with an offered transfer and a paused clock. What is not
// listed is refused. PERFORMING is performed and visited, or broken.
const Row kRows[] = {
    {v1::Dispute::REGISTERED,
     false,
     {{"AcceptDispute", "ACCEPTED"},
      {"RefuseDispute", "REFUSED"},
      {"DivertDispute", "DIVERTED"},
      {"AssignPerson", "REGISTERED"},
      {"OfferTransfer", "REGISTERED"},
      {"PauseClock", "REGISTERED"},
      {"ChangeRisk", "REGISTERED"},
      {"ReportCriminalRisk", "REGISTERED"},
      {"UpdateDispute", "REGISTERED"},
      {"PostMessage", "REGISTERED"}}},
    {v1::Dispute::ACCEPTED,
     false,
     {{"AssignPerson", "ACCEPTED"},
      {"StartMediation", "MEDIATING"},
      {"EscalateDispute", "ACCEPTED"},
      {"OfferTransfer", "ACCEPTED"},
      {"PauseClock", "ACCEPTED"},
      {"ExtendDeadline", "ACCEPTED"},
      {"ChangeRisk", "ACCEPTED"},
      {"ReportCriminalRisk", "ACCEPTED"},
      {"UpdateDispute", "ACCEPTED"},
      {"PostMessage", "ACCEPTED"}}},
    {v1::Dispute::MEDIATING,
     false,
     {{"AssignPerson", "MEDIATING"},
      {"RecordAttempt", "MEDIATING"},
      {"EndMediation", "FAILED"},
      {"EscalateDispute", "MEDIATING"},
      {"RecordAgreement", "AGREED"},
      {"OfferTransfer", "MEDIATING"},
      {"PauseClock", "MEDIATING"},
      {"ExtendDeadline", "MEDIATING"},
      {"ChangeRisk", "MEDIATING"},
      {"ReportCriminalRisk", "MEDIATING"},
      {"UpdateDispute", "MEDIATING"},
      {"PostMessage", "MEDIATING"}}},
    {v1::Dispute::AGREED,
     false,
     {{"AssignPerson", "AGREED"},
      {"RecordAgreement", "AGREED"},
      {"SignAgreement", "AGREED"},
      {"OfferTransfer", "AGREED"},
      {"PauseClock", "AGREED"},
      {"ExtendDeadline", "AGREED"},
      {"ChangeRisk", "AGREED"},
      {"ReportCriminalRisk", "AGREED"},
      {"UpdateDispute", "AGREED"},
      {"PostMessage", "AGREED"}}},
    {v1::Dispute::PERFORMING,
     false,
     {{"AssignPerson", "PERFORMING"},
      {"RequestConfirmation", "PERFORMING"},
      {"RecordPerformance", "FIELD"},
      {"RecordFollowUp", "PERFORMING"},
      {"CloseDispute", "CLOSED"},
      {"OfferTransfer", "PERFORMING"},
      {"PauseClock", "PERFORMING"},
      {"ChangeRisk", "PERFORMING"},
      {"ReportCriminalRisk", "PERFORMING"},
      {"RecordSatisfaction", "PERFORMING"},
      {"UpdateDispute", "PERFORMING"},
      {"PostMessage", "PERFORMING"}}},
    {v1::Dispute::PERFORMING,
     false,
     {{"DivertDispute", "DIVERTED"},
      {"AssignPerson", "PERFORMING"},
      {"StartMediation", "MEDIATING"},
      {"RequestConfirmation", "PERFORMING"},
      {"RecordPerformance", "FIELD"},
      {"RecordFollowUp", "PERFORMING"},
      {"OfferTransfer", "PERFORMING"},
      {"PauseClock", "PERFORMING"},
      {"ChangeRisk", "PERFORMING"},
      {"ReportCriminalRisk", "PERFORMING"},
      {"RecordSatisfaction", "PERFORMING"},
      {"UpdateDispute", "PERFORMING"},
      {"PostMessage", "PERFORMING"}},
     true},
    {v1::Dispute::CLOSED,
     false,
     {{"RecordFollowUp", "CLOSED"},
      {"ReopenDispute", "REOPENED"},
      {"RecordSatisfaction", "CLOSED"},
      {"PostMessage", "CLOSED"}}},
    {v1::Dispute::FAILED,
     false,
     {{"DivertDispute", "DIVERTED"},
      {"AssignPerson", "FAILED"},
      {"EscalateDispute", "ACCEPTED"},
      {"OfferTransfer", "FAILED"},
      {"PauseClock", "FAILED"},
      {"ChangeRisk", "FAILED"},
      {"ReportCriminalRisk", "FAILED"},
      {"UpdateDispute", "FAILED"},
      {"PostMessage", "FAILED"}}},
    {v1::Dispute::REFUSED, false, {{"PostMessage", "REFUSED"}}},
    {v1::Dispute::DIVERTED, false, {{"PostMessage", "DIVERTED"}}},
    {v1::Dispute::REOPENED,
     false,
     {{"AssignPerson", "REOPENED"},
      {"StartMediation", "MEDIATING"},
      {"EscalateDispute", "REOPENED"},
      {"OfferTransfer", "REOPENED"},
      {"PauseClock", "REOPENED"},
      {"ExtendDeadline", "REOPENED"},
      {"ChangeRisk", "REOPENED"},
      {"ReportCriminalRisk", "REOPENED"},
      {"UpdateDispute", "REOPENED"},
      {"PostMessage", "REOPENED"}}},
};

// The same state with an offered transfer and a paused clock: those two actions give way to their
// answers.
Row OfferedAndPaused(Row row) {
  row.offered_and_paused = true;
  const std::string stays = v1::Dispute::State_Name(row.state);
  std::vector<std::pair<std::string, std::string>> allowed;
  for (const auto& entry : row.allowed) {
    if (entry.first == "OfferTransfer") {
      for (const char* answer : {"AcceptTransfer", "RejectTransfer", "RevokeTransfer"}) {
        allowed.emplace_back(answer, stays);
      }
    } else if (entry.first == "PauseClock") {
      allowed.emplace_back("ResumeClock", stays);
    } else {
      allowed.push_back(entry);
    }
  }
  row.allowed = allowed;
  return row;
}

std::vector<Row> AllRows() {
  std::vector<Row> rows(std::begin(kRows), std::end(kRows));
  for (const Row& row : kRows) {
    if (IsOpen(row.state)) rows.push_back(OfferedAndPaused(row));
  }
  return rows;
}

class StateTable : public ::testing::TestWithParam<Row> {};

TEST_P(StateTable, EveryAction) {
  const World world;
  v1::DisputeRecord before = world.InState(GetParam().state);
  if (GetParam().broken) before = world.FindBroken(before);
  if (GetParam().offered_and_paused) {
    before = world.Do(Action::kOfferTransfer, world.Do(Action::kPauseClock, before));
  }
  const std::map<std::string, std::string> allowed(GetParam().allowed.begin(),
                                                   GetParam().allowed.end());
  std::vector<std::string> names;
  for (const auto& entry : GetParam().allowed) names.push_back(entry.first);
  EXPECT_THAT(AllowedActions(before.dispute(), world.env()), ElementsAreArray(names));

  for (int i = 0; i < kActionCount; ++i) {
    const auto action = static_cast<Action>(i);
    SCOPED_TRACE(NameOf(action));
    const auto decided = world.Apply(action, before);
    const auto expected = allowed.find(NameOf(action));
    if (expected == allowed.end()) {
      EXPECT_THAT(decided,
                  Fails(absl::StatusCode::kFailedPrecondition, common::v1::ACTION_NOT_ALLOWED));
      EXPECT_THAT(DetailsOf(decided.status()).allowed_actions, ElementsAreArray(names));
    } else if (expected->second == "FIELD") {
      EXPECT_THAT(decided, ::pingan::testing::NamesField("instalment"));
    } else {
      ASSERT_OK(decided);
      EXPECT_EQ(v1::Dispute::State_Name(decided->after.dispute().state()), expected->second);
      EXPECT_FALSE(decided->events.empty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, StateTable, ::testing::ValuesIn(AllRows()),
                         [](const ::testing::TestParamInfo<Row>& info) {
                           return v1::Dispute::State_Name(info.param.state) +
                                  (info.param.broken ? "_Broken" : "") +
                                  (info.param.offered_and_paused ? "_OfferedAndPaused" : "");
                         });

// What the village learns of a case that is with the township it adds; what is done with it is the
// township's.
TEST(Allowed, WhoHasTheCaseActsOnIt) {
  World world;
  v1::DisputeRecord record = world.InState(v1::Dispute::MEDIATING);
  record.mutable_dispute()->mutable_owner()->mutable_unit()->set_area("411602001000");
  const std::set<std::string> kOfEverybody = {
      "RecordPerformance", "RecordFollowUp",     "ReopenDispute",      "ChangeRisk",
      "UpdateDispute",     "ReportCriminalRisk", "RecordSatisfaction", "PostMessage",
      "AcceptTransfer",    "RejectTransfer"};
  for (int i = 0; i < kActionCount; ++i) {
    const auto action = static_cast<Action>(i);
    for (const char* area : {testing::kVillage, "411602001", "411602"}) {
      world.caller.area = area;
      const bool denied = absl::IsPermissionDenied(Check(record.dispute(), action, world.env()));
      EXPECT_EQ(denied,
                area == std::string(testing::kVillage) && !kOfEverybody.contains(NameOf(action)))
          << NameOf(action) << " " << area;
    }
  }
}

// An action whose time is over is no more allowed than one that the state has not.
TEST(Allowed, UntilTheLastInstantOfTheAction) {
  World world;
  const auto closed = world.InState(v1::Dispute::CLOSED);
  const auto performing = world.InState(v1::Dispute::PERFORMING);
  const auto mediating = world.InState(v1::Dispute::MEDIATING);
  const struct {
    Action action;
    const v1::DisputeRecord& record;
    const char* last;
  } kWindows[] = {
      {Action::kReopenDispute, closed, "2026-05-31 23:59"},
      {Action::kRequestConfirmation, performing, "2026-04-01 23:59"},
      {Action::kExtendDeadline, mediating, "2026-04-01 23:59"},
  };
  for (const auto& [action, record, last] : kWindows) {
    world.now = testing::At(last);
    EXPECT_OK(world.Apply(action, record));
    EXPECT_THAT(AllowedActions(record.dispute(), world.env()), Contains(NameOf(action)));
    world.now += absl::Minutes(1);
    const auto late = world.Apply(action, record);
    EXPECT_THAT(late, Fails(absl::StatusCode::kFailedPrecondition, common::v1::WINDOW_CLOSED));
    EXPECT_THAT(DetailsOf(late.status()).allowed_actions,
                ElementsAreArray(AllowedActions(record.dispute(), world.env())));
    EXPECT_THAT(AllowedActions(record.dispute(), world.env()), Not(Contains(NameOf(action))));
  }
}

TEST(Allowed, OneExtension) {
  const World world;
  const auto extended = world.Do(Action::kExtendDeadline, world.InState(v1::Dispute::MEDIATING));
  EXPECT_THAT(AllowedActions(extended.dispute(), world.env()), Not(Contains("ExtendDeadline")));
  EXPECT_THAT(world.Apply(Action::kExtendDeadline, extended),
              Fails(absl::StatusCode::kFailedPrecondition, common::v1::LIMIT_REACHED));
}

// Scope comes before state: out of scope says nothing about the case.
TEST(Scope, EveryActionIsNotFoundOutside) {
  World world;
  const v1::DisputeRecord before = world.InState(v1::Dispute::MEDIATING);
  for (const char* area : {"411603", "411602001002", "41160200100", "4116021"}) {
    world.caller.area = area;
    for (int i = 0; i < kActionCount; ++i) {
      EXPECT_THAT(world.Apply(static_cast<Action>(i), before),
                  Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT))
          << area << " " << NameOf(static_cast<Action>(i));
    }
  }
}

TEST(Scope, PartyIsNoOfficer) {
  World world;
  const v1::DisputeRecord before = world.Registered();
  world.caller.party = before.dispute().name() + "/parties/1";
  EXPECT_THAT(world.Apply(Action::kAcceptDispute, before),
              Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT));
  EXPECT_OK(world.Apply(Action::kPostMessage, before));
}

}  // namespace
}  // namespace pingan::disputes
