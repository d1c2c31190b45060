// The field rules of the protos, applied to a request (limits) and to an answer (masking).
//
// Both are compiled once per message type into a plan, so that a call walks only the fields that
// have a rule.
#pragma once

#include <google/protobuf/message.h>

#include "common/base/status.h"

namespace pingan::rpc {

// OK, or INVALID_ARGUMENT naming every field that breaks its rule (at most 20), by path:
// "dispute.parties[1].phone". Unknown fields are refused (FIELD_UNKNOWN): a client that sends a
// field this server does not know would otherwise believe it was stored. Fields marked output_only
// are cleared, whatever was sent. A Timestamp must be one of the years 1 to 9998, with 0 to
// 999,999,999 nanos: its JSON form can say no more than 9999, and deadlines are counted from it.
// Required text and an item of a list are not blank. Text holds no character that nobody sees
// (control and zero-width characters, fillers, marks that turn the direction of writing), but for
// line ends, tabs and the selectors of emoji where it may have 500 characters or more. What is
// `open`, and every request_id and row_id, has no identity or telephone number in it: it stands in
// logs and rows as it is. Sensitive text is no mask (mask.h): what was only shown masked is not
// what somebody means to say. An update mask names at least one field, each once.
Status Validate(google::protobuf::Message* request);

// Parses and validates in one step. In the resource of an update a sensitive field may hold a mask,
// also against its pattern: it may be one that comes back. Whoever knows what is stored takes the
// masks out (unmask.h) and validates again. BODY_UNREADABLE for bytes that are not such a
// message, or hold invalid UTF-8, or are nested too deep.
Status ParseRequest(std::string_view bytes, google::protobuf::Message* request);

}  // namespace pingan::rpc
