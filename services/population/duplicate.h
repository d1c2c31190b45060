// Candidates: pairs of files that may be of one person, found on write and on import, and what
// people decide about them. What was decided is remembered: a pair that was dismissed, merged or
// taken apart is not opened again. pairs.h says what becomes of pairs when their files change.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"
#include "services/population/match.h"

namespace pingan::population {

// `duplicates/{lower id}.{higher id}`, whichever comes first: one per pair, so a look-up by name
// tells whether the pair is known.
std::string CandidateName(const std::string& person, const std::string& other);

// What a comparison of two files asks to be written: a new candidate ("duplicate.suspected"), a
// LAPSED one again ("duplicate.reopened"), new points of an open one ("duplicate.reassessed"), or
// nothing. `known` is the candidate of the pair, an empty record if there is none. None below
// `from`, of files that are MERGED or erased, and of a pair that was decided. The dead are compared
// like the living: that somebody lives on a second file under their name is what a register must
// notice.
std::optional<Decision<v1::DuplicateRecord>> Suspect(const v1::PersonRecord& one,
                                                     const v1::PersonRecord& other,
                                                     const v1::DuplicateRecord& known,
                                                     const Env& env, int from = kSuspect);

// An open candidate about which nothing is left to decide: the file of one of the two goes on in
// `survivor`, or what made them alike has gone (empty). "duplicate.lapsed".
Decision<v1::DuplicateRecord> Lapsed(v1::DuplicateRecord record, const std::string& survivor);

// Names the candidate, its persons and their areas.
void NamePair(const v1::Person& one, const v1::Person& other, v1::DuplicateCandidate* candidate);

// ALREADY_EXISTS (RESOURCE_EXISTS, metadata "name") if one of the files found has an identity
// document or external id that the person has not had `before` and is the caller's to see. What the
// caller may not see is not told; it becomes a candidate.
Status CheckNotOnFile(const v1::Person& before, const v1::Person& person,
                      const std::vector<const v1::PersonRecord*>& found, const Env& env);

// The same of external ids alone: a ledger is stored with the documents that it has.
Status CheckIdsNotOnFile(const v1::Person& before, const v1::Person& person,
                         const std::vector<const v1::PersonRecord*>& found, const Env& env);

// The answer of FindDuplicates: the files that the caller may see, from kSuspect on, best first, at
// most 20. `person` is put into normal form; INVALID_ARGUMENT as on create.
StatusOr<v1::FindDuplicatesResponse> FindMatches(const v1::FindDuplicatesRequest& request,
                                                 const std::vector<const v1::PersonRecord*>& found,
                                                 const Env& env);

// Two persons after all, for good. NOT_FOUND unless both areas are the caller's, as of a merge;
// ACTION_NOT_ALLOWED unless OPEN.
StatusOr<Decision<v1::DuplicateRecord>> DecideDismiss(const v1::DuplicateRecord& before,
                                                      const v1::DismissDuplicateRequest& request,
                                                      const Env& env);

// The candidate with a decision on it.
Decision<v1::DuplicateRecord> Decided(v1::DuplicateRecord record,
                                      v1::DuplicateCandidate::State state, std::string_view reason,
                                      const char* event, const Env& env);

}  // namespace pingan::population
