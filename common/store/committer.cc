#include "common/store/committer.h"

#include <algorithm>
#include <chrono>

#include "common/base/clock.h"
#include "common/base/thread_name.h"
#include "common/store/chain.h"
#include "common/store/records.h"

namespace pingan::store {
namespace {

constexpr int64_t kBatchBytesMax = 8 << 20;
constexpr int kUnlinkedAtOnce = 1000;
// A session that dies is mostly idle then: it is to be found dead before anything is written to it.
constexpr int64_t kKnownForUs = 100'000;
constexpr int kSurveysDue = 64;  // commits after somebody else's
constexpr int64_t kBackoffMinUs = 10'000;
constexpr int64_t kBackoffMaxUs = 1'000'000;

Outcome Failed(Status status) {
  return {.kind = Outcome::kFailed, .status = std::move(status)};
}

}  // namespace

Committer::Committer(Database* database, const Options& options)
    : database_(database),
      options_(options),
      observer_([](const Batch&, std::function<void()> release) { release(); }),
      thread_([this] { Run(); }) {}

void Committer::Commit(WriteSet set) {
  std::unique_lock lock(mutex_);
  if (!closed_ && (set.patient || !Full())) {
    queue_.push_back({std::move(set), MonotonicMicros()});
    lock.unlock();
    arrived_.notify_one();
    return;
  }
  const bool closed = closed_;
  lock.unlock();
  set.done(Failed(closed ? Error(absl::StatusCode::kUnavailable, "the store is closed",
                                 {.reason = common::v1::DRAINING, .retry_after_ms = 1000})
                         : Error(absl::StatusCode::kResourceExhausted, "too many writes wait",
                                 {.reason = common::v1::OVERLOADED, .retry_after_ms = 100})));
}

bool Committer::Full() const {
  if (static_cast<int>(queue_.size()) >= options_.queue_max) return true;
  return !queue_.empty() && MonotonicMicros() - queue_.front().since_us > options_.wait_max_us;
}

void Committer::Close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    arrived_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Committer::Own(std::string_view replica) {
  std::lock_guard lock(mutex_);
  own_.emplace(replica);
}

void Committer::Run() {
  NameThread("committer");
  for (;;) {
    std::vector<WriteSet> sets = Take();
    if (sets.empty()) return;
    Process(sets);
  }
}

// Empty only when closed and nothing is left.
std::vector<WriteSet> Committer::Take() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [&] { return closed_ || !queue_.empty(); });
  const auto full = [&] {
    return closed_ || static_cast<int>(queue_.size()) >= options_.batch_max;
  };
  if (options_.linger_us > 0)
    arrived_.wait_for(lock, std::chrono::microseconds(options_.linger_us), full);
  std::vector<WriteSet> sets;
  int64_t bytes = 0;
  while (!queue_.empty() && static_cast<int>(sets.size()) < options_.batch_max) {
    bytes += queue_.front().set.bytes_hint;
    if (!sets.empty() && bytes > kBatchBytesMax) break;
    sets.push_back(std::move(queue_.front().set));
    queue_.pop_front();
  }
  return sets;
}

// All of them, or each alone if a statement is refused, which is somebody's own fault. What the
// engine cannot do now even for one, it is not asked to do for the others: each might wait as long.
void Committer::Process(std::span<WriteSet> sets) {
  Status status = Attempt(sets);
  if (status.ok()) return;
  if (connection_ == nullptr || sets.size() == 1) return Refuse(sets, status);
  for (size_t i = 0; i < sets.size(); ++i) {
    status = Attempt(sets.subspan(i, 1));
    if (absl::IsUnavailable(status)) return Refuse(sets.subspan(i), status);
    if (!status.ok()) Refuse(sets.subspan(i, 1), status);
  }
}

void Committer::Refuse(std::span<WriteSet> sets, const Status& status) {
  if (absl::IsUnavailable(status)) writes_.Refused(status);
  for (WriteSet& set : sets) set.done(Failed(status));
}

// Not OK: nothing was written and nobody answered.
Status Committer::Attempt(std::span<WriteSet> sets) {
  if (const auto status = AttemptKnown(sets)) return *status;
  ASSIGN_OR_RETURN(Ground ground, FindGround(sets));
  RETURN_IF_ERROR(TakeUpUnlinked(&ground));
  RETURN_IF_ERROR(FindOutdated(sets, &ground));
  const int64_t on = ground.revision;
  Plan plan = Decide(sets, std::move(ground));
  std::vector<Result> read;
  RETURN_IF_ERROR(Write(&plan, &read));
  Wrote(on, &plan);
  Answer(sets, std::move(plan));
  return absl::OkStatus();
}

// Of new records alone, while all that was written lately is our own: on what we left behind, and
// in one round trip. Nothing: a survey is to tell, because others wrote, or a request came again,
// or the session was not seen alive lately. Else as Attempt.
std::optional<Status> Committer::AttemptKnown(std::span<WriteSet> sets) {
  if (connection_ == nullptr || MonotonicMicros() > known_until_us_) return std::nullopt;
  const auto judged = [&](const WriteSet& set) { return JudgedBy(standing_, set); };
  if (!std::all_of(sets.begin(), sets.end(), judged)) return std::nullopt;
  std::vector<Statement> statements = Confirm(standing_, database_->dialect());
  const size_t leases = statements.size() - 1;
  const int64_t on = standing_.revision;
  Plan plan = Decide(sets, Ground{{standing_}});
  for (const Outcome& outcome : plan.outcomes) {
    if (outcome.kind != Outcome::kCommitted) return std::nullopt;
  }
  std::move(plan.statements.begin(), plan.statements.end(), std::back_inserter(statements));
  plan.statements = std::move(statements);
  std::vector<Result> read;
  known_until_us_ = 0;
  if (const Status status = Write(&plan, &read); !status.ok()) {
    // What the engine cannot do now no survey can, unless by another session.
    if (connection_ != nullptr && absl::IsUnavailable(status)) return status;
    surveys_due_ = kSurveysDue;
    return std::nullopt;
  }
  if (read.empty()) {
    // Unknown: nobody is told that anything was written, and who holds leases is not known either.
    for (size_t i = 0; i < sets.size(); ++i) sets[i].done(plan.outcomes[i]);
    return absl::OkStatus();
  }
  plan.batch.leases = ReadLeases(std::move(read[leases]));
  Wrote(on, &plan);
  Answer(sets, std::move(plan));
  return absl::OkStatus();
}

// Takes note of what is certain.
void Committer::Wrote(int64_t on, Plan* plan) {
  known_until_us_ = 0;
  if (connection_ == nullptr) return;
  recent_.Add(on, plan->batch.revision, plan->searched);
  seen_ = plan->batch.revision;
  if (surveys_due_ > 0) --surveys_due_;
  // Of an older commit is known still what nobody can have changed since.
  if (on == standing_.revision) plan->standing.sequences.merge(standing_.sequences);
  standing_ = std::move(plan->standing);
  std::lock_guard lock(mutex_);
  const auto own = [&](const Lease& lease) { return own_.contains(lease.replica); };
  const bool alone = std::all_of(plan->batch.leases.begin(), plan->batch.leases.end(), own);
  if (alone && surveys_due_ == 0) known_until_us_ = MonotonicMicros() + kKnownForUs;
}

StatusOr<Ground> Committer::FindGround(std::span<const WriteSet> sets) {
  const Survey survey(sets, database_->dialect());
  // A session that died while idle is found out here, before anything was written: try another.
  for (bool fresh = false; !fresh;) {
    fresh = connection_ == nullptr;
    RETURN_IF_ERROR(Connect());
    auto results = connection_->Run(survey.statements());
    if (results.ok()) return survey.Read(*std::move(results));
    if (!connection_->Lost()) return results.status();
    connection_ = nullptr;
    if (fresh) return results.status();
  }
  return DatabaseUnavailable("no session");
}

// While an older program writes beside this one, its audit entries have no links: the chain goes on
// over what they say.
Status Committer::TakeUpUnlinked(Ground* ground) {
  while (ground->linked.id < ground->audit_id) {
    const Statement read = ReadEntries(ground->linked.id + 1, kUnlinkedAtOnce);
    auto results = connection_->Run({&read, 1});
    if (connection_->Lost()) connection_ = nullptr;
    RETURN_IF_ERROR(results.status());
    auto& rows = results->front().rows;
    // That they are gone is for CheckAudit to tell; nobody's write fails for it.
    if (rows.empty()) ground->linked.id = ground->audit_id;
    for (auto& row : rows) {
      const Audit audit = DecodeAudit(std::move(row));
      ground->linked = {.id = audit.id, .link = LinkOf(ground->linked.link, audit)};
    }
  }
  return absl::OkStatus();
}

Status Committer::FindOutdated(std::span<const WriteSet> sets, Ground* ground) {
  seen_ = ground->revision;
  Search search;
  for (size_t i = 0; i < sets.size(); ++i) {
    if (!recent_.Covers(sets[i].since, ground->revision)) {
      search.Add(sets[i], i);
      continue;
    }
    for (const Absence& absence : sets[i].absences) {
      if (!recent_.Holds(absence, sets[i].since)) ground->outdated.insert(i);
    }
  }
  if (search.empty()) return absl::OkStatus();
  auto results = connection_->Run(search.Statements());
  if (connection_->Lost()) connection_ = nullptr;
  RETURN_IF_ERROR(results.status());
  ground->outdated.merge(search.Outdated(*std::move(results)));
  return absl::OkStatus();
}

// OK also when the outcome is not known, which then stands in the plan's outcomes. What was `read`
// is empty where there was no answer.
Status Committer::Write(Plan* plan, std::vector<Result>* read) {
  if (plan->statements.empty()) {
    const Statement rollback = Sql{"ROLLBACK"};
    if (!connection_->Run({&rollback, 1}).ok()) connection_ = nullptr;
    return absl::OkStatus();
  }
  auto results = connection_->Run(plan->statements);
  const bool uncertain = connection_->Uncertain();
  if (connection_->Lost()) connection_ = nullptr;
  if (results.ok()) {
    writes_.Taken();
    *read = *std::move(results);
    if (!read->back().warned) return absl::OkStatus();
  }
  if (!results.ok() && !uncertain) return results.status();
  if (!results.ok()) writes_.Refused(results.status());
  plan->batch.events.clear();
  for (Outcome& outcome : plan->outcomes) {
    if (outcome.kind != Outcome::kCommitted) continue;
    outcome = {
        .kind = Outcome::kUnknown,
        .status = Error(absl::StatusCode::kUnknown, common::v1::COMMIT_UNCERTAIN,
                        "the commit may or may not have happened; retry with the same request_id")};
  }
  return absl::OkStatus();
}

// What tells somebody that a write happened waits for the observer; what says it did not, does not.
void Committer::Answer(std::span<WriteSet> sets, Plan plan) {
  using Answers = std::vector<std::pair<std::function<void(const Outcome&)>, Outcome>>;
  auto held = std::make_shared<Answers>();
  for (size_t i = 0; i < sets.size(); ++i) {
    const Outcome& outcome = plan.outcomes[i];
    if (outcome.kind == Outcome::kConflict || outcome.kind == Outcome::kFailed) {
      sets[i].done(outcome);
    } else {
      held->emplace_back(std::move(sets[i].done), outcome);
    }
  }
  if (held->empty()) return;
  {
    std::lock_guard lock(mutex_);
    std::erase_if(plan.batch.leases,
                  [&](const Lease& lease) { return own_.contains(lease.replica); });
  }
  observer_(plan.batch, [held] {
    for (auto& [done, outcome] : *held) done(outcome);
  });
}

Status Committer::Connect() {
  if (connection_ != nullptr) return absl::OkStatus();
  if (MonotonicMicros() < retry_at_us_) return DatabaseUnavailable("waiting to reconnect");
  auto connection = database_->Connect(Role::kWrite);
  if (!connection.ok()) {
    backoff_us_ = std::clamp(backoff_us_ * 2, kBackoffMinUs, kBackoffMaxUs);
    retry_at_us_ = MonotonicMicros() + backoff_us_;
    return connection.status();
  }
  backoff_us_ = 0;
  // After a lost session it is not certain what was committed, nor that it is the same database.
  recent_ = Recent();
  known_until_us_ = 0;
  standing_ = Standing();
  connection_ = *std::move(connection);
  return absl::OkStatus();
}

}  // namespace pingan::store
