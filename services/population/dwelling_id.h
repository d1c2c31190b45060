// The id of another system's record on a dwelling: each is one dwelling's.
//
// The decisions of dwelling.h and import.h with what is on file. ALREADY_EXISTS (RESOURCE_EXISTS,
// metadata "name", field dwelling.external_id) if another dwelling of the caller's area has the id
// that is new to this one. That one elsewhere has it is not told.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

StatusOr<Decision<v1::DwellingRecord>> ComposeCreateDwelling(
    const v1::DwellingRecord& empty, const v1::CreateDwellingRequest& request, const Related& found,
    const Env& env);
StatusOr<Decision<v1::DwellingRecord>> ComposeUpdateDwelling(
    const v1::DwellingRecord& before, const v1::UpdateDwellingRequest& request,
    const Related& found, const Env& env);
StatusOr<Decision<v1::DwellingRecord>> ComposeImportDwelling(
    const v1::DwellingRecord& empty, const v1::ImportDwellingsRequest& request,
    const Related& found, const Env& env);

// The dwellings with the id that a request states.
Wanted WantedBy(const v1::DwellingRecord& empty, const v1::CreateDwellingRequest& request);
Wanted WantedBy(const v1::DwellingRecord& before, const v1::UpdateDwellingRequest& request);
Wanted WantedBy(const v1::DwellingRecord& empty, const v1::ImportDwellingsRequest& request);

}  // namespace pingan::population
