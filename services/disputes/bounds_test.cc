#include "services/disputes/bounds.h"

#include "common/base/instants.h"
#include "common/testing/matchers.h"
#include "services/disputes/message.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {
namespace {

using ::pingan::testing::Fails;
using testing::World;
using Record = v1::DisputeRecord;

void Fill(v1::Clock* clock, int pauses, int changes) {
  const auto start = clock->start_time();
  for (int i = 0; i < pauses; ++i) {
    v1::Pause& pause = *clock->add_pauses();
    *pause.mutable_from_time() = *pause.mutable_to_time() = start;
  }
  for (int i = 0; i < changes; ++i) {
    v1::LimitChange& change = *clock->add_changes();
    *change.mutable_change_time() = start;
    change.set_days_before(clock->days());
    change.set_days_after(clock->days());
  }
}

void FillCustody(Record* record, int n) {
  while (record->dispute().custody_size() < n) record->mutable_dispute()->add_custody();
}
void FillMessages(Record* record, int n) {
  while (record->messages_size() < n) record->add_messages();
}

const struct Row {
  Action action;
  v1::Dispute::State state;
  int most;
  void (*fill)(Record* record, int n);
} kRows[] = {
    {Action::kRecordAttempt, v1::Dispute::MEDIATING, kMeetingsMax,
     [](Record* r, int n) {
       while (r->dispute().attempts_size() < n) r->mutable_dispute()->add_attempts();
     }},
    {Action::kAssignPerson, v1::Dispute::ACCEPTED, kCustodyMax, FillCustody},
    {Action::kOfferTransfer, v1::Dispute::ACCEPTED, kCustodyMax, FillCustody},
    {Action::kEscalateDispute, v1::Dispute::ACCEPTED, kCustodyMax, FillCustody},
    {Action::kEscalateDispute, v1::Dispute::FAILED, kClockItemsMax,
     [](Record* r, int n) { Fill(r->mutable_dispute()->mutable_statutory(), n, 0); }},
    {Action::kRecordAgreement, v1::Dispute::AGREED, kEarlierTextsMax,
     [](Record* r, int n) {
       v1::Agreement& agreement = *r->mutable_dispute()->mutable_agreement();
       while (agreement.earlier_texts_size() < n) agreement.add_earlier_texts("before");
     }},
    {Action::kRecordFollowUp, v1::Dispute::CLOSED, kVisitsMax,
     [](Record* r, int n) {
       while (r->dispute().follow_ups_size() < n) r->mutable_dispute()->add_follow_ups();
     }},
    {Action::kReopenDispute, v1::Dispute::CLOSED, kReopeningsMax,
     [](Record* r, int n) {
       while (r->dispute().reopenings_size() < n) r->mutable_dispute()->add_reopenings();
     }},
    {Action::kPauseClock, v1::Dispute::ACCEPTED, kClockItemsMax,
     [](Record* r, int n) { Fill(r->mutable_dispute()->mutable_statutory(), n, 0); }},
    {Action::kPauseClock, v1::Dispute::ACCEPTED, kClockItemsMax,
     [](Record* r, int n) { Fill(r->mutable_dispute()->mutable_management(), n, 0); }},
    {Action::kChangeRisk, v1::Dispute::ACCEPTED, kClockItemsMax,
     [](Record* r, int n) { Fill(r->mutable_dispute()->mutable_management(), 0, n); }},
    {Action::kPostMessage, v1::Dispute::ACCEPTED, kMessagesMax, FillMessages},
    {Action::kExtendDeadline, v1::Dispute::ACCEPTED, kNotesMax, FillMessages},
    {Action::kChangeRisk, v1::Dispute::ACCEPTED, kNotesMax, FillMessages},
    {Action::kReportCriminalRisk, v1::Dispute::ACCEPTED, kNotesMax, FillMessages},
};

const auto kFull = [] {
  return Fails(absl::StatusCode::kFailedPrecondition, common::v1::LIMIT_REACHED);
};

TEST(Bounds, TheLastOneFitsAndNoneAfterIt) {
  const World world;
  for (const Row& row : kRows) {
    SCOPED_TRACE(NameOf(row.action));
    Record fits = world.InState(row.state), full = fits;
    row.fill(&fits, row.most - 1);
    EXPECT_OK(world.Apply(row.action, fits));
    row.fill(&full, row.most);
    EXPECT_THAT(world.Apply(row.action, full), kFull());
  }
}

// A byte more than fits is refused, by the field that is too long.
TEST(Bounds, MessagesHaveRoomByCountAndLengthAndAPartyLess) {
  World world;
  const Record empty = world.InState(v1::Dispute::ACCEPTED);
  const auth::Caller officer = world.caller;
  const auth::Caller party = {.subject = "p", .party = empty.dispute().name() + "/parties/1"};
  const struct {
    const auth::Caller& caller;
    int count, bytes;
  } rows[] = {{officer, kMessagesMax, kMessageBytesMax},
              {party, kPartyMessagesMax, kPartyMessageBytesMax}};
  for (const auto& [caller, count, bytes] : rows) {
    world.caller = caller;
    Record record = empty;
    v1::PostMessageRequest post;
    post.mutable_message()->set_text("12345");
    record.add_messages()->set_text(std::string(bytes - 5, 'x'));
    FillMessages(&record, count - 1);
    EXPECT_OK(DecidePostMessage(record, post, world.env()));
    post.mutable_message()->set_text("123456");
    const auto refused = DecidePostMessage(record, post, world.env());
    EXPECT_THAT(refused, kFull());
    ASSERT_EQ(DetailsOf(refused.status()).fields.size(), 1u);
    EXPECT_EQ(DetailsOf(refused.status()).fields[0].path, "message.text");
    FillMessages(&record, count);
    post.mutable_message()->set_text("1");
    EXPECT_THAT(DecidePostMessage(record, post, world.env()), kFull());
  }
  EXPECT_LT(kPartyMessagesMax, kMessagesMax);
  EXPECT_LT(kPartyMessageBytesMax, kMessageBytesMax);
}

TEST(Bounds, ATransferThatWasOfferedIsBoundToo) {
  const World world;
  const Record offered = world.Do(Action::kOfferTransfer, world.InState(v1::Dispute::ACCEPTED));
  Record owners = offered, notes = offered;
  FillCustody(&owners, kCustodyMax);
  FillMessages(&notes, kNotesMax);
  EXPECT_THAT(world.Apply(Action::kAcceptTransfer, owners), kFull());
  EXPECT_OK(world.Apply(Action::kRejectTransfer, owners));
  EXPECT_THAT(world.Apply(Action::kRejectTransfer, notes), kFull());
  EXPECT_OK(world.Apply(Action::kAcceptTransfer, notes));
}

TEST(Bounds, MeetingsWithoutSuccessLeadUpHoweverManyOwnersThereWere) {
  const World world;
  Record record = world.InState(v1::Dispute::MEDIATING);
  FillCustody(&record, kCustodyMax);
  for (int i = 0; i < 3; ++i) record = world.FailMeeting(record);
  EXPECT_EQ(record.dispute().level(), v1::TOWNSHIP);
  EXPECT_EQ(record.dispute().custody_size(), kCustodyMax + 1);
}

}  // namespace
}  // namespace pingan::disputes
