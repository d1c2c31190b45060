// A dwelling (实有房屋, 出租房): its particulars, the hazards found and mended, and how many live
// there.
//
// Every decision on one: NOT_FOUND out of scope, INVALID_ARGUMENT naming the field.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "common/identifier/citizen_id.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// Registers a dwelling; it has no name yet. An area that does not exist or is not the caller's is
// INVALID_ARGUMENT (dwelling.area), alike for both.
StatusOr<Decision<v1::DwellingRecord>> DecideCreateDwelling(
    const v1::DwellingRecord& empty, const v1::CreateDwellingRequest& request, const Env& env);

// Changes the fields in update_mask: address, use, rent_purposes, floor_area_m2, rooms,
// permitted_occupants, owner, external_id, grid; another is FIELD_UNKNOWN.
StatusOr<Decision<v1::DwellingRecord>> DecideUpdateDwelling(
    const v1::DwellingRecord& before, const v1::UpdateDwellingRequest& request, const Env& env);

StatusOr<Decision<v1::DwellingRecord>> DecideRecordHazard(const v1::DwellingRecord& before,
                                                          const v1::RecordHazardRequest& request,
                                                          const Env& env);

// INVALID_ARGUMENT (hazard): no such open one.
StatusOr<Decision<v1::DwellingRecord>> DecideRectifyHazard(const v1::DwellingRecord& before,
                                                           const v1::RectifyHazardRequest& request,
                                                           const Env& env);

StatusOr<Decision<v1::DwellingRecord>> DecideVerifyDwelling(
    const v1::DwellingRecord& before, const v1::VerifyDwellingRequest& request, const Env& env);

// By how many the occupants of which dwellings change with a write on a person: who has an open
// spell there after it or not, less who had. Dwellings without change are left out. Either side may
// be a record that does not exist yet (empty).
std::map<std::string, int> OccupancyChanges(const v1::PersonRecord& before,
                                            const v1::PersonRecord& after);

// Counts them in: "dwelling.occupied", and with the first above the permitted number
// "dwelling.over_occupied", with the last of them leaving "dwelling.relieved". Written in the same
// commit as the person. Always OK; asks nothing of the caller.
StatusOr<Decision<v1::DwellingRecord>> DecideOccupancy(const v1::DwellingRecord& before, int change,
                                                       const Env& env);

// INVALID_ARGUMENT naming `field`: a stated residence names a dwelling of another area.
Status CheckDwellingOf(std::string_view field, const v1::Residence& spell,
                       const v1::DwellingRecord& dwelling);

// The sequence a new dwelling takes its number from, and its naming:
// `dwellings/<county>-<8 digits>`.
std::string SequenceOf(const v1::DwellingRecord& record);
void Number(v1::DwellingRecord* record, int64_t serial);

// Checks and normalises what is stated; also for imports.
Status NormaliseDwelling(v1::Dwelling* dwelling, identifier::CitizenIdForm form, const Env& env);

// The end of every decision: whether it is over-occupied, and when the next look is due.
Decision<v1::DwellingRecord> SettleDwelling(v1::DwellingRecord after,
                                            std::vector<std::string> events, const Env& env);

}  // namespace pingan::population
