#include "tools/pinganctl/demo/resident.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/population/days.h"
#include "tools/pinganctl/demo/synthetic.h"

namespace pingan::ctl {
namespace {

namespace v1 = population::v1;
using population::Text;

constexpr uint64_t kResidentStream = 5, kHomeStream = 6, kStreams = 8;

struct Origin {
  const char* code;
  const char* name;
};
constexpr Origin kElsewhere[] = {
    {"410105", "河南省郑州市金水区"}, {"411702", "河南省驻马店市驿城区"},
    {"411502", "河南省信阳市浉河区"}, {"411481", "河南省永城市"},
    {"341202", "安徽省阜阳市颍州区"}, {"341602", "安徽省亳州市谯城区"},
    {"371702", "山东省菏泽市牡丹区"}, {"320102", "江苏省南京市玄武区"}};
constexpr const char* kInflow[] = {"01", "01", "01", "03", "03", "06", "05", "08", "09", "04"};
constexpr const char* kJobs[] = {"装配工", "厨师",   "司机",   "店员",
                                 "泥瓦工", "缝纫工", "保洁员", "会计"};

class Author {
 public:
  Author(const Places& places, int64_t number, absl::CivilDay today, Dice* dice)
      : village_(places.Any(dice)), places_(places), number_(number), today_(today), dice_(*dice) {}

  v1::Person Write();

 private:
  void Identity();
  void Household();
  void Homes();
  void Job();
  void Permit();
  void Services();
  int Age() const { return static_cast<int>((today_ - birth_) / 365); }
  std::string Address(const area::Area& village) {
    return absl::StrCat(places_.NameOf(village), dice_.Between(1, 400), "号");
  }

  const area::Area& village_;
  const Places& places_;
  const int64_t number_;
  const absl::CivilDay today_;
  Dice& dice_;
  absl::CivilDay birth_;
  absl::CivilDay arrival_;
  v1::Person person_;
};

// Place and sequence number people, so that no two have the same number of the first five million.
void Author::Identity() {
  const int age = dice_.Weighted({16, 44, 28, 12});  // child, young, middle, old
  constexpr int kFrom[] = {0, 16, 45, 65}, kTo[] = {15, 44, 64, 95};
  birth_ = today_ - dice_.Between(kFrom[age] * 366, kTo[age] * 365 + 364);
  const bool male = dice_.Chance(51);
  const auto block = static_cast<int>(number_ / 10000 % 499);
  v1::Document& document = *person_.add_documents();
  document.set_document_type("111");
  document.set_document_number(
      SyntheticCitizenId(static_cast<int>(number_ % 10000), birth_, block * 2 + (male ? 1 : 2)));
  person_.set_display_name(SyntheticName(&dice_));
  person_.set_sex(male ? v1::MALE : v1::FEMALE);
  person_.set_birth_date(Text(birth_));
  person_.set_ethnicity(dice_.Chance(97) ? "01" : "03");
  if (Age() >= 16) {
    constexpr const char* kEducation[] = {"80", "70", "60", "40", "30", "20"};
    person_.set_education(kEducation[dice_.Weighted({15, 40, 18, 10, 10, 7})]);
    person_.set_phone(SyntheticPhone(&dice_));
  }
}

void Author::Household() {
  constexpr v1::PersonKind kKinds[] = {v1::HOUSEHOLD, v1::FLOATING, v1::UNREGISTERED};
  person_.set_kind(kKinds[dice_.Weighted({780, 210, 10})]);
  if (person_.kind() == v1::FLOATING) {
    const Origin& origin = dice_.Pick(kElsewhere);
    person_.set_household_area(origin.code);
    person_.set_household_address(absl::StrCat(origin.name, dice_.Between(1, 90), "号"));
  } else if (person_.kind() == v1::HOUSEHOLD) {
    // Some papers still have the code of the county that became a district in 2019.
    const bool old_code = village_.code.starts_with("411603") && dice_.Chance(10);
    person_.set_household_area(old_code ? "411626" : village_.code);
    person_.set_household_address(Address(village_));
  }
}

void Author::Homes() {
  const bool floating = person_.kind() == v1::FLOATING;
  arrival_ =
      std::max(birth_, today_ - (floating ? dice_.Between(20, 2000) : dice_.Between(400, 9000)));
  if (dice_.Chance(8) && arrival_ - birth_ > 1000) {
    const area::Area& before = places_.Neighbour(village_, &dice_);
    v1::Residence& earlier = *person_.add_residences();
    earlier.set_area(before.code);
    earlier.set_address(Address(before));
    earlier.set_from_date(Text(arrival_ - dice_.Between(100, 900)));
    earlier.set_to_date(Text(arrival_));
  }
  v1::Residence& home = *person_.add_residences();
  home.set_area(village_.code);
  home.set_address(Address(village_));
  home.set_from_date(Text(arrival_));
  if (floating) {
    constexpr const char* kKinds[] = {"02", "05", "01", "04"};
    home.set_inflow_reason(dice_.Pick(kInflow));
    home.set_dwelling_kind(kKinds[dice_.Weighted({62, 18, 14, 6})]);
  }
  for (auto& spell : *person_.mutable_residences()) {
    spell.set_kind(v1::Residence::MAIN);
    spell.set_source(v1::Residence::OLD_LEDGER);
    spell.set_confidence(v1::Residence::DECLARED);
  }
}

void Author::Job() {
  const bool floating = person_.kind() == v1::FLOATING;
  if (Age() < 18 || Age() > 60 || !dice_.Chance(floating ? 70 : 25)) return;
  v1::Employment& job = *person_.add_employments();
  job.set_employer(SyntheticCompany(&dice_));
  job.set_credit_code(SyntheticCreditCode(&dice_));
  job.set_occupation(dice_.Pick(kJobs));
  job.set_from_date(Text(std::max(birth_ + 16 * 366, today_ - dice_.Between(10, 1500))));
  job.set_source(v1::LEDGER);
}

// Of who has lived here long enough; endorsed some days before each full year.
void Author::Permit() {
  const int days = static_cast<int>(today_ - arrival_) - 190;
  if (person_.kind() != v1::FLOATING || Age() < 18 || days < 20 || !dice_.Chance(45)) return;
  const absl::CivilDay issued = today_ - dice_.Between(10, std::min(days, 1400));
  v1::ResidencePermit& permit = *person_.mutable_permit();
  permit.set_state(v1::ResidencePermit::VALID);
  permit.set_basis(v1::ResidencePermit::STABLE_DWELLING);
  permit.set_number(absl::StrCat("99", 1'000'000'000 + number_));
  permit.set_issue_date(Text(issued));
  for (int year = 1; population::AddMonths(issued, 12 * year) <= today_; ++year) {
    permit.add_endorsements()->set_date(
        Text(population::AddMonths(issued, 12 * year) - dice_.Between(1, 20)));
  }
}

void Author::Services() {
  if (!dice_.Chance(3)) return;
  v1::ServiceItem& item = *person_.add_service_items();
  item.set_kind(static_cast<v1::ServiceItem::Kind>(dice_.Between(1, 5)));
  item.set_state(v1::ServiceItem::DELIVERED);
  const absl::CivilDay asked = today_ - dice_.Between(60, 400);
  item.set_request_date(Text(asked));
  item.set_end_date(Text(asked + dice_.Between(1, 20)));
}

v1::Person Author::Write() {
  person_.set_area(village_.code);
  Identity();
  Household();
  Homes();
  Job();
  Permit();
  Services();
  return std::move(person_);
}

}  // namespace

v1::ImportPersonsRequest Resident(const Places& places, uint64_t seed, int64_t number,
                                  absl::CivilDay today) {
  Dice dice(seed, static_cast<uint64_t>(number) * kStreams + kResidentStream);
  v1::ImportPersonsRequest row;
  row.set_row_id(absl::StrCat("city-", seed, "-", number));
  *row.mutable_person() = Author(places, number, today, &dice).Write();
  row.mutable_person()->add_external_ids(absl::StrCat("city:", seed, "-", number));
  return row;
}

int64_t NumberOf(const v1::Person& person) {
  for (const std::string& id : person.external_ids()) {
    int64_t number = 0;
    const size_t dash = id.rfind('-');
    if (id.starts_with("city:") && dash != std::string::npos &&
        absl::SimpleAtoi(id.substr(dash + 1), &number)) {
      return number;
    }
  }
  return 0;
}

v1::ImportDwellingsRequest Home(const Places& places, uint64_t seed, int64_t number) {
  Dice dice(seed, static_cast<uint64_t>(number) * kStreams + kHomeStream);
  v1::ImportDwellingsRequest row;
  row.set_row_id(absl::StrCat("home-", seed, "-", number));
  const area::Area& village = places.Any(&dice);
  v1::Dwelling& dwelling = *row.mutable_dwelling();
  dwelling.set_area(village.code);
  dwelling.set_address(absl::StrCat(places.NameOf(village), dice.Between(1, 400), "号"));
  dwelling.set_use(dice.Chance(75) ? v1::Dwelling::LET : v1::Dwelling::OWN);
  if (dwelling.use() == v1::Dwelling::LET) dwelling.add_rent_purposes("02");
  dwelling.set_rooms(dice.Between(1, 5));
  dwelling.set_floor_area_m2(dwelling.rooms() * dice.Between(18, 35));
  dwelling.set_permitted_occupants(dwelling.rooms() * 2);
  dwelling.mutable_owner()->set_display_name(SyntheticName(&dice));
  dwelling.mutable_owner()->set_phone(SyntheticPhone(&dice));
  dwelling.set_external_id(absl::StrCat("home:", seed, "-", number));
  return row;
}

}  // namespace pingan::ctl
