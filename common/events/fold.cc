#include "common/events/fold.h"

#include <algorithm>
#include <utility>

#include "common/base/clock.h"
#include "common/base/thread_name.h"
#include "pingan/common/v1/resource.pb.h"

namespace pingan::events {
namespace v1 = common::v1;
namespace {

constexpr int kBatch = 256;  // events; readers wait while so many are added
constexpr absl::Duration kRetry = absl::Milliseconds(200);
constexpr absl::Duration kIdle = absl::Seconds(1);

Status Garbled(std::string_view what) {
  return Error(absl::StatusCode::kInternal, v1::INTERNAL_FAULT, what);
}

}  // namespace

StatusOr<std::unique_ptr<Fold>> Fold::Start(store::Store* store, Feed* feed, std::string name,
                                            Measures measures, const FoldOptions& options) {
  std::unique_ptr<Fold> fold(new Fold(store, feed, std::move(name), std::move(measures), options));
  Cube cube(fold->cube_.measures());
  ASSIGN_OR_RETURN(const int64_t position, fold->Load(&cube));
  fold->Begin(std::move(cube), position);
  fold->thread_ = std::thread([raw = fold.get()] { raw->Run(); });
  return fold;
}

Fold::Fold(store::Store* store, Feed* feed, std::string name, Measures measures,
           const FoldOptions& options)
    : store_(store),
      feed_(feed),
      name_(std::move(name)),
      options_(options),
      cube_(std::move(measures)) {}

Fold::~Fold() {
  Join();
}

// What is stored, and through which revision.
StatusOr<int64_t> Fold::Load(Cube* cube) {
  Status status;
  v1::Delta cell;
  const auto add = [&](const std::string&, const std::string& body) {
    status.Update(cell.ParseFromString(body) ? cube->Add(cell)
                                             : Garbled("a stored cell is garbled"));
  };
  ASSIGN_OR_RETURN(const int64_t position, store_->LoadFold(name_, add));
  RETURN_IF_ERROR(status);
  cube->ClearDirty();
  return position;
}

void Fold::Begin(Cube cube, int64_t position) {
  {
    std::lock_guard gate(gate_);
    std::lock_guard lock(cube_mutex_);
    cube_ = std::move(cube);
    position_ = position;
  }
  next_save_us_ = MonotonicMicros() + absl::ToInt64Microseconds(options_.save_every);
  std::lock_guard lock(mutex_);
  as_of_ = saved_through_ = position;
  folded_.notify_all();
}

// A fold that was away while another replica counted on and events were compacted takes over what
// that one has stored. False if nothing of the kind is there.
bool Fold::Reload() {
  Cube cube(cube_.measures());
  const auto position = Load(&cube);
  if (absl::IsUnavailable(position.status())) {
    Rest(kRetry, false);
    return true;
  }
  if (!position.ok() || *position <= position_) return false;
  Begin(std::move(cube), *position);
  return true;
}

StatusOr<Answer> Fold::Ask(const CubeQuery& query, int64_t min_revision, absl::Time deadline) {
  RETURN_IF_ERROR(WaitFor(min_revision, deadline));
  std::unique_lock gate(gate_);
  std::shared_lock lock(cube_mutex_);
  gate.unlock();
  RETURN_IF_ERROR(Failure());
  ASSIGN_OR_RETURN(auto rows, cube_.Ask(query));
  return Answer{std::move(rows), position_};
}

Status Fold::CheckReached(int64_t min_revision) const {
  ASSIGN_OR_RETURN(const bool reached, feed_->HasReached(min_revision));
  if (reached) return absl::OkStatus();
  return FieldError("min_revision", "is beyond the last revision");
}

Status Fold::WaitFor(int64_t revision, absl::Time deadline) {
  std::unique_lock lock(mutex_);
  const bool settled = folded_.wait_until(lock, absl::ToChronoTime(deadline),
                                          [&] { return as_of_ >= revision || !failure_.ok(); });
  if (settled) return absl::OkStatus();
  return Error(absl::StatusCode::kDeadlineExceeded, v1::DEADLINE_PASSED,
               "the revision was not counted before the deadline");
}

int64_t Fold::AsOf() const {
  std::lock_guard lock(mutex_);
  return as_of_;
}

int64_t Fold::SavedThrough() const {
  std::lock_guard lock(mutex_);
  return saved_through_;
}

void Fold::Stop() {
  Join();
  std::lock_guard lock(join_mutex_);
  if (Failure().ok() && position_ > saved_through_) Save();
}

void Fold::Join() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  std::lock_guard lock(join_mutex_);
  if (thread_.joinable()) thread_.join();
}

void Fold::Run() {
  NameThread("statistics");
  while (Going()) {
    Step();
    if (Failure().ok() && SaveDue()) Save();
  }
}

bool Fold::Going() const {
  std::lock_guard lock(mutex_);
  return !stopping_ && failure_.ok();
}

// Adds the next events, or rests when there are none.
void Fold::Step() {
  const auto events = feed_->Read(position_, kBatch);
  if (absl::IsOutOfRange(events.status())) {
    if (!Reload()) Fail(events.status());
  } else if (!events.ok()) {
    Rest(kRetry, false);
  } else if (!events->empty()) {
    Add(*events);
  } else {
    const absl::Duration until_save = absl::Microseconds(next_save_us_ - MonotonicMicros());
    Rest(position_ > saved_through_ ? until_save : kIdle, true);
  }
}

void Fold::Add(const std::vector<EventPtr>& events) {
  std::vector<v1::Deltas> all(events.size());
  for (size_t i = 0; i < events.size(); ++i) {
    if (!all[i].ParseFromString(events[i]->deltas))
      return Fail(Garbled("an event's deltas are garbled"));
  }
  std::unique_lock gate(gate_);
  std::unique_lock lock(cube_mutex_);
  gate.unlock();
  for (const v1::Deltas& deltas : all) {
    for (const v1::Delta& delta : deltas.deltas()) {
      // Within the lock, so that nobody reads half a batch.
      if (const Status status = cube_.Add(delta); !status.ok()) return Fail(status);
    }
  }
  position_ = events.back()->revision;
  lock.unlock();
  std::lock_guard folded(mutex_);
  as_of_ = position_;
  folded_.notify_all();
}

bool Fold::SaveDue() const {
  if (position_ == saved_through_) return false;
  return MonotonicMicros() >= next_save_us_ ||
         (!save_failed_ && cube_.dirty_cells() >= options_.dirty_max);
}

// After OK the stored position is ours or later, whoever stored it, and its cells count all that we
// have counted: so nothing is dirty any more. saved_through_ may be behind it, which is safe.
void Fold::Save() {
  save_failed_ = !store_->SaveFold(name_, position_, cube_.Dirty()).ok();
  const auto pause = save_failed_ ? std::max(options_.save_every, kRetry) : options_.save_every;
  next_save_us_ = MonotonicMicros() + absl::ToInt64Microseconds(pause);
  if (save_failed_) return;
  cube_.ClearDirty();
  std::lock_guard lock(mutex_);
  saved_through_ = position_;
}

void Fold::Rest(absl::Duration at_most, bool until_event) {
  uint64_t id = 0;
  if (until_event) {
    id = feed_->Wait(position_, [this] {
      std::lock_guard lock(mutex_);
      woken_ = true;
      wake_.notify_one();
    });
  }
  {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, absl::ToChronoNanoseconds(at_most), [&] { return woken_ || stopping_; });
    woken_ = false;
  }
  if (until_event) feed_->Cancel(id);
}

Status Fold::Failure() const {
  std::lock_guard lock(mutex_);
  return failure_;
}

void Fold::Fail(const Status& status) {
  std::lock_guard lock(mutex_);
  failure_ = status;
  folded_.notify_all();
}

}  // namespace pingan::events
