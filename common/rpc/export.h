// Export: all records of an area as a server stream, in the order of their creation.
//
// It is read page by page, and a page follows when the one before has been written, so a slow
// reader holds up nobody. A file is as it was at the stream's revision or later; what changed after
// that is in the feed. A revealing stream notes each page before it goes out.
#pragma once

#include <grpcpp/support/server_callback.h>

#include "common/rpc/forms.h"
#include "common/rpc/stream_method.h"

namespace pingan::rpc {

struct ExportFields {
  const google::protobuf::FieldDescriptor *area, *filter, *after;    // of the request
  const google::protobuf::FieldDescriptor *resource, *as_of, *next;  // of an answer

  // INTERNAL if one is missing.
  static StatusOr<ExportFields> Of(const Shapes& shapes);
};

// The records of the table have a column and order `create_time`. Errors: as of a list;
// INVALID_ARGUMENT (PAGE_TOKEN_INVALID, field after) for anything but what an answer to the same
// request said; UNAUTHENTICATED (TOKEN_EXPIRED), DEADLINE_EXCEEDED, UNAVAILABLE (DRAINING) in the
// middle: `after` resumes behind an answer, wherever the record of that is meanwhile.
grpc::ServerWriteReactor<grpc::ByteBuffer>* StartExport(const StreamMethod& stream,
                                                        const Table& table,
                                                        const ExportFields& fields,
                                                        grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer& body);

}  // namespace pingan::rpc
