#include "tests/bench/drive.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <memory>
#include <queue>
#include <random>

#include "common/base/clock.h"
#include "common/rpc/wire_status.h"

namespace pingan::bench {
namespace {

constexpr int kChannels = 4, kBurst = 64;
constexpr int64_t kDeadlineUs = 1'000'000, kPauseUs = 100'000;

std::chrono::system_clock::time_point In(int64_t us) {
  return std::chrono::system_clock::now() + std::chrono::microseconds(us);
}

struct Call {
  grpc::ClientContext context;
  grpc::ByteBuffer request, reply;
  grpc::Status status;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  int64_t due_us = 0;
  int tries = 0;
};

struct Retry {
  int64_t at_us;
  int64_t due_us;
  grpc::ByteBuffer request;
  int tries;
  bool operator<(const Retry& other) const { return at_us > other.at_us; }
};

class Driver {
 public:
  explicit Driver(const Load& load) : load_(load) {
    for (int i = 0; i < kChannels; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      stubs_.push_back(std::make_unique<grpc::GenericStub>(
          grpc::CreateCustomChannel(load.target, grpc::InsecureChannelCredentials(), arguments)));
    }
  }

  Tally Run() {
    const int64_t start = MonotonicMicros();
    from_us_ = start + static_cast<int64_t>(load_.warm_up * 1e6);
    to_us_ = from_us_ + static_cast<int64_t>(load_.seconds * 1e6);
    next_us_ = start;
    for (int64_t now = start; now < to_us_ || in_flight_ > 0; now = MonotonicMicros()) {
      if (now < to_us_) Begin(now);
      void* tag = nullptr;
      bool ok = false;
      // Everything that has ended, so that a burst of beginnings never delays what is measured.
      auto until = In(load_.rate > 0 ? 1000 : 100'000);
      for (; queue_.AsyncNext(&tag, &ok, until) == grpc::CompletionQueue::GOT_EVENT;
           until = In(0)) {
        End(std::unique_ptr<Call>(static_cast<Call*>(tag)));
      }
    }
    tally_.per_second = static_cast<double>(tally_.codes[0]) / load_.seconds;
    tally_.offered_per_second /= load_.seconds;
    return std::move(tally_);
  }

 private:
  bool Measured(int64_t now) const { return now >= from_us_ && now < to_us_; }

  void Begin(int64_t now) {
    for (; !retries_.empty() && retries_.top().at_us <= now && in_flight_ < load_.outstanding;
         retries_.pop()) {
      Start(retries_.top().request, retries_.top().due_us, retries_.top().tries, now);
    }
    for (int i = 0;
         i < kBurst && in_flight_ < load_.outstanding && (load_.rate == 0 || next_us_ <= now);
         ++i) {
      const grpc::Slice slice(load_.next());
      Start(grpc::ByteBuffer(&slice, 1), load_.rate > 0 ? next_us_ : MonotonicMicros(), 0, now);
      if (load_.rate > 0) next_us_ += static_cast<int64_t>(1e6 / load_.rate);
    }
  }

  void Start(const grpc::ByteBuffer& request, int64_t due_us, int tries, int64_t now) {
    auto* call = new Call{.request = request, .due_us = due_us, .tries = tries};
    call->context.AddMetadata("authorization", "Bearer " + load_.token);
    call->context.set_deadline(In(due_us + kDeadlineUs - now));
    call->reader = stubs_[++started_ % kChannels]->PrepareUnaryCall(&call->context, load_.method,
                                                                    call->request, &queue_);
    call->reader->StartCall();
    call->reader->Finish(&call->reply, &call->status, call);
    ++in_flight_;
    if (Measured(now)) ++tally_.offered_per_second;
  }

  void End(std::unique_ptr<Call> call) {
    --in_flight_;
    const int64_t now = MonotonicMicros();
    const grpc::StatusCode code = call->status.error_code();
    if (code == grpc::StatusCode::OK) ++tally_.acknowledged;
    if (Measured(now)) {
      ++tally_.codes[code];
      if (code == grpc::StatusCode::OK) {
        tally_.milliseconds.push_back(static_cast<double>(now - call->due_us) / 1e3);
      } else if (code != grpc::StatusCode::DEADLINE_EXCEEDED &&
                 call->status.error_details().empty()) {
        ++tally_.untyped;
      }
    }
    if (code == grpc::StatusCode::RESOURCE_EXHAUSTED && call->tries < load_.retries) {
      // As rpc::Client: not before the server says, and not beyond the deadline of the whole call.
      const int64_t told_us = int64_t{DetailsOf(rpc::FromWire(call->status)).retry_after_ms} * 1000;
      const int64_t pause = std::max(kPauseUs << call->tries, told_us);
      const int64_t at_us = now + pause + static_cast<int64_t>(random_() % (pause / 2));
      if (at_us < call->due_us + kDeadlineUs)
        retries_.push({at_us, call->due_us, call->request, call->tries + 1});
    }
  }

  const Load& load_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  std::priority_queue<Retry> retries_;
  std::mt19937_64 random_{1};
  Tally tally_;
  int64_t from_us_ = 0, to_us_ = 0, next_us_ = 0;
  int in_flight_ = 0;
  uint64_t started_ = 0;
};

}  // namespace

Tally Drive(const Load& load) {
  return Driver(load).Run();
}

}  // namespace pingan::bench
