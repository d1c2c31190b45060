#include "common/rpc/ending.h"

#include "common/rpc/wire_status.h"

namespace pingan::rpc {
namespace {

thread_local EndingTogether* together = nullptr;

}  // namespace

EndingTogether::EndingTogether() : outer_(std::exchange(together, this)) {}

EndingTogether::~EndingTogether() {
  together = outer_;
  lines_.Flush();
  for (auto& [reactor, status] : ended_) reactor->Finish(std::move(status));
}

void Finish(grpc::ServerUnaryReactor* reactor, grpc::Status status) {
  if (!together) return reactor->Finish(std::move(status));
  together->ended_.emplace_back(reactor, std::move(status));
}

grpc::Status Ended(const Parts& parts, const Method& method, Metrics::OfMethod* metrics,
                   const Admitted& admitted, CallLine line, const Status& status) {
  const double seconds = static_cast<double>(MonotonicMicros() - admitted.start_us) / 1e6;
  metrics->Ended(status.code(), seconds);
  line.method = method.short_name;
  line.milliseconds = seconds * 1000;
  line.trace = admitted.trace;
  if (admitted.caller) line.subject = admitted.caller->subject;
  parts.log->Call(line, status);
  if (parts.open->fetch_sub(1) == 1) parts.open->notify_all();
  return WireStatus(status, admitted.english);
}

}  // namespace pingan::rpc
