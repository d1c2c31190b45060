#include "common/rpc/sweep.h"

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"

namespace pingan::rpc {
namespace {

constexpr int kPage = 256;

}  // namespace

Sweep::Sweep(const Parts& parts, absl::Duration interval)
    : parts_(parts), thread_([this, interval] { Loop(interval); }) {}

void Sweep::Loop(absl::Duration interval) {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, absl::ToChronoMilliseconds(interval), [this] { return stopped_; })) {
    lock.unlock();
    Run(parts_.clock->Now());
    lock.lock();
  }
}

void Sweep::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Sweep::Run(absl::Time now) {
  for (const Table* table : parts_.tables->all()) {
    // A page that wrote nothing is the last: what it held is not due, or another replica has it.
    while (table->tick && Page(*table, now) > 0) {
    }
  }
}

int Sweep::Page(const Table& table, absl::Time now) {
  store::Query query;
  query.table = &table.spec;
  query.conditions = {{"next_due_time", store::Condition::kLe, absl::ToUnixMicros(now)}};
  query.order_by = "next_due_time";
  query.limit = kPage;
  auto rows = parts_.store->Select(query);
  if (!rows.ok()) {
    parts_.log->Note("sweep failed", StdView(rows.status().message()));
    return 0;
  }
  absl::BlockingCounter ended(static_cast<int>(rows->size()));
  std::atomic<int> written{0};
  for (const auto& row : *rows) {
    auto job = std::make_shared<WriteJob>();
    job->table = &table;
    job->name = row.key;
    job->actor = system_.subject;
    job->method = "Sweep";
    job->patient = true;
    job->now = now;
    job->decide = [this, &table, now](const Message& before, const Related&) {
      return table.tick(before, Env{system_, now, *parts_.areas, *parts_.calendar});
    };
    parts_.writer->Execute(job, [&](StatusOr<Written> result) {
      if (result.ok() && result->revision > 0) ++written;
      if (!result.ok()) parts_.log->Note("sweep failed", StdView(result.status().message()));
      ended.DecrementCount();
    });
  }
  ended.Wait();
  return written.load();
}

}  // namespace pingan::rpc
