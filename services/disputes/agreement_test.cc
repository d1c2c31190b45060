#include "services/disputes/agreement.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "common/base/instants.h"
#include "common/testing/matchers.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using testing::At;
using testing::World;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

v1::SignAgreementRequest SignAs(v1::Signature::Role role, const std::string& party = "") {
  v1::SignAgreementRequest request;
  request.mutable_signature()->set_role(role);
  request.mutable_signature()->set_party(party);
  return request;
}

v1::RecordAgreementRequest InInstalments(bool oral, std::initializer_list<const char*> dues) {
  v1::RecordAgreementRequest request;
  request.mutable_agreement()->set_oral(oral);
  request.mutable_agreement()->set_text("pays in parts");
  for (const char* due : dues) {
    *request.mutable_agreement()->add_instalments()->mutable_due_time() = ToProto(At(due));
  }
  return request;
}

TEST(Agreement, TakesEffectWithTheLastOfAllMarks) {
  World world;
  const v1::SignAgreementRequest kMarks[] = {
      SignAs(v1::Signature::PARTY, "1"), SignAs(v1::Signature::PARTY, "2"),
      SignAs(v1::Signature::MEDIATOR), SignAs(v1::Signature::COMMITTEE_SEAL)};
  // Whichever mark comes last, without it there is no effect.
  for (int last = 0; last < 4; ++last) {
    auto record = world.InState(v1::Dispute::AGREED);
    for (int i = 1; i <= 4; ++i) {
      EXPECT_EQ(record.dispute().state(), v1::Dispute::AGREED);
      EXPECT_FALSE(record.dispute().agreement().has_effect_time());
      EXPECT_FALSE(record.dispute().has_resolve_time());
      const auto decided = DecideSign(record, kMarks[(last + i) % 4], world.env());
      ASSERT_OK(decided);
      record = decided->after;
    }
    EXPECT_EQ(record.dispute().state(), v1::Dispute::PERFORMING);
    EXPECT_EQ(FromProto(record.dispute().agreement().effect_time()), world.now);
    EXPECT_EQ(FromProto(record.dispute().resolve_time()), world.now);
    EXPECT_EQ(record.dispute().resolved_level(), v1::VILLAGE);
    EXPECT_EQ(record.dispute().agreement().signatures(0).recorded_by(), "officer-1");
  }
}

TEST(Agreement, SignatureNamesWhatIsWrong) {
  const World world;
  const auto record = world.InState(v1::Dispute::AGREED);
  const auto sign = [&](const v1::SignAgreementRequest& request) {
    return DecideSign(record, request, world.env());
  };
  EXPECT_THAT(sign(SignAs(v1::Signature::PARTY)), NamesField("signature.party"));
  EXPECT_THAT(sign(SignAs(v1::Signature::PARTY, "3")), NamesField("signature.party"));
  EXPECT_THAT(sign(SignAs(v1::Signature::MEDIATOR, "1")), NamesField("signature.party"));
  const auto once = sign(SignAs(v1::Signature::PARTY, "1"));
  ASSERT_OK(once);
  EXPECT_THAT(DecideSign(once->after, SignAs(v1::Signature::PARTY, "1"), world.env()),
              NamesField("signature.party"));
}

TEST(Agreement, NewVersionKeepsTheOldTextAndNoSignature) {
  const World world;
  auto record = world.Do(Action::kSignAgreement, world.InState(v1::Dispute::AGREED));
  const auto next =
      DecideRecordAgreement(record, InInstalments(false, {"2026-04-01 12:00"}), world.env());
  ASSERT_OK(next);
  const v1::Agreement& agreement = next->after.dispute().agreement();
  EXPECT_EQ(agreement.version(), 2);
  EXPECT_EQ(agreement.earlier_texts(0), "the wall is moved");
  EXPECT_TRUE(agreement.signatures().empty());
  EXPECT_EQ(agreement.instalments(0).id(), "1");
  const v1::DisputeRecord third = world.Do(Action::kRecordAgreement, next->after);
  EXPECT_THAT(third.dispute().agreement().earlier_texts(),
              ::testing::ElementsAre("the wall is moved", "pays in parts"));
}

TEST(Agreement, NamesWhatIsWrong) {
  const World world;
  const auto record = world.InState(v1::Dispute::MEDIATING);
  for (const bool oral : {true, false}) {
    EXPECT_THAT(
        DecideRecordAgreement(record, InInstalments(oral, {"2026-04-01 12:00", "2026-03-02 09:59"}),
                              world.env()),
        NamesField("agreement.instalments[1].due_time"));
    EXPECT_OK(DecideRecordAgreement(record, InInstalments(oral, {"2026-03-02 10:00"}), world.env()))
        << "due now";
  }
}

TEST(Confirmation, UntilDay30) {
  const struct {
    const char* effect;
    const char* last_minute;
    const char* too_late;
  } kCases[] = {
      {"2026-03-02 10:00", "2026-04-01 23:59", "2026-04-02 00:00"},  // day 30, day 31
      {"2026-09-01 10:00", "2026-10-08 23:59", "2026-10-09 00:00"},  // day 30 is a holiday
  };
  for (const auto& row : kCases) {
    World world;
    world.now = At(row.effect);
    const auto record = world.InState(v1::Dispute::PERFORMING);
    world.now = At(row.last_minute);
    const auto asked = world.Apply(Action::kRequestConfirmation, record);
    ASSERT_OK(asked);
    EXPECT_THAT(world.Apply(Action::kRequestConfirmation, asked->after),
                Fails(kPrecondition, common::v1::ACTION_NOT_ALLOWED));
    world.now = At(row.too_late);
    EXPECT_THAT(world.Apply(Action::kRequestConfirmation, record),
                Fails(kPrecondition, common::v1::WINDOW_CLOSED));
  }
}

TEST(Confirmation, IsJoint) {
  const World world;
  v1::RequestConfirmationRequest request;
  request.add_consenting_parties("2");
  EXPECT_THAT(
      DecideRequestConfirmation(world.InState(v1::Dispute::PERFORMING), request, world.env()),
      Fails(kPrecondition, common::v1::CONSENT_MISSING));
  request.add_consenting_parties("9");
  EXPECT_THAT(
      DecideRequestConfirmation(world.InState(v1::Dispute::PERFORMING), request, world.env()),
      NamesField("consenting_parties[1]"));
}

TEST(Performance, ClosingWantsAllInstalmentsAndAVisitAfterwards) {
  World world;
  auto record = world.InState(v1::Dispute::MEDIATING);
  auto decided = DecideRecordAgreement(
      record, InInstalments(true, {"2026-04-01 12:00", "2026-05-01 12:00"}), world.env());
  ASSERT_OK(decided);
  record = decided->after;
  // Nothing is to be verified while instalments are outstanding.
  EXPECT_EQ(FromProto(record.dispute().next_due_time()),
            At("2026-04-01 12:00") + absl::Microseconds(1));
  const auto refused = Fails(kPrecondition, common::v1::ACTION_NOT_ALLOWED);
  EXPECT_THAT(world.Apply(Action::kPauseClock, record), refused);
  EXPECT_THAT(world.Apply(Action::kCloseDispute, world.Do(Action::kRecordFollowUp, record)),
              refused);
  for (const char* id : {"1", "2"}) {
    v1::RecordPerformanceRequest request;
    request.set_instalment(id);
    decided = DecideRecordPerformance(record, request, world.env());
    ASSERT_OK(decided);
    record = decided->after;
    EXPECT_THAT(DecideRecordPerformance(record, request, world.env()), NamesField("instalment"));
  }
  EXPECT_EQ(record.dispute().management().step(), "verify");
  EXPECT_THAT(world.Apply(Action::kCloseDispute, record), refused);
  record = world.Do(Action::kRecordFollowUp, record);
  EXPECT_OK(world.Apply(Action::kCloseDispute, record));
  record.mutable_dispute()->mutable_follow_ups(0)->set_performed(false);
  EXPECT_THAT(world.Apply(Action::kCloseDispute, record), refused);
}

TEST(FollowUp, IsNotInTheFuture) {
  World world;
  const auto record = world.InState(v1::Dispute::PERFORMING);
  v1::RecordFollowUpRequest request;
  *request.mutable_follow_up()->mutable_visit_time() = ToProto(world.now + absl::Hours(1));
  EXPECT_THAT(DecideFollowUp(record, request, world.env()), NamesField("follow_up.visit_time"));
  *request.mutable_follow_up()->mutable_visit_time() = ToProto(testing::Monday() - absl::Hours(1));
  EXPECT_THAT(DecideFollowUp(record, request, world.env()), NamesField("follow_up.visit_time"));
}

TEST(FollowUp, TheLatestVisitCountsAndNotTheLastThatWasRecorded) {
  const World world;
  v1::Dispute dispute = world.InState(v1::Dispute::PERFORMING).dispute();
  for (auto& instalment : *dispute.mutable_agreement()->mutable_instalments()) {
    *instalment.mutable_perform_time() = ToProto(world.now);
  }
  const absl::Time effect = FromProto(dispute.agreement().effect_time());
  const auto closes = [&](std::initializer_list<std::pair<absl::Time, bool>> visits) {
    dispute.clear_follow_ups();
    for (const auto& [time, performed] : visits) {
      v1::FollowUp& visit = *dispute.add_follow_ups();
      *visit.mutable_visit_time() = ToProto(time);
      visit.set_performed(performed);
    }
    const auto allowed = AllowedActions(dispute, world.env());
    return std::find(allowed.begin(), allowed.end(), "CloseDispute") != allowed.end();
  };
  const absl::Time late = effect + absl::Hours(2), early = effect + absl::Hours(1);
  EXPECT_TRUE(closes({{late, true}}));
  EXPECT_TRUE(closes({{late, true}, {early, false}}));
  EXPECT_FALSE(closes({{late, false}, {early, true}}));
  EXPECT_TRUE(closes({{late, true}, {effect - absl::Hours(1), false}}));
  EXPECT_FALSE(closes({{effect - absl::Hours(1), true}})) << "of another agreement";
}

}  // namespace
}  // namespace pingan::disputes
