#include "tools/pinganctl/demo/city_plan.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "pingan/population/v1/population.pb.h"
#include "services/population/days.h"
#include "services/population/limits.h"
#include "services/population/permit.h"
#include "services/population/permit_clock.h"
#include "tools/pinganctl/demo/resident.h"

namespace pingan::ctl {
namespace {

namespace v1 = population::v1;
using population::DayOf;
using population::Text;

constexpr uint64_t kStream = 7, kStreams = 8;
constexpr char kRented[] = "02";  // of "dwelling-kind"

class Author {
 public:
  Author(const CityPlanner& city, int64_t number, Dice* dice)
      : city_(city),
        number_(number),
        dice_(*dice),
        person_(Resident(city.places(), city.seed(), number, city.period().first).person()) {}

  Life Write();

 private:
  template <class Request>
  Request& Add(std::string area = "") {
    auto request = std::make_shared<Request>();
    if constexpr (requires { request->set_reason(""); }) request->set_reason("按规定办理");
    life_.push_back({day_, request, std::move(area)});
    return *request;
  }

  // Some day of the period that leaves so many days until its end.
  void AnyDay(int left) {
    const auto days = static_cast<int>(city_.period().last - city_.period().first) - left;
    day_ = city_.period().first + 1 + dice_.Below(std::max(days, 1));
  }
  void Wait(int low, int high) { day_ += dice_.Between(low, high); }

  bool Adult() const { return person_.birth_date() <= Text(city_.period().first - 18 * 366); }
  const v1::Residence& Home() const { return *person_.residences().rbegin(); }

  void Arrive();
  void Move();
  v1::Residence Arrival(const area::Area& to);
  void Settled(const v1::Residence& arrival);
  void Leave();
  void Apply();
  void Endorse();
  void Service(int days_left);
  void Visit();

  const CityPlanner& city_;
  const int64_t number_;
  Dice& dice_;
  const v1::Person person_;
  absl::CivilDay day_;
  Life life_;
};

void Author::Arrive() {
  AnyDay(1);
  auto& create = Add<v1::CreatePersonRequest>(person_.area());
  v1::Person& person = *create.mutable_person();
  person = person_;
  for (const char* field :
       {"residences", "employments", "permit", "service_items"}) {  // what is known later only
    person.GetReflection()->ClearField(&person, person.GetDescriptor()->FindFieldByName(field));
  }
  v1::Residence& home = *create.mutable_residence();
  home = Home();
  home.set_source(v1::Residence::PERSON);
  home.set_from_date(Text(day_));
}

v1::Residence Author::Arrival(const area::Area& to) {
  v1::Residence home;
  home.set_kind(v1::Residence::MAIN);
  home.set_area(to.code);
  home.set_address(absl::StrCat(city_.places().NameOf(to), dice_.Between(1, 400), "号"));
  home.set_from_date(Text(day_));
  home.set_source(v1::Residence::ARRIVAL);
  if (person_.kind() == v1::FLOATING) home.set_dwelling_kind(dice_.Chance(60) ? kRented : "04");
  return home;
}

// Landlords owe reports of who went and who came; most make them in time.
void Author::Settled(const v1::Residence& arrival) {
  const int owed = (Home().dwelling_kind() == kRented) + (arrival.dwelling_kind() == kRented);
  for (int i = 0; i < owed && dice_.Chance(85); ++i) {
    Wait(0, 1);
    Add<v1::RecordReportRequest>().set_report_date(Text(day_));
  }
}

void Author::Move() {
  const area::Area& here = *city_.places().areas().Find(person_.area());
  const area::Area* to = &city_.places().Neighbour(here, &dice_);
  if (dice_.Chance(60)) to = &city_.places().Any(&dice_);
  if (to == &here) return;
  AnyDay(30);
  if (dice_.Chance(20)) {  // where the person stands now asks for the file
    auto& claim = Add<v1::ClaimMoveRequest>(to->code);
    *claim.mutable_document() = person_.documents(0);
    const v1::Residence arrival = *claim.mutable_arrival() = Arrival(*to);
    Wait(1, 9);
    if (dice_.Chance(20)) {
      Add<v1::RejectMoveRequest>();
    } else {
      Add<v1::AcceptMoveRequest>();
      Settled(arrival);
    }
    return;
  }
  Add<v1::OfferMoveRequest>().set_to_area(to->code);
  Wait(1, 12);
  switch (dice_.Weighted({76, 12, 5, 7})) {
    case 0: {
      auto& accept = Add<v1::AcceptMoveRequest>(to->code);
      const v1::Residence arrival = *accept.mutable_arrival() = Arrival(*to);
      Settled(arrival);
      break;
    }
    case 1:
      Add<v1::RejectMoveRequest>(to->code);
      break;
    case 2:
      Add<v1::RevokeMoveRequest>();
      break;
    default:  // never answered: the offer is gone after 15 days
      break;
  }
}

void Author::Leave() {
  AnyDay(1);
  if (dice_.Chance(30)) {
    Add<v1::RecordDeathRequest>().set_death_date(Text(day_));
    return;
  }
  auto& end = Add<v1::EndResidenceRequest>();
  end.set_residence(std::to_string(person_.residences_size()));
  end.set_to_date(Text(day_));
}

void Author::Apply() {
  if (person_.kind() != v1::FLOATING || person_.has_permit() || !Adult() || !dice_.Chance(45)) {
    return;
  }
  const auto& [first, last] = city_.period();
  day_ = std::max(population::EligibleFrom(DayOf(person_.residences(0).from_date())), first + 1);
  Wait(0, 60);
  if (day_ > last) return;
  const auto basis = person_.employments_size() > 0 ? v1::ResidencePermit::STABLE_JOB
                                                    : v1::ResidencePermit::STABLE_DWELLING;
  auto& apply = Add<v1::ApplyForPermitRequest>();
  apply.set_basis(basis);
  apply.mutable_applicant()->set_kind(v1::Applicant::IN_PERSON);
  const auto papers = population::PapersFor(basis, v1::Applicant::IN_PERSON);
  for (const std::string& paper : papers) apply.add_papers(paper);
  if (dice_.Chance(20)) {
    apply.mutable_papers()->RemoveLast();
    Wait(1, 12);
    Add<v1::SupplyPapersRequest>().add_papers(papers.back());
  }
  if (dice_.Chance(3)) Add<v1::ExtendPermitIssueRequest>();
  dice_.Chance(95) ? Wait(2, population::kIssueDays - 1) : Wait(20, 26);
  Add<v1::IssuePermitRequest>().set_number(absl::StrCat("99", 1'000'000'000 + number_));
}

void Author::Endorse() {
  if (!person_.has_permit()) return;
  const v1::ResidencePermit& permit = person_.permit();
  const auto window =
      population::NextEndorsement(DayOf(permit.issue_date()), permit.endorsements_size());
  const absl::CivilDay from = std::max(window.from, city_.period().first + 1);
  if (window.by <= from || window.by > city_.period().last || !dice_.Chance(94)) return;
  day_ = dice_.Chance(92) ? from + dice_.Below(static_cast<int>(window.by - from))
                          : window.by + dice_.Between(2, 25);
  Add<v1::EndorsePermitRequest>();
}

void Author::Service(int days_left) {
  constexpr v1::ServiceItem::Kind kKinds[] = {v1::ServiceItem::SETTLEMENT, v1::ServiceItem::JOB,
                                              v1::ServiceItem::HOUSING, v1::ServiceItem::MEDICAL,
                                              v1::ServiceItem::SCHOOLING};
  const v1::ServiceItem::Kind kind = kKinds[dice_.Weighted({10, 30, 12, 28, 20})];
  const int limit = population::ServiceWorkingDays(kind, population::DefaultLimits());
  if (days_left > 0) AnyDay(days_left);
  auto& item = *Add<v1::RequestServiceRequest>().mutable_item();
  item.set_kind(kind);
  item.set_detail("申请办理");
  const int fate = dice_.Weighted({84, 7, 6, 3});  // in time, late, denied, forgotten
  if (fate == 3) return;
  Wait(0, 2);
  if (fate == 2) {
    Wait(0, 3);
    Add<v1::DenyServiceRequest>();
    return;
  }
  Add<v1::AcceptServiceRequest>();
  fate == 0 ? Wait(0, limit - 2) : Wait(limit * 2, limit * 2 + 10);
  Add<v1::DeliverServiceRequest>();
}

void Author::Visit() {
  AnyDay(1);
  Add<v1::VerifyPersonRequest>();
}

Life Author::Write() {
  if (number_ > city_.imported()) {
    Arrive();
    if (dice_.Chance(30)) {
      Wait(1, 20);
      Service(0);
    }
    return std::move(life_);
  }
  switch (dice_.Weighted({45, 9, 946})) {
    case 0:
      Move();
      break;
    case 1:
      Leave();
      break;
    default:
      Apply();
      Endorse();
      if (dice_.Chance(8)) Service(20);
      if (dice_.Chance(3)) Visit();
  }
  std::stable_sort(life_.begin(), life_.end(),
                   [](const Step& one, const Step& other) { return one.day < other.day; });
  return std::move(life_);
}

}  // namespace

Life CityPlanner::LifeOf(int64_t number) const {
  Dice dice(seed_, static_cast<uint64_t>(number) * kStreams + kStream);
  return Author(*this, number, &dice).Write();
}

}  // namespace pingan::ctl
