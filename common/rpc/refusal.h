// How a call is refused by overload before anything is known or spent of it.
//
// Under overload most calls end here, so what is done here is what overload costs: the answers are
// built once, the call is counted but not timed, and one line in `sample` is logged.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "common/rpc/parts.h"

namespace pingan::rpc {

// Overloaded as it goes over the wire, for a time that WorkerPool tells.
const grpc::Status& OverloadedOnWire(int retry_ms, bool english);

// Ends the call so; what its method is to return.
grpc::ServerUnaryReactor* RefuseOnArrival(const Parts& parts, const Method& method,
                                          Metrics::OfMethod* metrics,
                                          grpc::CallbackServerContext* context);

}  // namespace pingan::rpc
