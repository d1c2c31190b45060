#include "common/rpc/sweep.h"

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "common/base/clock.h"
#include "common/events/compactor.h"

namespace pingan::rpc {
namespace {

constexpr char kDue[] = "next_due_time";
constexpr int kPage = 256;
constexpr int kReviewPages = 64;  // of each table in one sweep

}  // namespace

Sweep::Sweep(const Parts& parts, const Options& options) : parts_(parts), options_(options) {
  const std::string rules =
      absl::StrCat("calendar ", parts.calendar->version(), ", limits ", parts.limits->version());
  for (const Table* table : parts.tables->all()) {
    if (table->recounts) reviews_.emplace_back(parts.store, table, rules);
  }
  thread_ = std::thread([this] { Loop(); });
}

void Sweep::Loop() {
  std::unique_lock lock(mutex_);
  const auto interval = absl::ToChronoMilliseconds(options_.interval);
  while (!wake_.wait_for(lock, interval, [this] { return stopped_; })) {
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
    if (!table->tick) continue;
    const Status status = Due(*table, now);
    if (!status.ok()) parts_.log->Note("sweep failed", StdView(status.message()));
  }
  GoOnReviewing(now);
  Compact(now);
}

bool Sweep::Going() {
  std::lock_guard lock(mutex_);
  return !stopped_;
}

void Sweep::Compact(absl::Time now) {
  if (options_.keep == absl::InfiniteDuration()) return;
  const auto done = events::CompactOlderThan(parts_.store, parts_.fold->SavedThrough(),
                                             now - options_.keep, [this] { return Going(); });
  if (!done.ok()) parts_.log->Note("compaction failed", StdView(done.status().message()));
}

void Sweep::GoOnReviewing(absl::Time now) {
  const std::unique_lock lock(reviewing_, std::try_to_lock);
  if (!lock || MonotonicMicros() - start_us_ < absl::ToInt64Microseconds(options_.settle)) return;
  for (Review& review : reviews_) {
    for (int page = 0; page < kReviewPages && !review.over() && Going(); ++page) {
      const Status status = Look(&review, now);
      if (status.ok()) continue;
      parts_.log->Note("review failed", StdView(status.message()));
      return;
    }
  }
}

Status Sweep::Look(Review* review, absl::Time now) {
  ASSIGN_OR_RETURN(const auto rows, review->Next(kPage));
  if (rows.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(Tick(review->table(), rows, now));
  return review->Done(rows.back());
}

// Page after page, so that nobody waits behind those that are not due after all.
Status Sweep::Due(const Table& table, absl::Time now) {
  store::Query query{.table = &table.spec,
                     .conditions = {{kDue, store::Condition::kLe, absl::ToUnixMicros(now)}},
                     .order_by = kDue,
                     .limit = kPage};
  while (Going()) {
    ASSIGN_OR_RETURN(const auto rows, parts_.store->Select(query));
    if (rows.empty()) break;
    RETURN_IF_ERROR(Tick(table, rows, now));
    query.after.emplace(table.ValueOf(rows.back(), kDue), rows.back().key);
  }
  return absl::OkStatus();
}

Status Sweep::Tick(const Table& table, const std::vector<store::Row>& rows, absl::Time now) {
  absl::BlockingCounter ended(static_cast<int>(rows.size()));
  std::mutex mutex;
  Status away;
  for (const auto& row : rows) {
    auto job = std::make_shared<WriteJob>();
    job->table = &table;
    job->name = row.key;
    job->actor = system_.subject;
    job->method = "Sweep";
    job->patient = true;
    job->now = now;
    job->wanted = table.tick_wants;
    job->decide = [this, &table, now](const Message& before, const Related& related) {
      const Env env{system_, now, *parts_.areas, *parts_.calendar, *parts_.limits};
      return table.tick(before, related, env);
    };
    parts_.writer->Execute(job, [&](StatusOr<Written> result) {
      if (!result.ok()) parts_.log->Note("sweep failed", StdView(result.status().message()));
      if (absl::IsUnavailable(result.status()) || absl::IsUnknown(result.status())) {
        std::lock_guard lock(mutex);
        away = result.status();
      }
      ended.DecrementCount();
    });
  }
  ended.Wait();
  return away;
}

}  // namespace pingan::rpc
