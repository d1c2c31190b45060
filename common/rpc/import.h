// Import: a client stream of rows, each stored or refused by itself, resumable by row id.
//
// A row id means something within the area of the importer's token: there a row that was stored is
// known when it is sent again, whoever sends it, and refused (REQUEST_ID_REUSED) if it says
// something else. To an importer of any other area it is new.
#pragma once

#include "common/rpc/forms.h"
#include "common/rpc/stream_method.h"

namespace pingan::rpc {

struct ImportFields {
  using Field = const google::protobuf::FieldDescriptor*;

  Field row_id, dry_run;                              // of a row
  Field read, stored, known, refused;                 // of the answer: rows_read, ...
  Field refusals;                                     // told by
  Field refused_row, refused_field, problem, reason;  // row_id, field, problem and reason

  // INTERNAL if one is missing.
  static StatusOr<ImportFields> Of(const Shapes& shapes);
};

// A row that cannot be taken is refused in the answer under its id; the stream ends with
// BODY_TOO_LARGE if such a row is too large and cannot be read either.
grpc::ServerReadReactor<grpc::ByteBuffer>* StartImport(
    const StreamMethod& stream, const Table& table, const ImportFields& fields,
    const WriteRules& rules, grpc::CallbackServerContext* context, grpc::ByteBuffer* response);

}  // namespace pingan::rpc
