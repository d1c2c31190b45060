// Two files of one person for the tests of merge and un-merge, and both acts committed.
#pragma once

#include <initializer_list>
#include <string>

#include "services/population/merge.h"
#include "services/population/rules_fixture.h"

namespace pingan::population::testing {

// A person registered here since 2025-03-03, and another file of the same person with more on it.
MergeFiles TwoFiles(World* world);

MergeFiles Commit(const MergeDecision& decision, World* world);

// The merge into the survivor, or the un-merge, which must be allowed, committed.
MergeFiles Merge(const MergeFiles& files, World* world, std::initializer_list<const char*> take);
MergeFiles Unmerge(const MergeFiles& files, World* world,
                   std::initializer_list<std::string> to_absorbed = {});

// What a file says now, without when it was recorded.
std::string Now(v1::PersonRecord record);

}  // namespace pingan::population::testing
