// A store whose events are what a test says they are, one by one and in any order.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>

#include "common/store/store.h"

namespace pingan::events {

class ScriptedStore : public store::Store {
 public:
  void Publish(store::Event event) {
    std::lock_guard lock(mutex_);
    events_[event.revision] = std::move(event);
  }

  // While `away`, reads fail with UNAVAILABLE.
  void SetAway(bool away) {
    std::lock_guard lock(mutex_);
    away_ = away;
  }

  // Returns when two reads of events after `revision` have begun from now on: then the first of
  // them has been dealt with.
  void AwaitReadsAfter(int64_t revision) {
    std::unique_lock lock(mutex_);
    const int goal = reads_[revision] + 2;
    read_.wait(lock, [&] { return reads_[revision] >= goal; });
  }

  StatusOr<std::vector<store::Event>> Events(int64_t after, int64_t through, int limit) override {
    std::lock_guard lock(mutex_);
    ++reads_[after];
    read_.notify_all();
    if (away_) return Away();
    if (after < compacted_) {
      return Error(absl::StatusCode::kOutOfRange, common::v1::REVISION_COMPACTED, "compacted");
    }
    std::vector<store::Event> result;
    for (auto it = events_.upper_bound(after); it != events_.end() && it->first <= through; ++it) {
      if (static_cast<int>(result.size()) == limit) break;
      result.push_back(it->second);
    }
    return result;
  }

  StatusOr<int64_t> Revision() override {
    std::lock_guard lock(mutex_);
    if (away_) return Away();
    return events_.empty() ? 0 : events_.rbegin()->first;
  }
  StatusOr<int64_t> CompactedThrough() override {
    std::lock_guard lock(mutex_);
    return compacted_;
  }
  Status Compact(int64_t through) override {
    std::lock_guard lock(mutex_);
    compacted_ = through;
    events_.erase(events_.begin(), events_.upper_bound(through));
    return absl::OkStatus();
  }
  StatusOr<int64_t> LoadFold(std::string_view,
                             const std::function<void(std::string, std::string)>& each) override {
    std::lock_guard lock(mutex_);
    for (const auto& [key, body] : cells_) each(key, body);
    return position_;
  }
  Status SaveFold(std::string_view, int64_t position,
                  std::span<const std::pair<std::string, std::string>> cells) override {
    std::lock_guard lock(mutex_);
    if (away_) return Away();
    if (position_ >= position) return absl::OkStatus();
    for (const auto& [key, body] : cells) cells_[key] = body;
    position_ = position;
    return absl::OkStatus();
  }

  // What the code under test does not ask for.
  StatusOr<std::optional<store::Row>> Get(const store::TableSpec&, std::string_view) override {
    return Away();
  }
  StatusOr<std::vector<store::Row>> GetMany(const store::TableSpec&,
                                            std::span<const std::string>) override {
    return Away();
  }
  StatusOr<std::vector<store::Row>> Select(const store::Query&) override { return Away(); }
  StatusOr<std::vector<std::vector<std::string>>> KeysWith(const store::TableSpec&,
                                                           std::span<const std::string>,
                                                           int) override {
    return Away();
  }
  int64_t Seen() const override { return 0; }
  StatusOr<int64_t> Count(store::Query, int) override { return Away(); }
  StatusOr<std::optional<store::Reply>> FindReply(std::string_view) override { return Away(); }
  StatusOr<std::vector<store::Event>> History(std::string_view, int64_t, int) override {
    return Away();
  }
  StatusOr<std::vector<store::Audit>> Reads(std::string_view, int64_t, int) override {
    return std::vector<store::Audit>();
  }
  StatusOr<std::vector<store::Audit>> Audits(std::string_view, int64_t, int) override {
    return Away();
  }
  StatusOr<store::AuditCheck> CheckAudit(const store::AuditMark&, int) override { return Away(); }
  void Commit(store::WriteSet) override {}
  void Observe(store::Observer) override {}
  StatusOr<store::LeaseGrant> RenewLease(std::string_view, int64_t) override { return Away(); }
  Status DropLease(std::string_view) override { return Away(); }
  Status RaiseCacheGeneration() override { return Away(); }
  Status Ping() override { return Away(); }
  bool Writable() override { return false; }
  Status ProbeWrites() override { return Away(); }
  void Close() override {}

 private:
  static Status Away() {
    return Error(absl::StatusCode::kUnavailable, common::v1::DATABASE_UNAVAILABLE,
                 "the database is away");
  }

  std::mutex mutex_;
  std::condition_variable read_;
  std::map<int64_t, store::Event> events_;
  std::map<int64_t, int> reads_;
  std::map<std::string, std::string> cells_;
  int64_t compacted_ = 0;
  int64_t position_ = 0;
  bool away_ = false;
};

}  // namespace pingan::events
