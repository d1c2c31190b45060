// Counters and latencies of every call, and gauges of what is inside, in Prometheus' terms.
//
//   pingan_rpc_calls_total{method,code}      calls that ended, by gRPC code name
//   pingan_rpc_duration_seconds{method}      from admission to answer, of calls that were not
//                                            refused on arrival by overload
//   pingan_rpc_waiting                       tasks that wait for a worker
#pragma once

#include <prometheus/registry.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/rpc/method.h"

namespace pingan::rpc {

class Metrics {
 public:
  Metrics();

  // The instruments of one method, looked up once.
  class OfMethod {
   public:
    void Ended(absl::StatusCode code, double seconds);
    // The same of a call that took no time.
    void Count(absl::StatusCode code);

   private:
    friend class Metrics;
    Metrics* owner_ = nullptr;
    std::string method_;
    std::array<std::atomic<prometheus::Counter*>, 17> calls_{};
    prometheus::Histogram* duration_ = nullptr;
  };
  std::unique_ptr<OfMethod> Method(const std::string& method);

  // A gauge whose value is asked for at each scrape.
  void Gauge(const std::string& name, const std::string& help, std::function<double()> value);

  // What a scrape collects.
  std::vector<std::shared_ptr<prometheus::Collectable>> collectables() const;

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  std::shared_ptr<prometheus::Collectable> gauges_;
  prometheus::Family<prometheus::Counter>* calls_;
  prometheus::Family<prometheus::Histogram>* durations_;
};

}  // namespace pingan::rpc
