// Store over either driver: reads through a pool, writes through the committer, and a session apart
// for folds, leases and compaction so that they never wait behind a read.
#pragma once

#include <memory>

#include "common/store/committer.h"
#include "common/store/pool.h"
#include "common/store/store.h"

namespace pingan::store {

class SqlStore : public Store {
 public:
  // The schema must stand (see schema.h).
  SqlStore(std::unique_ptr<Database> database, const Options& options);

  StatusOr<std::optional<Row>> Get(const TableSpec& table, std::string_view key) override;
  StatusOr<std::vector<Row>> GetMany(const TableSpec& table,
                                     std::span<const std::string> keys) override;
  StatusOr<std::vector<Row>> Select(const Query& query) override;
  StatusOr<std::vector<std::vector<std::string>>> KeysWith(const TableSpec& table,
                                                           std::span<const std::string> prefixes,
                                                           int limit) override;
  StatusOr<int64_t> Count(Query query, int limit) override;
  StatusOr<std::optional<Reply>> FindReply(std::string_view key) override;

  StatusOr<std::vector<Event>> Events(int64_t after, int64_t through, int limit) override;
  StatusOr<std::vector<Event>> History(std::string_view name, int64_t after, int limit) override;
  StatusOr<std::vector<Audit>> Audits(std::string_view scope, int64_t before, int limit) override;
  StatusOr<std::vector<Audit>> Reads(std::string_view name, int64_t before, int limit) override;

  StatusOr<AuditCheck> CheckAudit(const AuditMark& after, int limit) override;

  StatusOr<int64_t> Revision() override;
  int64_t Seen() const override { return committer_.seen(); }
  StatusOr<int64_t> CompactedThrough() override;
  Status Compact(int64_t through) override;

  void Commit(WriteSet set) override { committer_.Commit(std::move(set)); }
  void Observe(Observer observer) override { committer_.Observe(std::move(observer)); }

  StatusOr<int64_t> LoadFold(
      std::string_view fold,
      const std::function<void(std::string key, std::string body)>& each) override;
  Status SaveFold(std::string_view fold, int64_t position,
                  std::span<const std::pair<std::string, std::string>> cells) override;

  StatusOr<LeaseGrant> RenewLease(std::string_view replica, int64_t ttl_ms) override;
  Status DropLease(std::string_view replica) override;
  Status RaiseCacheGeneration() override;

  Status Ping() override;
  bool Writable() override { return committer_.writes().Now().ok(); }
  Status ProbeWrites() override;
  void Close() override { committer_.Close(); }

 private:
  StatusOr<std::vector<std::vector<Value>>> Read(Statement statement);
  StatusOr<int64_t> ReadInteger(const char* text);

  const std::unique_ptr<Database> database_;
  Pool readers_;
  Pool system_;
  Pool probe_;  // of its own, so that busy sessions do not look like a lost database
  Committer committer_;
};

}  // namespace pingan::store
