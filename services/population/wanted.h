// What is read for a decision besides the record that its request names.
#pragma once

#include <string>
#include <vector>

#include "common/base/decision.h"
#include "pingan/population/v1/population.pb.h"
#include "services/population/stated.h"

namespace pingan::population {

// The dwellings that a file and a request name; the files that may be of the same person, and the
// candidates of those pairs; or, if the file may go to another area, the pairs that it is in and
// its visits.
Wanted WantedFor(const v1::PersonRecord& before, const Stated& stated);

// The dwellings that a decision on the file may fill or empty: of its open residences, of what a
// merge set aside, of the move that is offered, and of those that a death ended.
std::vector<std::string> DwellingsOf(const v1::PersonRecord& record);

Wanted WantedBy(const v1::PersonRecord& none, const v1::ImportPersonsRequest& request);
Wanted WantedBy(const v1::PersonRecord& before, const v1::RelatePersonsRequest& request);
Wanted WantedBy(const v1::PersonRecord& before, const v1::UnrelatePersonsRequest& request);
Wanted WantedBy(const v1::PersonRecord& none, const v1::LookupPersonRequest& request);
Wanted WantedBy(const v1::PersonRecord& none, const v1::FindDuplicatesRequest& request);
Wanted WantedBy(const v1::PersonRecord& none, const v1::ListResidentsRequest& request);
Wanted WantedBy(const v1::TaskRecord& none, const v1::OpenTaskRequest& request);
// By what happens by itself: where the person lives, for the tasks that it opens.
Wanted WantedByTick(const v1::PersonRecord& before);
inline Wanted WantedByTick(const v1::DwellingRecord&) {
  return {};
}
inline Wanted WantedByTick(const v1::TaskRecord&) {
  return {};
}
Wanted WantedBy(const v1::TaskRecord& before, const v1::CompleteTaskRequest& request);
// Both files with the pairs that they are in; their dwellings, those who are related to them, and
// whoever else one of them may be, before and after; and the pairs of these.
Wanted WantedBy(const v1::DuplicateRecord& before, const v1::MergePersonsRequest& request);
Wanted WantedBy(const v1::DuplicateRecord& before, const v1::UnmergePersonsRequest& request);

}  // namespace pingan::population
