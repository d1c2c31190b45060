// Candidates: pairs of files that may be of one person, found on write and on import, and what
// people decide about them. What was decided is remembered: a pair that was dismissed, merged or
// taken apart is not opened again.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// `duplicates/{lower id}.{higher id}`, whichever comes first: one per pair, so a look-up by name
// tells whether the pair is known.
std::string CandidateName(const std::string& person, const std::string& other);

// What a comparison of two files asks to be written: a new candidate ("duplicate.suspected"), new
// points of an open one ("duplicate.reassessed"), or nothing. `known` is the candidate of the pair,
// an empty record if there is none. None below kSuspect, of files that are not ACTIVE or LEFT, and
// of a pair that was decided.
std::optional<Decision<v1::DuplicateRecord>> Suspect(const v1::PersonRecord& one,
                                                     const v1::PersonRecord& other,
                                                     const v1::DuplicateRecord& known,
                                                     const Env& env);

// Names the candidate, its persons and their areas.
void NamePair(const v1::Person& one, const v1::Person& other, v1::DuplicateCandidate* candidate);

// ALREADY_EXISTS (RESOURCE_EXISTS, metadata "name") if one of the files found has an identity
// document of the new one and is the caller's to see. What the caller may not see is not told; it
// becomes a candidate.
Status CheckNotOnFile(const v1::Person& person, const std::vector<const v1::PersonRecord*>& found,
                      const Env& env);

// The answer of FindDuplicates: the files that the caller may see, from kSuspect on, best first, at
// most 20. `person` is put into normal form; INVALID_ARGUMENT as on create.
StatusOr<v1::FindDuplicatesResponse> FindMatches(const v1::FindDuplicatesRequest& request,
                                                 const std::vector<const v1::PersonRecord*>& found,
                                                 const Env& env);

// Two persons after all. NOT_FOUND unless either area is the caller's; ACTION_NOT_ALLOWED unless
// OPEN.
StatusOr<Decision<v1::DuplicateRecord>> DecideDismiss(const v1::DuplicateRecord& before,
                                                      const v1::DismissDuplicateRequest& request,
                                                      const Env& env);

// The candidate with a decision on it.
Decision<v1::DuplicateRecord> Decided(v1::DuplicateRecord record,
                                      v1::DuplicateCandidate::State state, std::string_view reason,
                                      const char* event, const Env& env);

}  // namespace pingan::population
