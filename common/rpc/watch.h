// Watch: the event feed as a server stream, in order, without gaps, resumable.
#pragma once

#include <grpcpp/support/server_callback.h>

#include "common/rpc/call.h"
#include "common/rpc/forms.h"

namespace pingan::rpc {

// What a stream is started with. All outlive it.
struct StreamMethod {
  const Parts& parts;
  const Table& table;
  const Method& method;
  Metrics::OfMethod* metrics;
  const Message& request;
  const Message& response;
};

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartWatch(const StreamMethod& stream,
                                                       grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer& body);

}  // namespace pingan::rpc
