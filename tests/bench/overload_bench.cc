// overload: ten times the load the server can carry, from clients that try again; the calls
// answered in time against the most it answers. Server on core 0. Pages of a list are asked for,
// because they cost the server enough that one client can ask for ten times too many.
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
constexpr int kDisputes = 2000;

class Overloaded {
 public:
  Overloaded() : server_("sqlite:" + files_.path() + "/disputes.db", 0) {
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
    const Tally calm = Offer(peak_ / 2, 0, 3);
    calm_p99_ = Quantile(calm.milliseconds, 0.99);
    Log(absl::StrFormat("  peak %.0f a second; at half of it p99 %.1f ms", peak_, calm_p99_));
  }

  Sample Peak() {
    const double cpu = server_.process().CpuSeconds();
    list_.rate = 0;
    list_.retries = 0;
    list_.outstanding = 32;
    list_.seconds = 3;
    const Tally tally = Drive(list_);
    peak_ = tally.per_second;
    peak_p99_ = Quantile(tally.milliseconds, 0.99);
    return {.value = peak_,
            .per_cpu =
                static_cast<double>(tally.acknowledged) / (server_.process().CpuSeconds() - cpu)};
  }

  Sample Goodput() {
    const double cpu = server_.process().CpuSeconds();
    Tally tally = Offer(kTimes * peak_, 3, 4);
    const double used = server_.process().CpuSeconds() - cpu;
    if (tally.milliseconds.empty()) tally.milliseconds.push_back(0);
    Log(absl::StrFormat(
        "    offered %.0f a second (%.1f times the peak); ended by code %s; %d refused "
        "without details; p99 %.1f ms, at the peak %.1f ms",
        tally.offered_per_second, tally.offered_per_second / peak_,
        absl::StrJoin(tally.codes, ", ", absl::PairFormatter(": ")), tally.untyped,
        Quantile(tally.milliseconds, 0.99), peak_p99_));
    untyped_ += tally.untyped;
    Recover();
    return {.value = tally.per_second, .per_cpu = static_cast<double>(tally.codes[0]) / used};
  }

  // Whether refusals said why and everything was soon as before.
  bool Behaved() const {
    Log(absl::StrFormat("  back to normal within %.1f s; %d refusals without details", recovery_,
                        untyped_));
    return untyped_ == 0 && recovery_ <= kRecoverySecondsMax;
  }

 private:
  Tally Offer(double rate, int retries, double seconds) {
    list_.rate = rate;
    list_.retries = retries;
    list_.outstanding = 20'000;
    list_.seconds = seconds;
    return Drive(list_);
  }

  // Half the peak's load until every call of half a second is answered as quickly as before.
  void Recover() {
    const int64_t start = MonotonicMicros();
    list_.warm_up = 0;
    for (double seconds = 0; seconds <= kRecoverySecondsMax;) {
      const Tally tally = Offer(peak_ / 2, 0, 0.5);
      seconds = static_cast<double>(MonotonicMicros() - start) / 1e6;
      recovery_ = std::max(recovery_, seconds);
      const bool all = tally.codes.size() == 1 && tally.codes.contains(0);
      if (all && Quantile(tally.milliseconds, 0.99) <= 2 * calm_p99_ + 5) break;
    }
    list_.warm_up = 0.5;
  }

  Folder files_;
  Server server_;
  Load list_;
  double peak_ = 0, peak_p99_ = 0, calm_p99_ = 0, recovery_ = 0;
  int64_t untyped_ = 0;
};

}  // namespace

bool Overload() {
  Overloaded bench;
  const bool ok = Compare(
      {"overload", 0.85, 0.95}, [&] { return bench.Goodput(); }, [&] { return bench.Peak(); });
  return bench.Behaved() && ok;
}

}  // namespace pingan::bench
