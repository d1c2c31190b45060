// Who lived where, both ways: from a person to addresses and from an address to people, on a day,
// as known now or at a past revision. The answers for a committed revision never change.
#pragma once

#include <string_view>
#include <vector>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// The answer of GetResidences, for whoever sees the file, which says the same: also the side that a
// move is offered to. INVALID_ARGUMENT (on_date).
StatusOr<v1::GetResidencesResponse> ReadResidences(const v1::PersonRecord& record,
                                                   const v1::GetResidencesRequest& request,
                                                   const Env& env);

// The spells of one file in a dwelling, as rows of ListResidents; `day` empty = ever, revision 0 =
// now. A file says nothing of the revisions at which another spoke for it.
std::vector<v1::Resident> ResidentsOf(const v1::PersonRecord& record, std::string_view dwelling,
                                      std::string_view day, int64_t revision);

}  // namespace pingan::population
