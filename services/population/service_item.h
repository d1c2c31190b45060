// The services a person is owed (落户、就业、居住、就医、子女入学): asked for, accepted, delivered
// or denied with the reason. By the share delivered and on time a city is judged (statistics.h).
//
// The limit counts working days from the request (limits.h). Every decision: NOT_FOUND out of
// scope, ACTION_NOT_ALLOWED if state or content do not allow it, INVALID_ARGUMENT (item) if there
// is no such item or it is in another state.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// INVALID_ARGUMENT (item.kind); LIMIT_REACHED at 200; ALREADY_EXISTS (RESOURCE_EXISTS) while one of
// the kind is open.
StatusOr<Decision<v1::PersonRecord>> DecideRequestService(const v1::PersonRecord& before,
                                                          const v1::RequestServiceRequest& request,
                                                          const Env& env);

StatusOr<Decision<v1::PersonRecord>> DecideAcceptService(const v1::PersonRecord& before,
                                                         const v1::AcceptServiceRequest& request,
                                                         const Env& env);

StatusOr<Decision<v1::PersonRecord>> DecideDeliverService(const v1::PersonRecord& before,
                                                          const v1::DeliverServiceRequest& request,
                                                          const Env& env);

StatusOr<Decision<v1::PersonRecord>> DecideDenyService(const v1::PersonRecord& before,
                                                       const v1::DenyServiceRequest& request,
                                                       const Env& env);

}  // namespace pingan::population
