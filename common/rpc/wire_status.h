// The one place where a Status becomes what a gRPC client sees.
#pragma once

#include <grpcpp/support/status.h>

#include "common/base/status.h"

namespace pingan::rpc {

// google.rpc.Status with ErrorInfo{reason, domain "pingan"}, BadRequest, PreconditionFailure (one
// violation per action that is allowed now), RetryInfo and LocalizedMessage (zh-CN or en), in the
// trailer grpc-status-details-bin. A status without a Reason is a fault of ours: INTERNAL, with
// nothing of its text.
grpc::Status WireStatus(const Status& status, bool english);

// The inverse, for clients: code, message, reason and details of a status received.
Status FromWire(const grpc::Status& status);

}  // namespace pingan::rpc
