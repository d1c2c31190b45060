#include "tools/pinganctl/demo/ledger.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/instants.h"
#include "tools/pinganctl/demo/facts.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;

constexpr uint64_t kLedgerStream = 3, kStreams = 4;

// The days of an old case, none after the ledger was closed.
class Days {
 public:
  Days(absl::CivilDay registered, absl::CivilDay last) : day_(registered), last_(last) {}
  google::protobuf::Timestamp After(int days) {
    day_ = std::min(day_ + days, last_);
    return ToProto(TimeOf(day_));
  }

 private:
  absl::CivilDay day_;
  const absl::CivilDay last_;
};

void AddAttempts(Days* days, Dice* dice, v1::Dispute* dispute) {
  const int meetings = dice->Between(1, 2);
  for (int i = 1; i <= meetings; ++i) {
    v1::Attempt& attempt = *dispute->add_attempts();
    *attempt.mutable_meet_time() = days->After(dice->Between(1, 6));
    attempt.set_outcome(i == meetings ? v1::Attempt::SUCCESSFUL : v1::Attempt::ADJOURNED);
    attempt.set_method("01");
    attempt.set_mediator("mediator-ledger");
  }
}

void EndBy(v1::Dispute::State state, const char* reason, Days* days, v1::Dispute* dispute) {
  dispute->set_state(state);
  dispute->mutable_ending()->set_reason(reason);
  *dispute->mutable_ending()->mutable_end_time() = days->After(2);
}

void Settle(Days* days, Dice* dice, v1::Dispute* dispute) {
  AddAttempts(days, dice, dispute);
  v1::Agreement& agreement = *dispute->mutable_agreement();
  agreement.set_text("旧台账所载协议");
  agreement.set_oral(dice->Chance(40));
  *agreement.mutable_effect_time() = days->After(dice->Between(0, 3));
  v1::FollowUp& visit = *dispute->add_follow_ups();
  *visit.mutable_visit_time() = days->After(dice->Between(3, 12));
  visit.set_visitor("mediator-ledger");
  visit.set_performed(true);
  EndBy(v1::Dispute::CLOSED, "settled", days, dispute);
  if (!dice->Chance(30)) return;
  dispute->mutable_satisfaction()->set_score(dice->Between(3, 5));
  *dispute->mutable_satisfaction()->mutable_record_time() = dispute->ending().end_time();
}

}  // namespace

v1::ImportDisputesRequest LedgerRow(const Places& places, uint64_t seed, int64_t number,
                                    Period period) {
  Dice dice(seed, static_cast<uint64_t>(number) * kStreams + kLedgerStream);
  const auto span = static_cast<int>(period.last - period.first) + 1;
  const absl::CivilDay registered = period.first + dice.Below(span);
  Days days(registered, period.last);
  v1::ImportDisputesRequest row;
  row.set_row_id(absl::StrCat("ledger-", seed, "-", number));
  v1::Dispute& dispute = *row.mutable_dispute();
  dispute = Facts(places, registered, &dice);
  dispute.set_external_id(absl::StrCat("ledger:", seed, "-", number));
  *dispute.mutable_create_time() = days.After(0);
  switch (dice.Weighted({91, 3, 4, 2})) {
    case 0:
      Settle(&days, &dice, &dispute);
      break;
    case 1:
      EndBy(v1::Dispute::REFUSED, "refusal", &days, &dispute);
      break;
    case 2:
      EndBy(v1::Dispute::DIVERTED, "decision", &days, &dispute);
      dispute.mutable_ending()->set_route("09");
      break;
    default:
      dispute.set_state(v1::Dispute::MEDIATING);
  }
  return row;
}

}  // namespace pingan::ctl
