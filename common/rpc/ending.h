// How every call ends, unary or stream: counted, timed, logged, and told in the wire's terms.
#pragma once

#include <utility>
#include <vector>

#include "common/rpc/admission.h"

namespace pingan::rpc {

// To be called once per call, also for one that was never admitted. The line says what is known of
// the call beside its method, caller and duration. Answers what is to be finished with.
grpc::Status Ended(const Parts& parts, const Method& method, Metrics::OfMethod* metrics,
                   const Admitted& admitted, CallLine line, const Status& status);

// While there is one, the unary calls that end on this thread are answered together, after their
// log lines, when it goes. For who ends many in a row without waiting in between: gRPC wakes
// threads for each answer that comes alone, and of many at once most find them awake.
class EndingTogether {
 public:
  EndingTogether();
  ~EndingTogether();
  EndingTogether(const EndingTogether&) = delete;

 private:
  friend void Finish(grpc::ServerUnaryReactor* reactor, grpc::Status status);

  EndingTogether* const outer_;
  LinesTogether lines_;
  std::vector<std::pair<grpc::ServerUnaryReactor*, grpc::Status>> ended_;
};

// Answers now, or with the others of this thread.
void Finish(grpc::ServerUnaryReactor* reactor, grpc::Status status);

}  // namespace pingan::rpc
