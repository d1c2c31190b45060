// A file of an old ledger comes in with its past.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// Takes a whole file as the ledger has it: particulars, residences, employments, permit, services,
// state. Identity numbers may have 15 digits and are kept with 18. What the ledger lacks is filled
// in: ids, register_date (from_date), ACTIVE or LEFT by the residences, and the time of the import
// as that of the last look. Relations, moves, duties and merges are not taken; reports of old facts
// are nobody's duty any more.
//
// INVALID_ARGUMENT naming the field below "person.": what creating names; spells that overlap or
// lie outside the caller's scope, an open MAIN one outside person.area; a day in the future or
// before the one it must follow; a permit that the rules could not have led to (permit_past.h).
StatusOr<Decision<v1::PersonRecord>> DecideImport(const v1::ImportPersonsRequest& request,
                                                  const Env& env);

// A dwelling as on create, with its hazards; occupants are counted by the residences that name it.
StatusOr<Decision<v1::DwellingRecord>> DecideImportDwelling(
    const v1::ImportDwellingsRequest& request, const Env& env);

}  // namespace pingan::population
