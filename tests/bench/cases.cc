#include "tests/bench/cases.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "tests/bench/lab.h"

namespace pingan::bench {
namespace {

namespace v1 = disputes::v1;

constexpr std::array kCategories = {"0101", "0103", "0201", "0202", "0299", "0301",
                                    "0401", "0402", "0503", "0504", "0505", "99"};
constexpr char kDescription[] =
    "双方因宅基地排水走向发生争执，多次协商未果，村委会已现场查看并拍照留存，双方均同意先行调解，"
    "请求明确排水沟位置并恢复原状，雨季之前完成。";

void Describe(const std::string& area, v1::Dispute* dispute) {
  dispute->set_area(area);
  dispute->set_title("相邻排水纠纷");
  dispute->set_description(kDescription);
  dispute->set_category("0201");
  dispute->set_source(v1::WALK_IN);
  dispute->set_place("村东头第三排");
  dispute->set_people_involved(2);
  for (const char* name : {"甲某", "乙某"}) {
    v1::Party& party = *dispute->add_parties();
    party.set_kind(v1::Party::PERSON);
    party.set_display_name(name);
    party.set_phone("00000000000");
    party.set_address("本村一组");
  }
}

void Stamp(absl::Time time, google::protobuf::Timestamp* to) {
  to->set_seconds(absl::ToUnixSeconds(time));
}

}  // namespace

Cases::Cases(int stride)
    : villages_(Villages(stride)), random_(1), run_(RandomUuid().substr(0, 8)) {}

v1::CreateDisputeRequest Cases::Create() {
  v1::CreateDisputeRequest request;
  request.set_request_id(absl::StrCat("bench-", run_, "-", ++created_));
  Describe(villages_[random_() % villages_.size()], request.mutable_dispute());
  return request;
}

v1::ImportDisputesRequest Cases::Past(int64_t row) const {
  std::mt19937_64 random(static_cast<uint64_t>(row) * 2654435761 + 1);
  v1::ImportDisputesRequest request;
  request.set_row_id(absl::StrCat("bench-", row));
  v1::Dispute& dispute = *request.mutable_dispute();
  Describe(villages_[random() % villages_.size()], &dispute);
  dispute.set_category(kCategories[random() % kCategories.size()]);
  if (random() % 20 == 0) dispute.set_scale(v1::MAJOR_GROUP);
  const absl::Time created = absl::FromCivil(absl::CivilDay(2024, 11, 1), absl::UTCTimeZone()) +
                             absl::Seconds(random() % (729 * 86400));
  const absl::Time resolved = created + absl::Hours(1 + random() % 30);
  Stamp(created, dispute.mutable_create_time());
  Stamp(resolved, dispute.mutable_ending()->mutable_end_time());
  if (random() % 10 == 0) {
    dispute.set_state(v1::Dispute::REFUSED);
    dispute.mutable_ending()->set_reason("refusal");
    return request;
  }
  dispute.set_state(v1::Dispute::CLOSED);
  dispute.mutable_ending()->set_reason("settled");
  dispute.mutable_agreement()->set_oral(true);
  dispute.mutable_agreement()->set_text("双方同意沿东墙修沟，费用各半。");
  Stamp(resolved, dispute.mutable_agreement()->mutable_effect_time());
  dispute.set_level(static_cast<v1::Level>(v1::HOUSEHOLD + random() % 5));
  dispute.set_resolved_level(dispute.level());
  if (random() % 3 == 0) {
    dispute.mutable_satisfaction()->set_score(1 + static_cast<int>(random() % 5));
    Stamp(resolved, dispute.mutable_satisfaction()->mutable_record_time());
  }
  return request;
}

}  // namespace pingan::bench
