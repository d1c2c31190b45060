// What becomes of the pairs that a file is in when the file changes. Whoever is compared anew, by a
// write or because files were merged or taken apart, is suspected and reassessed; what a decision
// said of one file of a person holds for the others: who was told apart from one is not suspected
// as another.
//
// A merge: the absorbed file's open pairs lapse, and the survivor is suspected in their place; so
// does an open pair of the survivor with a person from whom the absorbed one was told apart. An
// un-merge: those are open again, and what was suspected of the survivor since the merge and is not
// alike any more has lapsed.
#pragma once

#include <string>
#include <vector>

#include "common/base/decision.h"
#include "pingan/population/v1/population.pb.h"
#include "services/population/merge.h"

namespace pingan::population {

// The names of the pairs between the files of two persons: theirs, and those that they took in.
std::vector<std::string> PairsBetween(const v1::PersonRecord& one, const v1::PersonRecord& other);

// Whether somebody said that the two are two, of whichever of their files. All pairs between the
// two must have been wanted.
bool ToldApart(const v1::PersonRecord& one, const v1::PersonRecord& other, const Related& related);

// The file as it is to be, compared with every other that was found. All pairs between the two
// must have been wanted.
void AddCandidates(const v1::PersonRecord& after, const Related& related, const Env& env,
                   std::vector<Change>* also);

// The pairs of a file that goes to another area go with it ("duplicate.moved"), but for one.
void AddMoved(const v1::PersonRecord& after, const std::string& but, const Related& related,
              std::vector<Change>* also);

// The pairs of both files after a merge or un-merge, but for the one that was decided on.
void AddPairs(const MergeFiles& before, const MergeDecision& decision, const Related& related,
              const Env& env, std::vector<Change>* also);

// Whether there is a third file of the pair to be looked at when the pair's other file, this one,
// is merged or taken apart; its name, else empty.
std::string ThirdOf(const v1::DuplicateRecord& pair, const std::string& file);

}  // namespace pingan::population
