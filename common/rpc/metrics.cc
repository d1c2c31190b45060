#include "common/rpc/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>

#include <mutex>

namespace pingan::rpc {
namespace {

// Gauges computed at scrape time, so that nothing has to keep them up to date.
class Gauges : public prometheus::Collectable {
 public:
  struct Asked {
    std::string name, help;
    std::function<double()> value;
  };

  void Add(Asked asked) {
    std::lock_guard lock(mutex_);
    asked_.push_back(std::move(asked));
  }

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::lock_guard lock(mutex_);
    std::vector<prometheus::MetricFamily> families;
    for (const auto& asked : asked_) {
      prometheus::MetricFamily family{asked.name, asked.help, prometheus::MetricType::Gauge, {}};
      family.metric.emplace_back().gauge.value = asked.value();
      families.push_back(std::move(family));
    }
    return families;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Asked> asked_;
};

const prometheus::Histogram::BucketBoundaries kSeconds = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};

}  // namespace

Metrics::Metrics()
    : registry_(std::make_shared<prometheus::Registry>()),
      gauges_(std::make_shared<Gauges>()),
      calls_(&prometheus::BuildCounter()
                  .Name("pingan_rpc_calls_total")
                  .Help("Calls that ended, by method and gRPC code.")
                  .Register(*registry_)),
      durations_(&prometheus::BuildHistogram()
                      .Name("pingan_rpc_duration_seconds")
                      .Help("Seconds from admission to answer, by method.")
                      .Register(*registry_)) {}

std::unique_ptr<Metrics::OfMethod> Metrics::Method(const std::string& method) {
  auto of = std::make_unique<OfMethod>();
  of->owner_ = this;
  of->method_ = method;
  of->duration_ = &durations_->Add({{"method", method}}, kSeconds);
  return of;
}

void Metrics::OfMethod::Ended(absl::StatusCode code, double seconds) {
  Count(code);
  duration_->Observe(seconds);
}

void Metrics::OfMethod::Count(absl::StatusCode code) {
  auto& slot = calls_[static_cast<size_t>(code)];
  prometheus::Counter* counter = slot.load(std::memory_order_acquire);
  if (!counter) {
    // Adding the same labels twice gives the same counter, so a race is harmless.
    counter = &owner_->calls_->Add({{"method", method_}, {"code", absl::StatusCodeToString(code)}});
    slot.store(counter, std::memory_order_release);
  }
  counter->Increment();
}

void Metrics::Gauge(const std::string& name, const std::string& help,
                    std::function<double()> value) {
  static_cast<Gauges*>(gauges_.get())->Add({name, help, std::move(value)});
}

std::vector<std::shared_ptr<prometheus::Collectable>> Metrics::collectables() const {
  return {registry_, gauges_};
}

}  // namespace pingan::rpc
