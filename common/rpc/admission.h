// The first steps of every call: who is it, may it, has it time. No I/O and no look at the body.
#pragma once

#include <grpcpp/server_context.h>

#include <memory>
#include <string>

#include "common/rpc/method.h"
#include "common/rpc/parts.h"
#include "common/rpc/trace.h"

namespace pingan::rpc {

// What is known of a call before its body is read.
struct Admitted {
  std::shared_ptr<const auth::Caller> caller;
  std::string purpose;   // stated in `x-purpose`; checked
  bool reveal = false;   // may see sensitive fields: permission and purpose
  std::string trace;     // the id of `traceparent`, which the answer's end repeats; empty = none
  bool english = false;  // `accept-language` asks for it
  absl::Time deadline;
  int64_t start_us = 0;  // monotonic

  // The time of the call: the server's, or the development clock's.
  absl::Time now;
};

// Fills `admitted` also when the answer is a refusal (for the log). UNAUTHENTICATED,
// PERMISSION_DENIED, RESOURCE_EXHAUSTED (QUOTA_EXCEEDED), DEADLINE_EXCEEDED (DEADLINE_PASSED).
Status Admit(const Parts& parts, const Method& method, grpc::CallbackServerContext& context,
             Admitted* admitted);

// Whether the caller may read records of the table, whichever method shows them.
bool MayGet(const Parts& parts, const auth::Caller& caller, const Table& table);

// Of a method for records of several tables, once it is known of which: PERMISSION_DENIED
// (PERMISSION_MISSING) unless the caller may read such a record. What the call reveals is up to
// that record's permission from here on, no more to the method's.
Status AdmitTo(const Parts& parts, const Table& table, Admitted* admitted);

// Of a stream, while it goes on: UNAUTHENTICATED once its token has expired or is not believed any
// more (a revocation, a key that went), DEADLINE_EXCEEDED (DEADLINE_PASSED) after its deadline.
// Some 100 ns.
Status StillAdmitted(const Parts& parts, const grpc::CallbackServerContext& context,
                     const Admitted& admitted);

// Whether the call's `accept-language` asks for English (language.h).
bool WantsEnglish(const grpc::CallbackServerContext& context);

// UNAVAILABLE (DRAINING) with the time after which to come back.
Status Draining();

// Whether the caller may see personal data in this call. PERMISSION_DENIED (PURPOSE_MISSING,
// PERMISSION_MISSING).
Status CheckReveal(const Admitted& admitted);

// RESOURCE_EXHAUSTED (OVERLOADED) with the time after which to come back.
Status Overloaded(int retry_ms);

}  // namespace pingan::rpc
