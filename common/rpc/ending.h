// How every call ends, unary or stream: counted, timed, logged, and told in the wire's terms.
#pragma once

#include "common/rpc/admission.h"

namespace pingan::rpc {

// To be called once per call, also for one that was never admitted. The line says what is known of
// the call beside its method, caller and duration. Answers what is to be finished with.
grpc::Status Ended(const Parts& parts, const Method& method, Metrics::OfMethod* metrics,
                   const Admitted& admitted, CallLine line, const Status& status);

}  // namespace pingan::rpc
