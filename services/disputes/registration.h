// How a case comes in: a new one, or one from an old ledger with its past.
#pragma once

#include <string>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::disputes {

// Registers a dispute with its first owner (assignment.h), its custody and its clocks; it has no
// name yet. INVALID_ARGUMENT naming the field: an area that does not exist or is not the caller's,
// and what NormaliseParticulars names. Scale, risk and people involved default to INDIVIDUAL,
// YELLOW and the parties.
StatusOr<Decision<v1::DisputeRecord>> DecideCreate(const v1::DisputeRecord& empty,
                                                   const v1::CreateDisputeRequest& request,
                                                   const Env& env);

// The sequence the case takes its number from: "<county>-<year of registration in Shanghai>"; that
// of `now` if it is not registered yet.
std::string SequenceOf(const v1::DisputeRecord& record, absl::Time now);

// Names a registered case: `disputes/<county>-<year>-<6 digits>`.
void Number(v1::DisputeRecord* record, int64_t serial);

// Puts what both ways in have in common on a record: party ids, level, first owner, versions.
// `dispute` has been checked.
void Register(v1::DisputeRecord* record, absl::Time at, const Env& env);

// NOT_FOUND is not said of an area: INVALID_ARGUMENT (dispute.area), alike for absent and not the
// caller's.
Status CheckArea(const v1::Dispute& dispute, const Env& env);

}  // namespace pingan::disputes
