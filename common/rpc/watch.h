// Watch: the event feed as a server stream, in order, without gaps, resumable.
#pragma once

#include <grpcpp/support/server_callback.h>

#include "common/rpc/forms.h"
#include "common/rpc/stream_method.h"

namespace pingan::rpc {

struct WatchFields {
  const google::protobuf::FieldDescriptor *area, *kinds, *from_revision;  // of the request
  const google::protobuf::FieldDescriptor *event, *revision;              // of an answer

  // INTERNAL if one is missing.
  static StatusOr<WatchFields> Of(const Shapes& shapes);
};

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartWatch(const StreamMethod& stream,
                                                       const WatchFields& fields,
                                                       grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer& body);

}  // namespace pingan::rpc
