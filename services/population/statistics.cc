#include "services/population/statistics.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_format.h"
#include "services/population/days.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

using Permit = v1::ResidencePermit;
using Item = v1::ServiceItem;

class Counts {
 public:
  template <class Resource>
  Counts(const Resource& resource, std::string_view kind, std::string_view service, int sign,
         common::v1::Deltas* deltas)
      : sign_(sign), delta_(*deltas->add_deltas()) {
    const absl::CivilDay day = calendar::DayOf(FromProto(resource.create_time()));
    delta_.set_area(resource.area());
    delta_.set_period(absl::StrFormat("%04d-%02d", day.year(), day.month()));
    delta_.add_dimensions(std::string(kind));
    delta_.add_dimensions(std::string(service));
    delta_.mutable_counts()->Resize(kCounters.size(), 0);
  }

  void Add(Counter counter, int64_t count) {
    const int index = static_cast<int>(counter);
    delta_.set_counts(index, delta_.counts(index) + sign_ * count);
  }

 private:
  const int sign_;
  common::v1::Delta& delta_;
};

void AddPermit(const Permit& permit, Counts* counts) {
  const auto state = permit.state();
  // Of a permit that an old ledger brought nobody knows from which day on it was due.
  const bool issued = !permit.issue_date().empty() && !permit.accept_date().empty();
  counts->Add(Counter::kPermitsApplied, state == Permit::APPLIED || state == Permit::ACCEPTED);
  counts->Add(Counter::kPermitsValid, state == Permit::VALID);
  counts->Add(Counter::kPermitsSuspended, state == Permit::SUSPENDED);
  counts->Add(Counter::kPermitsIssuedOnTime, issued && !permit.issue_late());
  counts->Add(Counter::kPermitsIssuedLate, issued && permit.issue_late());
}

}  // namespace

void Measure(const v1::Person& person, int sign, common::v1::Deltas* deltas) {
  if (person.name().empty() || person.state() == v1::Person::MERGED) return;
  const std::string& kind = v1::PersonKind_Name(person.kind());
  Counts counts(person, kind, "", sign, deltas);
  const auto& jobs = person.employments();
  counts.Add(Counter::kPersons, 1);
  counts.Add(Counter::kResidents, OpenSpell(person, v1::Residence::MAIN) != nullptr);
  counts.Add(Counter::kLeft, person.state() == v1::Person::LEFT);
  counts.Add(Counter::kDeceased, person.state() == v1::Person::DECEASED);
  counts.Add(Counter::kUnverified, person.verification_due());
  counts.Add(Counter::kMovesOpen, person.has_move());
  counts.Add(Counter::kEmployed, std::any_of(jobs.begin(), jobs.end(), [](const auto& job) {
               return job.to_date().empty();
             }));
  if (person.has_permit()) AddPermit(person.permit(), &counts);
  for (const auto& duty : person.duties()) {
    counts.Add(Counter::kDuties, 1);
    counts.Add(Counter::kDutiesReported, !duty.report_date().empty());
    counts.Add(Counter::kDutiesOverdue, duty.overdue());
  }
  for (const auto& item : person.service_items()) {
    Counts served(person, kind, Item::Kind_Name(item.kind()), sign, deltas);
    const bool delivered = item.state() == Item::DELIVERED;
    served.Add(Counter::kServicesRequested, 1);
    served.Add(Counter::kServicesDelivered, delivered);
    served.Add(Counter::kServicesDenied, item.state() == Item::DENIED);
    served.Add(Counter::kServicesOnTime, delivered && !item.late());
    served.Add(Counter::kServicesLate, item.late());
  }
}

void Measure(const v1::Dwelling& dwelling, int sign, common::v1::Deltas* deltas) {
  if (dwelling.name().empty()) return;
  Counts counts(dwelling, "", "", sign, deltas);
  const auto& hazards = dwelling.hazards();
  counts.Add(Counter::kDwellings, 1);
  counts.Add(Counter::kDwellingsLet, dwelling.use() == v1::Dwelling::LET);
  counts.Add(Counter::kOverOccupied, dwelling.over_occupied());
  counts.Add(Counter::kHazards, hazards.size());
  counts.Add(Counter::kHazardsRectified,
             std::count_if(hazards.begin(), hazards.end(),
                           [](const auto& hazard) { return !hazard.rectify_date().empty(); }));
}

void Measure(const v1::VerificationTask& task, int sign, common::v1::Deltas* deltas) {
  if (task.name().empty()) return;
  Counts counts(task, "", "", sign, deltas);
  counts.Add(Counter::kTasks, 1);
  counts.Add(Counter::kTasksDone, task.state() == v1::VerificationTask::DONE);
  counts.Add(Counter::kTasksOverdue, task.overdue());
}

void Measure(const v1::DuplicateCandidate& candidate, int sign, common::v1::Deltas* deltas) {
  if (candidate.name().empty()) return;
  Counts counts(candidate, "", "", sign, deltas);
  counts.Add(Counter::kDuplicatesOpen, candidate.state() == v1::DuplicateCandidate::OPEN);
  counts.Add(Counter::kDuplicatesMerged, candidate.state() == v1::DuplicateCandidate::MERGED);
}

}  // namespace pingan::population
