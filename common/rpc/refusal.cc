#include "common/rpc/refusal.h"

#include <algorithm>
#include <array>

#include "common/rpc/admission.h"
#include "common/rpc/wire_status.h"

namespace pingan::rpc {
namespace {

using OfLanguage = std::array<grpc::Status, WorkerPool::kRetrySteps>;

OfLanguage Build(bool english) {
  OfLanguage statuses;
  for (int i = 0; i < WorkerPool::kRetrySteps; ++i) {
    statuses[i] = WireStatus(Overloaded((i + 1) * WorkerPool::kRetryStepMs), english);
  }
  return statuses;
}

}  // namespace

const grpc::Status& OverloadedOnWire(int retry_ms, bool english) {
  static const OfLanguage chinese = Build(false), in_english = Build(true);
  const int step = std::clamp(retry_ms / WorkerPool::kRetryStepMs, 1, WorkerPool::kRetrySteps);
  return (english ? in_english : chinese)[step - 1];
}

grpc::ServerUnaryReactor* RefuseOnArrival(const Parts& parts, const Method& method,
                                          Metrics::OfMethod* metrics,
                                          grpc::CallbackServerContext* context) {
  const int retry_ms = parts.workers->RetryMs();
  metrics->Count(absl::StatusCode::kResourceExhausted);
  if (parts.log->Sampled()) {
    parts.log->Sample({.method = method.short_name, .write = method.rule.writes()},
                      Overloaded(retry_ms));
  }
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(OverloadedOnWire(retry_ms, WantsEnglish(*context)));
  return reactor;
}

}  // namespace pingan::rpc
