// A move between areas, in two steps: one side offers, the other accepts.
//
// Until then the old registration is the active one; with the acceptance the old spell ends and the
// new one begins on the same day in one commit. There are never two, whatever races: both sides
// write the one file. Offers not answered in MoveDays are gone.
//
// The leaving side offers what it has. The receiving side may claim a file that it cannot see, with
// the person's identity document in hand: the leaving side answers. The side that answers sees the
// file from the offer on.
//
// Every decision: ACTION_NOT_ALLOWED if state or content do not allow it; NOT_FOUND for the side
// that is not asked.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// By the leaving side. INVALID_ARGUMENT (to_area): unknown, or the area it is in.
StatusOr<Decision<v1::PersonRecord>> DecideOfferMove(const v1::PersonRecord& before,
                                                     const v1::OfferMoveRequest& request,
                                                     const Env& env);

// What is wrong with a claim whatever the file says. NOT_FOUND if the arrival's area is not the
// caller's; INVALID_ARGUMENT as CheckSpell, below "arrival", unless it is MAIN and open.
Status CheckClaim(const v1::ClaimMoveRequest& request, const Env& env);

// By the receiving side. As CheckClaim; then NOT_FOUND if the file has another document, or it is
// another area's and does not go on, before anything is said of it; INVALID_ARGUMENT
// (arrival.from_date) from a day before the open residence began.
// Who has LEFT is registered at once: no area has the person, so none answers.
StatusOr<Decision<v1::PersonRecord>> DecideClaimMove(const v1::PersonRecord& before,
                                                     const v1::ClaimMoveRequest& request,
                                                     const Env& env);

// By the side that did not offer. The arrival lies in to_area; INVALID_ARGUMENT (arrival): sent to
// a claim, or not sent to an offer. FAILED_PRECONDITION (WINDOW_CLOSED) after expire_time.
StatusOr<Decision<v1::PersonRecord>> DecideAcceptMove(const v1::PersonRecord& before,
                                                      const v1::AcceptMoveRequest& request,
                                                      const Env& env);

// By the side that did not offer.
StatusOr<Decision<v1::PersonRecord>> DecideRejectMove(const v1::PersonRecord& before,
                                                      const v1::RejectMoveRequest& request,
                                                      const Env& env);

// By the side that offered.
StatusOr<Decision<v1::PersonRecord>> DecideRevokeMove(const v1::PersonRecord& before,
                                                      const v1::RevokeMoveRequest& request,
                                                      const Env& env);

}  // namespace pingan::population
