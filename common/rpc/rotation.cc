#include "common/rpc/rotation.h"

#include <algorithm>
#include <future>
#include <limits>

#include "absl/strings/str_cat.h"
#include "common/base/thread_name.h"

namespace pingan::rpc {
namespace {

using store::Condition;

// Small enough that casework in the same commit does not feel it.
constexpr int kPage = 64;

store::Query Under(Condition::Op op, uint32_t kek) {
  return {.table = &kSubjectKeys,
          .conditions = {{"kek", op, int64_t{kek}}},
          .order_by = "kek",
          .limit = kPage};
}

uint32_t KekOf(const store::Row& row) {
  return static_cast<uint32_t>(std::get<int64_t>(row.columns.at(0)));
}

}  // namespace

StatusOr<std::unique_ptr<Rotation>> Rotation::Start(const Options& options,
                                                    crypto::Keyring* keyring, Records* records,
                                                    Log* log) {
  std::unique_ptr<Rotation> rotation(new Rotation(options, keyring, records, log));
  RETURN_IF_ERROR(rotation->Survey());
  if (rotation->missing_ > 0) {
    return Error(absl::StatusCode::kFailedPrecondition, common::v1::RECORD_UNREADABLE,
                 absl::StrCat("lacks kek ", rotation->missing_ids_, ", which ",
                              rotation->missing_.load(), " subject keys need; bring it back"));
  }
  RETURN_IF_ERROR(rotation->TryKeys());
  const KeyNotes& notes = rotation->notes_;
  RETURN_IF_ERROR(notes.Agree(*keyring->Current()));
  keyring->CheckReadings([notes](const crypto::Keys& keys) { return notes.Agree(keys); });
  rotation->thread_ = std::thread([raw = rotation.get()] { raw->Loop(); });
  return rotation;
}

void Rotation::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  keyring_->CheckReadings(nullptr);
}

bool Rotation::Wait(absl::Duration time) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, absl::ToChronoMicroseconds(time), [this] { return stopped_; });
}

void Rotation::Loop() {
  NameThread("rotation");
  do Look();
  while (Wait(options_.interval));
}

void Rotation::Look() {
  const Status read = keyring_->Reload();
  file_read_ = read.ok();
  Status status = Survey();
  Say(read, status);
  if (remaining_ == 0) {
    unreadable_ = 0;  // others may have wrapped them
    return;
  }
  status = RewrapAll();
  if (status.ok()) status = Survey();
  Say(read, status);
}

// Each state of things is told once, however often it is met.
void Rotation::Say(const Status& read, const Status& survey) {
  std::string what;
  if (!read.ok() || !survey.ok()) {
    what = absl::StrCat("failed: ", (read.ok() ? survey : read).message());
  } else if (missing_ > 0) {
    what = absl::StrCat("lacks kek ", missing_ids_, ", which ", missing_.load(),
                        " subject keys need: bring it back");
  } else {
    what = absl::StrCat("kek ", keyring_->Current()->primary, " is primary, ", remaining_.load(),
                        " subject keys are under older ones");
  }
  if (what == said_) return;
  said_ = std::move(what);
  log_->Note("keyring", said_);
}

Status Rotation::Survey() {
  ASSIGN_OR_RETURN(const auto in_use, InUse());
  const auto keys = keyring_->Current();
  int64_t remaining = 0, missing = 0;
  missing_ids_.clear();
  for (const auto& [kek, count] : in_use) {
    if (kek < keys->primary) remaining += count;
    if (kek == 0 || (keys->keks.contains(kek) && !keys->dropped.contains(kek))) continue;
    missing += count;
    absl::StrAppend(&missing_ids_, missing_ids_.empty() ? "" : ", ", kek);
  }
  remaining_ = remaining;
  missing_ = missing;
  for (const uint32_t kek : keys->dropped) {
    if (!in_use.contains(kek)) keyring_->Discard(kek);
  }
  return absl::OkStatus();
}

// How many subject keys are under each; of the primary, that there are some.
StatusOr<std::map<uint32_t, int64_t>> Rotation::InUse() const {
  store::Store* const store = records_->store();
  const uint32_t primary = keyring_->Current()->primary;
  std::map<uint32_t, int64_t> in_use;
  store::Query next = Under(Condition::kGe, 0);
  next.limit = 1;
  for (;;) {
    ASSIGN_OR_RETURN(const auto rows, store->Select(next));
    if (rows.empty()) return in_use;
    const uint32_t kek = KekOf(rows.front());
    ASSIGN_OR_RETURN(in_use[kek],
                     store->Count(Under(Condition::kEq, kek),
                                  kek == primary ? 1 : std::numeric_limits<int>::max()));
    next.conditions = {{"kek", Condition::kGt, int64_t{kek}}};
  }
}

// Of a key that the database has noted nothing about, since it is older than the notes: one that
// opens nothing of what it should have wrapped is another.
Status Rotation::TryKeys() const {
  ASSIGN_OR_RETURN(const auto in_use, InUse());
  for (const auto& [kek, count] : in_use) {
    ASSIGN_OR_RETURN(const bool known, notes_.Knows(kek));
    if (known) continue;
    ASSIGN_OR_RETURN(const auto rows, records_->store()->Select(Under(Condition::kEq, kek)));
    const auto opens = [this](const store::Row& row) { return records_->Rewrapped(row).ok(); };
    if (rows.empty() || std::any_of(rows.begin(), rows.end(), opens)) continue;
    return Error(absl::StatusCode::kFailedPrecondition, common::v1::RECORD_UNREADABLE,
                 absl::StrCat("kek ", crypto::WrappedUnder(rows.front().body),
                              " opens none of the subject keys under it; bring back the one that "
                              "the database was written with"));
  }
  return absl::OkStatus();
}

Status Rotation::RewrapAll() {
  store::Query query = Under(Condition::kLt, keyring_->Current()->primary);
  int64_t unreadable = 0;
  do {
    ASSIGN_OR_RETURN(auto rows, records_->store()->Select(query));
    if (rows.empty()) {
      unreadable_ = unreadable;
      return absl::OkStatus();
    }
    query.after.emplace(int64_t{KekOf(rows.back())}, rows.back().key);
    RETURN_IF_ERROR(Restate(std::move(rows), &unreadable));
    unreadable_ = std::max<int64_t>(unreadable_, unreadable);
  } while (Wait(absl::Seconds(1) * kPage / options_.rate));
  return absl::OkStatus();
}

// One write set for the page. If one of them was erased meanwhile, the next look finds the others.
Status Rotation::Restate(std::vector<store::Row> rows, int64_t* unreadable) {
  store::WriteSet set;
  store::Changes changes;
  for (store::Row& row : rows) {
    auto moved = records_->Rewrapped(std::move(row));
    if (!moved.ok()) {
      ++*unreadable;
      continue;
    }
    set.guards.push_back({&kSubjectKeys, moved->key, moved->version});
    changes.restates.push_back({&kSubjectKeys, *std::move(moved)});
  }
  const auto restated = static_cast<int64_t>(changes.restates.size());
  if (restated == 0) return absl::OkStatus();
  set.events = 0;
  set.patient = true;
  set.encode = [changes = std::move(changes)](const store::Numbers&) -> StatusOr<store::Changes> {
    return changes;
  };
  std::promise<store::Outcome> promise;
  set.done = [&promise](const store::Outcome& outcome) { promise.set_value(outcome); };
  records_->store()->Commit(std::move(set));
  const store::Outcome outcome = promise.get_future().get();
  if (outcome.kind == store::Outcome::kCommitted) remaining_ -= restated;
  return outcome.status;
}

}  // namespace pingan::rpc
