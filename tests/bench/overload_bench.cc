// overload, overload_unthrottled: ten times the load the server can carry, from clients that try
// again; the calls answered in time against the most it answers. Server on core 0. Pages of a list
// are asked for, because they cost the server enough that one client can ask for ten times too
// many.
#include <grpcpp/support/status.h>

#include <algorithm>
#include <thread>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/base/clock.h"
#include "tests/bench/benches.h"
#include "tests/bench/cases.h"
#include "tests/bench/drive.h"
#include "tests/bench/lab.h"

namespace pingan::bench {
namespace {

constexpr double kTimes = 10, kRecoverySecondsMax = 5;
constexpr double kMost = 0.9;  // of the calls
constexpr int kDisputes = 2000;

class Overloaded {
 public:
  explicit Overloaded(bool throttled)
      : throttled_(throttled), server_("sqlite:" + files_.path() + "/disputes.db", 0) {
    Cases cases(25);
    int left = kDisputes;
    Load create = {.target = server_.target(),
                   .token = server_.Token("city_officer"),
                   .method = "/pingan.disputes.v1.Disputes/CreateDispute",
                   .next = [&] { return cases.Create().SerializeAsString(); },
                   .warm_up = 0,
                   .seconds = 1};
    for (; left > 0; left -= static_cast<int>(Drive(create).acknowledged)) {
    }
    list_ = {.target = server_.target(),
             .token = create.token,
             .method = "/pingan.disputes.v1.Disputes/ListDisputes",
             .next = [] { return std::string(); }};
    disputes::v1::ListDisputesRequest request;
    request.set_order_by("create_time");
    list_.next = [body = request.SerializeAsString()] { return body; };
    Peak();
  }

  Sample Peak() {
    const double cpu = server_.process().CpuSeconds();
    list_.rate = 0;
    list_.retries = 0;
    list_.throttles = nullptr;
    list_.outstanding = 32;
    list_.seconds = 3;
    const Tally tally = Drive(list_);
    peak_ = tally.per_second;
    peak_p99_ = Quantile(tally.milliseconds, 0.99);
    const double used = server_.process().CpuSeconds() - cpu;
    page_us_ = used * 1e6 / static_cast<double>(tally.acknowledged);
    return {.value = peak_, .per_cpu = static_cast<double>(tally.acknowledged) / used};
  }

  Sample Goodput() {
    calm_ms_ = Quantile(Offer(peak_ / 2, 0, 1).milliseconds, kMost);
    const double cpu = server_.process().CpuSeconds();
    Tally tally = Offer(kTimes * peak_, 3, 4);
    const double used = server_.process().CpuSeconds() - cpu;
    if (tally.milliseconds.empty()) tally.milliseconds.push_back(0);
    Log(absl::StrFormat(
        "    asked for %.0f a second (%.1f times the peak), %.0f of them sent; ended by code %s; "
        "%d "
        "refused without details; p99 %.1f ms, at the peak %.1f ms",
        tally.offered_per_second, tally.offered_per_second / peak_, tally.sent_per_second,
        absl::StrJoin(tally.codes, ", ", absl::PairFormatter(": ")), tally.untyped,
        Quantile(tally.milliseconds, 0.99), peak_p99_));
    const auto served = static_cast<double>(tally.acknowledged);
    const auto refused = static_cast<double>(tally.refused);
    Log(absl::StrFormat("    CPU: a page at the peak %.0f us, a refusal %.0f us", page_us_,
                        (used * 1e6 - served * page_us_) / std::max(refused, 1.0)));
    refusal_ = tally.refusal;
    untyped_ += tally.untyped;
    Recover();
    return {.value = tally.per_second, .per_cpu = served / used};
  }

  // What a refusal costs gRPC alone: the same answer to as many calls.
  void LogFloor() {
    const ReferenceServer bare("refuse", refusal_, 0);
    Load load = list_;
    load.throttles = nullptr;
    load.target = bare.target();
    load.method = "/pingan.disputes.v1.Disputes/GetDispute";
    load.rate = kTimes * peak_;
    load.outstanding = 20'000;
    load.seconds = 4;
    const double cpu = bare.process().CpuSeconds();
    const Tally tally = Drive(load);
    Log(absl::StrFormat("  bare gRPC refuses %.0f a second for %.0f us of CPU each",
                        tally.sent_per_second,
                        (bare.process().CpuSeconds() - cpu) * 1e6 /
                            static_cast<double>(std::max<int64_t>(tally.refused, 1))));
  }

  // Whether refusals said why and everything was soon as before.
  bool Behaved() const {
    Log(absl::StrFormat("  back to normal within %.1f s; %d refusals without details",
                        recovery_max_, untyped_));
    return untyped_ == 0 && recovery_max_ <= kRecoverySecondsMax;
  }

 private:
  Tally Offer(double rate, int retries, double seconds) {
    list_.rate = rate;
    list_.retries = retries;
    list_.throttles = throttled_ ? &throttles_ : nullptr;
    list_.outstanding = 20'000;
    list_.seconds = seconds;
    return Drive(list_);
  }

  // Half the peak's load, from the same clients, until every call of half a second is answered, and
  // nine of ten as quickly as just before the overload: one that met another process of the machine
  // says nothing.
  void Recover() {
    const int64_t start = MonotonicMicros();
    list_.warm_up = 0;
    double seconds = 0, ms = 0;
    for (bool normal = false; !normal && seconds <= kRecoverySecondsMax;) {
      const Tally tally = Offer(peak_ / 2, 0, 0.5);
      seconds = static_cast<double>(MonotonicMicros() - start) / 1e6;
      ms = tally.milliseconds.empty() ? 0 : Quantile(tally.milliseconds, kMost);
      normal = tally.codes.size() == 1 && tally.codes.contains(grpc::OK) && ms <= 2 * calm_ms_ + 5;
    }
    Log(absl::StrFormat("    normal after %.1f s: %.1f ms, before %.1f ms", seconds, ms, calm_ms_));
    recovery_max_ = std::max(recovery_max_, seconds);
    list_.warm_up = 0.5;
  }

  const bool throttled_;
  Folder files_;
  Server server_;
  Throttles throttles_;
  Load list_;
  double peak_ = 0, peak_p99_ = 0, calm_ms_ = 0, recovery_max_ = 0;
  double page_us_ = 0;   // CPU of the server for one
  std::string refusal_;  // the details of one
  int64_t untyped_ = 0;
};

bool Run(Goal goal, bool throttled) {
  Overloaded bench(throttled);
  goal.also = [&bench] { return bench.Behaved(); };
  const bool ok = Compare(
      goal, [&] { return bench.Goodput(); }, [&] { return bench.Peak(); });
  bench.LogFloor();
  return ok;
}

}  // namespace

bool Overload() {
  return Run({"overload", 0.85, 0.95}, true);
}

bool OverloadUnthrottled() {
  return Run({"overload_unthrottled", 0.5, 0.85}, false);
}

}  // namespace pingan::bench
