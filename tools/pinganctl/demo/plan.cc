#include "tools/pinganctl/demo/plan.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/base/instants.h"
#include "common/calendar/working_days.h"
#include "pingan/disputes/v1/disputes.pb.h"
#include "services/disputes/assignment.h"
#include "services/disputes/limits.h"
#include "tools/pinganctl/demo/facts.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;

enum class Fate {
  kAgreed,
  kOral,
  kHard,
  kPartyRefuses,
  kTransferred,
  kRefused,
  kDiverted,
  kForgotten
};

// Percent in the order of Fate; a major case is seldom sent away or forgotten.
const std::vector<int> kFates = {40, 32, 8, 6, 5, 3, 4, 2};
const std::vector<int> kMajorFates = {58, 8, 18, 5, 7, 1, 2, 1};

constexpr const char* kMediators[] = {"mediator-li", "mediator-wang", "mediator-chen",
                                      "mediator-zhao", "mediator-liu"};

// Writes one life, step after step, as time goes on.
class Author {
 public:
  Author(const Places& places, absl::CivilDay day, Dice* dice)
      : places_(places), dice_(*dice), day_(day), facts_(Facts(places, day, dice)) {
    first_level_ = disputes::Assign(facts_.category(), facts_.area(), places.areas()).level;
  }

  Life Write();

 private:
  // Time passes, at least to the end of a working day.
  void Wait(int low, int high) {
    day_ = calendar::Calendar::Embedded().WorkingDayFrom(day_ + dice_.Between(low, high));
  }

  template <class Request>
  Request& Add(const char* reason = nullptr) {
    auto request = std::make_shared<Request>();
    if constexpr (requires { request->set_reason(""); }) {
      request->set_reason(reason == nullptr ? "按规定办理" : reason);
    }
    life_.push_back({day_, request});
    return *request;
  }

  void Accept();
  void Meet(v1::Attempt::Outcome outcome);
  void Fail(int meetings);
  void HandOver();
  void Disagree();
  void Agree(bool oral);
  void Sign();
  void Perform(int instalments);
  void Close();
  void Extras();

  template <class Request>
  void AllConsent(Request* request) {
    for (int i = 1; i <= facts_.parties_size(); ++i) {
      request->add_consenting_parties(std::to_string(i));
    }
  }

  const Places& places_;
  Dice& dice_;
  absl::CivilDay day_;
  const v1::Dispute facts_;
  v1::Level first_level_;
  Life life_;
};

void Author::Accept() {
  const bool late = dice_.Chance(4);
  late ? Wait(8, 25) : Wait(0, 2);
  Add<v1::AcceptDisputeRequest>();
  if (dice_.Chance(30)) Add<v1::AssignPersonRequest>().set_person(dice_.Pick(kMediators));
}

void Author::Meet(v1::Attempt::Outcome outcome) {
  v1::Attempt& attempt = *Add<v1::RecordAttemptRequest>().mutable_attempt();
  *attempt.mutable_meet_time() = ToProto(TimeOf(day_));
  attempt.set_outcome(outcome);
  attempt.set_method(dice_.Chance(85) ? "01" : "02");
  attempt.set_mediator(dice_.Pick(kMediators));
  attempt.set_notes("双方到场");
}

void Author::Fail(int meetings) {
  for (int i = 0; i < meetings; ++i) {
    Wait(1, 3);
    Meet(v1::Attempt::UNSUCCESSFUL);
    if (i == 4) {
      auto& extension = Add<v1::ExtendDeadlineRequest>("各方同意延期");
      extension.set_days(30);
      AllConsent(&extension);
    }
  }
}

void Author::HandOver() {
  const area::Area* to = &places_.Neighbour(*places_.areas().Find(facts_.area()), &dice_);
  std::string office = to->code + "-PMC";
  if (first_level_ < v1::COUNTY && dice_.Chance(30)) {
    to = places_.areas().Find(facts_.area().substr(0, 6));
    office = facts_.area().substr(0, 6) + "-GC";
  }
  auto& unit = *Add<v1::OfferTransferRequest>("不属于本单位管辖").mutable_to();
  unit.set_code(office);
  unit.set_name(to->name);
  unit.set_area(to->code);
  Wait(0, 2);
  switch (dice_.Weighted({60, 25, 15})) {
    case 0:
      Add<v1::AcceptTransferRequest>();
      break;
    case 1:
      Add<v1::RejectTransferRequest>("原单位更了解情况");
      break;
    default:
      Add<v1::RevokeTransferRequest>();
  }
}

// A party wants no mediation: to court, or once more one level up.
void Author::Disagree() {
  Wait(1, 4);
  auto& end = Add<v1::EndMediationRequest>("当事人明确拒绝调解");
  end.set_refusing_party(std::to_string(dice_.Between(1, facts_.parties_size())));
  Wait(1, 4);
  if (dice_.Chance(IsMajor(facts_) || first_level_ == v1::CITY ? 20 : 60)) {
    Add<v1::DivertDisputeRequest>("告知其他途径").set_route("09");
    return;
  }
  Add<v1::EscalateDisputeRequest>("请上级协调");
  Wait(1, 3);
  Add<v1::StartMediationRequest>();
  Agree(false);
}

void Author::Agree(bool oral) {
  Wait(1, 5);
  Meet(v1::Attempt::SUCCESSFUL);
  v1::Agreement& agreement = *Add<v1::RecordAgreementRequest>().mutable_agreement();
  agreement.set_text("双方自愿达成协议, 互谅互让, 按约履行。");
  agreement.set_oral(oral);
  int instalments = 0;
  if (!oral && dice_.Chance(15)) instalments = dice_.Between(1, 4);
  for (int i = 1; i <= instalments; ++i) {
    v1::Instalment& instalment = *agreement.add_instalments();
    *instalment.mutable_due_time() = ToProto(TimeOf(day_ + 30 * i));
    instalment.set_what("第" + std::to_string(i) + "期款项");
  }
  if (!oral) Sign();
  if (dice_.Chance(6)) {
    Wait(2, 20);
    AllConsent(&Add<v1::RequestConfirmationRequest>());
  }
  Perform(instalments);
  Close();
}

void Author::Sign() {
  for (int i = 1; i <= facts_.parties_size(); ++i) {
    Wait(0, 1);
    v1::Signature& signature = *Add<v1::SignAgreementRequest>().mutable_signature();
    signature.set_role(v1::Signature::PARTY);
    signature.set_party(std::to_string(i));
  }
  for (const auto role : {v1::Signature::MEDIATOR, v1::Signature::COMMITTEE_SEAL}) {
    Add<v1::SignAgreementRequest>().mutable_signature()->set_role(role);
  }
}

void Author::Perform(int instalments) {
  for (int i = 1; i <= instalments; ++i) {
    const bool overdue = dice_.Chance(8);
    overdue ? Wait(33, 45) : Wait(22, 28);
    Add<v1::RecordPerformanceRequest>().set_instalment(std::to_string(i));
  }
}

void Author::Close() {
  const bool kept_at_once = dice_.Chance(95);
  for (const bool performed : {kept_at_once, true}) {
    Wait(3, 12);
    v1::FollowUp& visit = *Add<v1::RecordFollowUpRequest>().mutable_follow_up();
    *visit.mutable_visit_time() = ToProto(TimeOf(day_));
    visit.set_visitor(dice_.Pick(kMediators));
    visit.set_performed(performed);
    if (performed) break;
  }
  Wait(0, 5);
  Add<v1::CloseDisputeRequest>().set_note("协议已履行");
  if (dice_.Chance(50)) {
    const int score = 5 - dice_.Weighted({50, 30, 13, 5, 2});
    Add<v1::RecordSatisfactionRequest>().mutable_satisfaction()->set_score(score);
  }
}

// What may come between while a case is mediated.
void Author::Extras() {
  if (dice_.Chance(4)) {
    Add<v1::ChangeRiskRequest>("情况有变化").set_risk(dice_.Chance(80) ? v1::ORANGE : v1::RED);
  }
  if (dice_.Chance(1)) {
    Add<v1::ReportCriminalRiskRequest>("可能引发治安案件").set_turned_criminal(dice_.Chance(25));
  }
  if (dice_.Chance(5)) {
    v1::Message& message = *Add<v1::PostMessageRequest>().mutable_message();
    message.set_party(dice_.Chance(50) ? "1" : "");
    message.set_text("请提前准备材料");
  }
  if (dice_.Chance(3)) {
    auto& update = Add<v1::UpdateDisputeRequest>();
    update.mutable_dispute()->set_people_involved(facts_.people_involved() + 1);
    update.mutable_update_mask()->add_paths("people_involved");
  }
  if (dice_.Chance(3)) {
    Add<v1::PauseClockRequest>("等待鉴定结果");
    Wait(5, 15);
    Add<v1::ResumeClockRequest>();
  }
}

// Meetings without success that leave the case with a chance: the city is the last level.
int HardMeetings(v1::Level level, Dice* dice) {
  int most = 0;
  for (int l = level; l < v1::CITY; ++l) {
    most += disputes::AttemptsMax(static_cast<v1::Level>(l), disputes::DefaultLimits());
  }
  return most == 0 ? 0 : dice->Between(1, std::min(most, 7));
}

Life Author::Write() {
  const auto fate = static_cast<Fate>(dice_.Weighted(IsMajor(facts_) ? kMajorFates : kFates));
  *Add<v1::CreateDisputeRequest>().mutable_dispute() = facts_;
  if (fate == Fate::kRefused) {
    Wait(1, 3);
    Add<v1::RefuseDisputeRequest>("不属于受理范围");
    return std::move(life_);
  }
  if (fate == Fate::kDiverted) {
    Wait(1, 3);
    constexpr const char* kRoutes[] = {"06", "07", "08", "09"};
    Add<v1::DivertDisputeRequest>("应由其他途径解决").set_route(dice_.Pick(kRoutes));
    return std::move(life_);
  }
  if (fate == Fate::kForgotten && dice_.Chance(50)) return std::move(life_);
  Accept();
  if (fate == Fate::kTransferred) HandOver();
  Wait(0, 3);
  Add<v1::StartMediationRequest>();
  if (fate == Fate::kForgotten) return std::move(life_);
  Extras();
  if (fate == Fate::kPartyRefuses) {
    Disagree();
    return std::move(life_);
  }
  if (fate == Fate::kHard) Fail(HardMeetings(first_level_, &dice_));
  Agree(fate == Fate::kOral);
  if (dice_.Chance(3)) {
    Wait(10, 60);
    Add<v1::ReopenDisputeRequest>("一方未继续履行");
    Wait(1, 3);
    Add<v1::StartMediationRequest>();
    Agree(false);
  }
  return std::move(life_);
}

constexpr uint64_t kDayStream = 1, kLifeStream = 2, kStreams = 4;

}  // namespace

absl::CivilDay Planner::DayOf(int64_t number) const {
  Dice dice(seed_, static_cast<uint64_t>(number) * kStreams + kDayStream);
  const auto days = static_cast<int>(registered_.last - registered_.first) + 1;
  const absl::CivilDay day = registered_.first + dice.Below(days);
  return std::min(calendar::Calendar::Embedded().WorkingDayFrom(day), registered_.last);
}

Life Planner::LifeOf(int64_t number) const {
  Dice dice(seed_, static_cast<uint64_t>(number) * kStreams + kLifeStream);
  return Author(places_, DayOf(number), &dice).Write();
}

}  // namespace pingan::ctl
