// The spells of a file, bitemporally: what is known now stands in Person.residences, what was known
// before in PersonRecord.superseded. Nothing is overwritten.
//
// A spell lasts from from_date up to, and not including, to_date. Spells of one kind never overlap.
// The versions of a spell share its id.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/person.pb.h"

namespace pingan::population {

// The open spell of the kind; null if there is none.
const v1::Residence* OpenSpell(const v1::Person& person, v1::Residence::Kind kind);

// The spell that is known now by this id; null if there is none.
const v1::Residence* FindSpell(const v1::Person& person, std::string_view id);

bool LivedOn(const v1::Residence& spell, std::string_view day);

bool Overlap(const v1::Residence& one, const v1::Residence& other);

// INVALID_ARGUMENT naming `field` if the spell overlaps another of its kind that has another id.
Status CheckNoOverlap(std::string_view field, const v1::Person& person, const v1::Residence& spell);

// INVALID_ARGUMENT naming `field` if what begins on that day begins before the person was born.
Status CheckBorn(std::string_view field, const v1::Person& person, std::string_view from_date);

// The field of the person that the spell is at odds with: birth_date, after which it must begin, or
// death_date, by which it must end; empty if neither.
std::string_view AtOddsWithLife(const v1::Person& person, const v1::Residence& spell);

// Records a spell as known from now on, in the order of from_date; gives it an id if it has none,
// and today as register_date.
const v1::Residence& Record(v1::PersonRecord* record, v1::Residence spell, const Env& env);

// Why a version is superseded of a residence that has ended; an un-merge tells by it whose
// registration ended while two files were one.
inline constexpr char kEnded[] = "ended";

// Ends what is known of a spell, which must be known now, and returns it without the times at which
// it was known. `reason` says why in a word.
v1::Residence Supersede(v1::PersonRecord* record, const std::string& id, std::string_view reason,
                        const Env& env);

// Says of a known spell that it ended: supersedes it and records it with its end.
void End(v1::PersonRecord* record, const std::string& id, std::string_view to_date, const Env& env);

// Puts the revision of the commit into everything that this commit recorded, superseded or merged.
// The pipeline calls it when the revision is known; a second call changes nothing.
void StampRevision(v1::PersonRecord* record, int64_t revision);

// The spells as known at a revision (0 = now), the oldest first: those of one day, or all if `day`
// is empty. The answer for a revision that was committed never changes.
std::vector<v1::Residence> SpellsKnownAt(const v1::PersonRecord& record, int64_t revision,
                                         std::string_view day);

// The same with the versions that were superseded by then, which say so. Nor does this answer
// change: what became of a version later it does not say.
std::vector<v1::Residence> VersionsRecordedBy(const v1::PersonRecord& record, int64_t revision,
                                              std::string_view day);

// The number of the next fact of a file, as its id.
std::string NextId(v1::PersonRecord* record);

}  // namespace pingan::population
