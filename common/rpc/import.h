// Import: a client stream of rows, each stored or refused by itself, resumable by row id.
#pragma once

#include "common/rpc/forms.h"
#include "common/rpc/stream_method.h"

namespace pingan::rpc {

// The response has rows_read, rows_stored, rows_known, rows_refused and refusals {row_id, field,
// problem}.
grpc::ServerReadReactor<grpc::ByteBuffer>* StartImport(const StreamMethod& stream, DecideFn decide,
                                                       grpc::CallbackServerContext* context,
                                                       grpc::ByteBuffer* response);

}  // namespace pingan::rpc
