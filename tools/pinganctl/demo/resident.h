// Who lives in a synthetic city on its first day, as an old ledger has them: people of the place
// and people from elsewhere, with residences, jobs, permits and services of before.
#pragma once

#include "absl/time/civil_time.h"
#include "pingan/population/v1/population.pb.h"
#include "tools/pinganctl/demo/places.h"

namespace pingan::ctl {

// Person `number`, from 1; the same for the same seed, number and day, however many there are.
// `row_id` is "city-<seed>-<number>", the one external id "city:<seed>-<number>". The residence
// that is open, if there is one, is the last.
population::v1::ImportPersonsRequest Resident(const Places& places, uint64_t seed, int64_t number,
                                              absl::CivilDay today);

// The number in a resident's external id; 0 if it is none.
int64_t NumberOf(const population::v1::Person& person);

// Dwelling `number` of the city, `row_id` "home-<seed>-<number>".
population::v1::ImportDwellingsRequest Home(const Places& places, uint64_t seed, int64_t number);

}  // namespace pingan::ctl
