// Where a person lives: the spells that begin, change, end and are corrected (居住登记).
//
// 户口登记条例 art. 15: who stays in another city for three days or more registers. There is at
// most one open MAIN spell, the active registration; between areas it goes over by a move (move.h)
// and no other way.
//
// Every decision: NOT_FOUND out of scope, ACTION_NOT_ALLOWED if state or content do not allow it,
// INVALID_ARGUMENT naming the field below "residence.".
#pragma once

#include <string_view>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// Begins a spell, in the caller's scope. A MAIN one only where none is open: ACTION_NOT_ALLOWED. In
// an area other than that of the last MAIN spell the file's area becomes the new one. Who had LEFT
// is ACTIVE.
StatusOr<Decision<v1::PersonRecord>> DecideRegisterResidence(
    const v1::PersonRecord& before, const v1::RegisterResidenceRequest& request, const Env& env);

// Ends the open MAIN spell on the day the next begins; INVALID_ARGUMENT (residence.area) in another
// area. The person owes the report of the change in 10 days, and landlords theirs (duty.h).
StatusOr<Decision<v1::PersonRecord>> DecideChangeResidence(
    const v1::PersonRecord& before, const v1::ChangeResidenceRequest& request, const Env& env);

// Ends an open spell; with the MAIN one the person has LEFT.
StatusOr<Decision<v1::PersonRecord>> DecideEndResidence(const v1::PersonRecord& before,
                                                        const v1::EndResidenceRequest& request,
                                                        const Env& env);

// Supersedes what was known of a spell, and unless retracted records what it was; INVALID_ARGUMENT
// (residence.area): another one, out of scope. What was owed of a retracted one is not. An open
// MAIN spell can be corrected within its area; it is neither opened nor ended nor retracted this
// way, for that is leaving or moving.
StatusOr<Decision<v1::PersonRecord>> DecideCorrectResidence(
    const v1::PersonRecord& before, const v1::CorrectResidenceRequest& request, const Env& env);

// Checks a stated spell below `field`: kind, place (township or village, valid today), days that
// exist and are not in the future, an end after the beginning, codes. Nothing of overlaps.
Status CheckSpell(std::string_view field, const v1::Residence& spell, const Env& env);

// Records a spell that was checked and begins without ending another: the person is ACTIVE from an
// open MAIN one on. Says who owes which report of it. INVALID_ARGUMENT (<field>.from_date): before
// the birth, or it overlaps; LIMIT_REACHED at 200 residences.
Status Begin(v1::PersonRecord* record, const v1::Residence& spell, std::string_view field,
             const Env& env);

// Ends the open MAIN spell where `next` begins and records `next` as MAIN; `next` was checked. Says
// who owes which report of it.
Status Succeed(v1::PersonRecord* record, v1::Residence next, std::string_view field,
               const Env& env);

// The stated part of a spell: what a caller must not set is cleared.
v1::Residence AsStated(v1::Residence spell);

}  // namespace pingan::population
