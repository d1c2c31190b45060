#include "tests/bench/drive.h"

#include <grpcpp/support/status.h>
#include <poll.h>

#include <algorithm>
#include <memory>
#include <queue>
#include <random>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/rpc/wire_status.h"
#include "common/testing/h2_client.h"

namespace pingan::bench {
namespace {

using testing::H2Client;

constexpr int kBurst = 64;
constexpr int64_t kDeadlineUs = 1'000'000, kPauseUs = 100'000;

struct Call {
  std::string request;
  int64_t due_us;
  int tries;
  rpc::Throttle* throttle = nullptr;
};

struct Retry {
  int64_t at_us;
  Call call;
  bool operator<(const Retry& other) const { return at_us > other.at_us; }
};

struct Expiry {
  int64_t at_us;
  uint64_t id;
  H2Client* client;
  int32_t stream;
  bool operator<(const Expiry& other) const { return at_us > other.at_us; }
};

class Driver {
 public:
  explicit Driver(const Load& load) : load_(load) {
    for (int i = 0; i < load.connections; ++i) {
      clients_.push_back(std::make_unique<H2Client>(
          load.target, load.method, load.token,
          [this](uint64_t id, int code, std::string details) { End(id, code, details); }));
    }
  }

  Tally Run() {
    const int64_t start = MonotonicMicros();
    from_us_ = start + static_cast<int64_t>(load_.warm_up * 1e6);
    to_us_ = from_us_ + static_cast<int64_t>(load_.seconds * 1e6);
    next_us_ = start;
    for (int64_t now = start; now < to_us_ || !calls_.empty(); now = MonotonicMicros()) {
      Expire(now);
      if (now < to_us_) Begin(now);
      Exchange();
    }
    tally_.per_second = static_cast<double>(tally_.codes[0]) / load_.seconds;
    tally_.offered_per_second /= load_.seconds;
    tally_.sent_per_second /= load_.seconds;
    return std::move(tally_);
  }

 private:
  bool Measured(int64_t now) const { return now >= from_us_ && now < to_us_; }
  bool MayBegin() const { return static_cast<int>(calls_.size()) < load_.outstanding; }

  void Begin(int64_t now) {
    while (!retries_.empty() && retries_.top().at_us <= now && MayBegin()) {
      Call call = retries_.top().call;
      retries_.pop();
      Start(std::move(call), now);
    }
    for (int i = 0; i < kBurst && MayBegin() && (load_.rate == 0 || next_us_ <= now); ++i) {
      Start({load_.next(), load_.rate > 0 ? next_us_ : MonotonicMicros(), 0}, now);
      if (load_.rate > 0) next_us_ += static_cast<int64_t>(1e6 / load_.rate);
    }
  }

  void Start(Call call, int64_t now) {
    const size_t connection = ++started_ % clients_.size();
    call.throttle = load_.throttles ? &(*load_.throttles)[connection] : nullptr;
    if (Measured(now)) ++tally_.offered_per_second;
    if (call.throttle && !call.throttle->Send(now)) {
      if (Measured(now)) ++tally_.codes[grpc::RESOURCE_EXHAUSTED];
      return Again(call, call.throttle->retry_ms(), now);
    }
    const int64_t end_us = call.due_us + kDeadlineUs;
    H2Client* client = clients_[connection].get();
    const std::string left = absl::StrCat(std::max<int64_t>((end_us - now) / 1000, 1), "m");
    expiries_.push({end_us, started_, client, client->Start(started_, call.request, left)});
    calls_.emplace(started_, std::move(call));
    if (Measured(now)) ++tally_.sent_per_second;
  }

  // Whoever waits no longer than the deadline gives up then.
  void Expire(int64_t now) {
    for (; !expiries_.empty() &&
           (expiries_.top().at_us <= now || !calls_.contains(expiries_.top().id));
         expiries_.pop()) {
      if (calls_.contains(expiries_.top().id))
        expiries_.top().client->Cancel(expiries_.top().stream);
    }
  }

  // Sends what waits and takes what has come, waiting a moment when there is neither.
  void Exchange() {
    std::vector<pollfd> sockets;
    for (const auto& client : clients_) {
      client->Send();
      const short wanted = client->wants_to_send() ? POLLIN | POLLOUT : POLLIN;
      sockets.push_back({client->socket(), wanted, 0});
    }
    poll(sockets.data(), sockets.size(), 1);
    for (size_t i = 0; i < sockets.size(); ++i) {
      if (sockets[i].revents & ~POLLOUT) clients_[i]->Receive();
    }
  }

  void End(uint64_t id, int code, const std::string& details) {
    const auto ended = calls_.extract(id);
    const Call& call = ended.mapped();
    const int64_t now = MonotonicMicros();
    if (code == grpc::CANCELLED) code = grpc::DEADLINE_EXCEEDED;
    if (code == grpc::OK) ++tally_.acknowledged;
    if (Measured(now)) {
      ++tally_.codes[code];
      if (code == grpc::OK) {
        tally_.milliseconds.push_back(static_cast<double>(now - call.due_us) / 1e3);
      } else if (code != grpc::DEADLINE_EXCEEDED && details.empty()) {
        ++tally_.untyped;
      }
    }
    if (code == grpc::OK && call.throttle) call.throttle->Taken(now);
    if (code == grpc::RESOURCE_EXHAUSTED) Refused(call, details, now);
  }

  void Refused(const Call& call, const std::string& details, int64_t now) {
    const Status refusal = rpc::FromWire(grpc::Status(grpc::RESOURCE_EXHAUSTED, "", details));
    const int told_ms = DetailsOf(refusal).retry_after_ms;
    ++tally_.refused;
    tally_.refusal = details;
    if (call.throttle) call.throttle->Refused(now, told_ms);
    Again(call, told_ms, now);
  }

  // As rpc::Client: not before the server says, and not beyond the deadline of the whole call.
  void Again(const Call& call, int told_ms, int64_t now) {
    if (call.tries >= load_.retries) return;
    const int64_t told_us = int64_t{told_ms} * 1000;
    const int64_t pause = std::max(kPauseUs << call.tries, told_us);
    const int64_t at_us = now + pause + static_cast<int64_t>(random_() % (pause / 2));
    if (at_us < call.due_us + kDeadlineUs)
      retries_.push({at_us, {call.request, call.due_us, call.tries + 1}});
  }

  const Load& load_;
  std::vector<std::unique_ptr<H2Client>> clients_;
  std::unordered_map<uint64_t, Call> calls_;  // in flight
  std::priority_queue<Expiry> expiries_;
  std::priority_queue<Retry> retries_;
  std::mt19937_64 random_{1};
  Tally tally_;
  int64_t from_us_ = 0, to_us_ = 0, next_us_ = 0;
  uint64_t started_ = 0;
};

}  // namespace

Tally Drive(const Load& load) {
  return Driver(load).Run();
}

}  // namespace pingan::bench
