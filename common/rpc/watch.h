// Watch: the event feed as a server stream, in order, without gaps, resumable.
#pragma once

#include <grpcpp/support/server_callback.h>

#include "common/rpc/stream_method.h"

namespace pingan::rpc {

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartWatch(const StreamMethod& stream,
                                                       grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer& body);

}  // namespace pingan::rpc
