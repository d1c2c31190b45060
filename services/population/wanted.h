// What is read for a decision besides the record that its request names, and by which terms files
// are found.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// By what a person's file is found: secretly by the keys of match.h and its external ids unless it
// is MERGED, and openly by every dwelling that it ever named.
std::vector<Term> TermsOf(const v1::PersonRecord& record);

// The one that a request to look up asks for. INVALID_ARGUMENT naming the field.
StatusOr<Term> LookupTerm(const v1::LookupPersonRequest& request);

// A pair is found by each of its persons; PairTerm finds those of one.
std::vector<Term> TermsOf(const v1::DuplicateRecord& record);
Term PairTerm(const std::string& person);

// What a request on a person states: residences, each by its field, which the file's area may
// follow, and who the person is from then on (Comparable).
struct Stated {
  std::vector<std::pair<std::string, v1::Residence>> spells;
  std::optional<v1::Person> person;
};
Stated StatedBy(const v1::PersonRecord& before, const v1::CreatePersonRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::UpdatePersonRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::ImportPersonsRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::RegisterResidenceRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::ChangeResidenceRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::CorrectResidenceRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::ClaimMoveRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::AcceptMoveRequest& request);
template <class Request>
Stated StatedBy(const v1::PersonRecord&, const Request&) {
  return {};
}

// The dwellings that a file and a request name; the files that may be of the same person, and the
// candidates of those pairs; or, if the file may go to another area, the pairs that it is in.
Wanted WantedFor(const v1::PersonRecord& before, const Stated& stated);

// The dwellings that a decision on the file may fill or empty: of its open residences, of what a
// merge set aside, of the move that is offered.
std::vector<std::string> DwellingsOf(const v1::PersonRecord& record);

Wanted WantedBy(const v1::PersonRecord& none, const v1::ImportPersonsRequest& request);
Wanted WantedBy(const v1::PersonRecord& before, const v1::RelatePersonsRequest& request);
Wanted WantedBy(const v1::PersonRecord& before, const v1::UnrelatePersonsRequest& request);
Wanted WantedBy(const v1::PersonRecord& none, const v1::LookupPersonRequest& request);
Wanted WantedBy(const v1::PersonRecord& none, const v1::FindDuplicatesRequest& request);
Wanted WantedBy(const v1::PersonRecord& none, const v1::ListResidentsRequest& request);
Wanted WantedBy(const v1::TaskRecord& none, const v1::OpenTaskRequest& request);
Wanted WantedBy(const v1::TaskRecord& before, const v1::CompleteTaskRequest& request);
// Both files with the pairs that they are in; their dwellings, those who are related to them, and
// whoever else one of them may be, before and after; and the pairs of these.
Wanted WantedBy(const v1::DuplicateRecord& before, const v1::MergePersonsRequest& request);
Wanted WantedBy(const v1::DuplicateRecord& before, const v1::UnmergePersonsRequest& request);

}  // namespace pingan::population
