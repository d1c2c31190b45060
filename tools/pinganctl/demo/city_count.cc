#include "tools/pinganctl/demo/city_count.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/pinganctl/demo/resident.h"
#include "tools/pinganctl/print.h"
#include "tools/pinganctl/progress.h"

namespace pingan::ctl {
namespace {

namespace v1 = population::v1;
using v1::Person;
using v1::ResidencePermit;
using v1::ServiceItem;

// What GetStatistics counts of one person, told anew from the documents of the API, so that a
// mistake of the service is not repeated here; and what the table shows beside.
struct Counter {
  const char* name;
  int64_t (*count)(const Person&);
};

template <Person::State state>
int64_t Is(const Person& p) {
  return p.state() == state;
}

template <ResidencePermit::State... states>
int64_t Holds(const Person& p) {
  return p.has_permit() && ((p.permit().state() == states) || ...);
}

template <class List, class Test>
int64_t CountIf(const List& list, Test test) {
  return std::count_if(list.begin(), list.end(), test);
}

int64_t OpenMain(const Person& p) {
  return CountIf(p.residences(), [](const auto& spell) {
    return spell.kind() == v1::Residence::MAIN && spell.to_date().empty();
  });
}

// Those that the ledger brought were issued neither in time nor late.
int64_t Issued(const Person& p, bool late) {
  const ResidencePermit& permit = p.permit();
  const bool here = !permit.issue_date().empty() && !permit.accept_date().empty();
  return here && permit.issue_late() == late;
}

int64_t Items(const Person& p, bool (*test)(const ServiceItem&)) {
  return CountIf(p.service_items(), test);
}

constexpr Counter kOfPerson[] = {
    {"persons", [](const Person&) -> int64_t { return 1; }},
    {"residents", [](const Person& p) -> int64_t { return OpenMain(p) > 0; }},
    {"left", &Is<Person::LEFT>},
    {"deceased", &Is<Person::DECEASED>},
    {"unverified", [](const Person& p) -> int64_t { return p.verification_due(); }},
    {"moves_open", [](const Person& p) -> int64_t { return p.has_move(); }},
    {"employed",
     [](const Person& p) -> int64_t {
       return CountIf(p.employments(), [](const auto& job) { return job.to_date().empty(); }) > 0;
     }},
    {"permits_applied", &Holds<ResidencePermit::APPLIED, ResidencePermit::ACCEPTED>},
    {"permits_valid", &Holds<ResidencePermit::VALID>},
    {"permits_suspended", &Holds<ResidencePermit::SUSPENDED>},
    {"permits_issued_on_time", [](const Person& p) { return Issued(p, false); }},
    {"permits_issued_late", [](const Person& p) { return Issued(p, true); }},
    {"services_requested", [](const Person& p) -> int64_t { return p.service_items_size(); }},
    {"services_delivered",
     [](const Person& p) {
       return Items(p, [](const auto& i) { return i.state() == ServiceItem::DELIVERED; });
     }},
    {"services_denied",
     [](const Person& p) {
       return Items(p, [](const auto& i) { return i.state() == ServiceItem::DENIED; });
     }},
    {"services_on_time",
     [](const Person& p) {
       return Items(p,
                    [](const auto& i) { return i.state() == ServiceItem::DELIVERED && !i.late(); });
     }},
    {"services_late",
     [](const Person& p) { return Items(p, [](const auto& i) { return i.late(); }); }},
    {"duties", [](const Person& p) -> int64_t { return p.duties_size(); }},
    {"duties_reported",
     [](const Person& p) {
       return CountIf(p.duties(), [](const auto& d) { return !d.report_date().empty(); });
     }},
    {"duties_overdue",
     [](const Person& p) {
       return CountIf(p.duties(), [](const auto& d) { return d.overdue(); });
     }},
    {"floating", [](const Person& p) -> int64_t { return p.kind() == v1::FLOATING; }},
    {"moves",
     [](const Person& p) {
       return CountIf(p.residences(),
                      [](const auto& s) { return s.source() == v1::Residence::ARRIVAL; });
     }},
};

// For the table alone; the service does not count them.
constexpr const char* kOurs[] = {"floating", "moves"};

// What is wrong with a person's registrations, which are told oldest first; empty = nothing.
std::string SpellProblem(const Person& person) {
  const int64_t open = OpenMain(person);
  if (open > 1) return absl::StrCat("has ", open, " active registrations");
  const bool active = person.state() == Person::ACTIVE;
  if (active != (open == 1)) return active ? "has no registration" : "has gone and is registered";
  std::string end;
  for (const auto& spell : person.residences()) {
    if (spell.kind() != v1::Residence::MAIN) continue;
    if (spell.from_date() < end) return "has two registrations that overlap";
    end = spell.to_date();
    if (end.empty() && spell.area() != person.area()) return "is not where it is registered";
  }
  return "";
}

}  // namespace

void CityCount::Add(const Person& person) {
  const int64_t number = NumberOf(person);
  const bool ours = number >= 1 && static_cast<size_t>(number) < seen_.size();
  if (row_problem_.empty() && (!ours || seen_[number])) {
    row_problem_ =
        absl::StrCat(person.name(), ours ? " is another file of row " : " is of no row ", number);
  }
  if (ours) seen_[number] = true;
  Counts& counts = Of(person);
  for (const Counter& counter : kOfPerson) counts[counter.name] += counter.count(person);
  spells_ += person.residences_size();
  const std::string problem = SpellProblem(person);
  if (spell_problem_.empty() && !problem.empty()) spell_problem_ = person.name() + " " + problem;
}

void CityCount::Add(const v1::Dwelling& dwelling) {
  Counts& counts = Of(dwelling);
  counts["dwellings"] += 1;
  counts["dwellings_let"] += dwelling.use() == v1::Dwelling::LET;
  counts["over_occupied"] += dwelling.over_occupied();
  counts["hazards"] += dwelling.hazards_size();
  counts["hazards_rectified"] += CountIf(
      dwelling.hazards(), [](const auto& hazard) { return !hazard.rectify_date().empty(); });
}

void CityCount::Add(const v1::VerificationTask& task) {
  Counts& counts = Of(task);
  counts["tasks"] += 1;
  counts["tasks_done"] += task.state() == v1::VerificationTask::DONE;
  counts["tasks_overdue"] += task.overdue();
}

void CityCount::Add(const v1::DuplicateCandidate& candidate) {
  Counts& counts = Of(candidate);
  counts["duplicates_open"] += candidate.state() == v1::DuplicateCandidate::OPEN;
  counts["duplicates_merged"] += candidate.state() == v1::DuplicateCandidate::MERGED;
}

Counts CityCount::Total() const {
  Counts total;
  for (const auto& [county, counts] : by_county_) {
    for (const auto& [name, count] : counts) total[name] += count;
  }
  return total;
}

Check CityCount::CheckStatistics(const v1::GetStatisticsResponse& by_area) const {
  Check check{absl::StrCat("statistics equal a recount of ", Total()["persons"], " persons, ",
                           Total()["dwellings"], " dwellings, ", Total()["tasks"], " visits"),
              ""};
  CountsByCounty counted = by_county_;
  for (auto& [county, counts] : counted) {
    for (const char* name : kOurs) counts.erase(name);
  }
  check.problem = Difference(std::move(counted), by_area.rows());
  return check;
}

Check CityCount::CheckRegistrations() const {
  return {absl::StrCat("nobody has two active registrations, of ", spells_, " spells"),
          spell_problem_};
}

Check CityCount::CheckRows() const {
  Check check{absl::StrCat("each of ", seen_.size() - 1, " rows is one file"), row_problem_};
  const auto lost = std::find(seen_.begin() + 1, seen_.end(), false);
  if (check.problem.empty() && lost != seen_.end()) {
    check.problem = absl::StrCat("row ", lost - seen_.begin(), " is lost");
  }
  return check;
}

Check CityCount::CheckMoves(int64_t accepted) const {
  Check check{absl::StrCat("each of ", accepted, " accepted moves has one arrival"), ""};
  const int64_t arrivals = Total()["moves"];
  if (arrivals != accepted) check.problem = absl::StrCat("there are ", arrivals, " arrivals");
  return check;
}

Status CountCity(const rpc::Client& client, CityCount* count, const OnProgress& progress) {
  int64_t done = 0;
  const auto each = [&](const auto& list) {
    for (const auto& one : list) count->Add(one);
    progress(done += list.size());
    return absl::OkStatus();
  };
  RETURN_IF_ERROR((EachPage<v1::ListPersonsRequest, v1::ListPersonsResponse>(
      client, [&](const auto& page) { return each(page.persons()); })));
  RETURN_IF_ERROR((EachPage<v1::ListDwellingsRequest, v1::ListDwellingsResponse>(
      client, [&](const auto& page) { return each(page.dwellings()); })));
  RETURN_IF_ERROR((EachPage<v1::ListTasksRequest, v1::ListTasksResponse>(
      client, [&](const auto& page) { return each(page.tasks()); })));
  return EachPage<v1::ListDuplicatesRequest, v1::ListDuplicatesResponse>(
      client, [&](const auto& page) { return each(page.candidates()); });
}

std::string CoverageText(const std::map<std::string, std::string>& names, const CityCount& count) {
  std::vector<std::vector<std::string>> rows = {{"county", "persons", "floating", "moved in",
                                                 "permits valid", "services asked", "delivered",
                                                 "on time"}};
  const auto add = [&](const std::string& name, Counts counts) {
    const int64_t delivered = counts["services_delivered"];
    rows.push_back({name, WithCommas(counts["persons"]), WithCommas(counts["floating"]),
                    WithCommas(counts["moves"]), WithCommas(counts["permits_valid"]),
                    WithCommas(counts["services_requested"]),
                    Percent(delivered, counts["services_requested"]),
                    Percent(counts["services_on_time"], delivered)});
  };
  for (const auto& [county, counts] : count.by_county()) {
    const auto name = names.find(county);
    add(name == names.end() ? county : name->second, counts);
  }
  add("all", count.Total());
  return Columns(rows);
}

}  // namespace pingan::ctl
