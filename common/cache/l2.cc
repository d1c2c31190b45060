#include "common/cache/l2.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/cache/protocol.h"

namespace pingan::cache {

std::string EncodeEntry(const store::Row& row, int64_t generation) {
  return absl::StrCat(generation, " ", row.version, " ", row.area, "\n", row.body);
}

std::optional<store::Row> DecodeEntry(std::string_view entry, int64_t generation) {
  const size_t end = entry.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::vector<std::string> head = absl::StrSplit(AbslView(entry.substr(0, end)), ' ');
  store::Row row;
  int64_t of = 0;
  if (head.size() != 3 || !absl::SimpleAtoi(head[0], &of) || of != generation ||
      !absl::SimpleAtoi(head[1], &row.version)) {
    return std::nullopt;
  }
  row.area = head[2];
  row.body = entry.substr(end + 1);
  return row;
}

StatusOr<std::optional<store::Row>> L2::Look(Redis& redis, const std::string& entry_key,
                                             int64_t generation) {
  // UNWATCH belongs to the read before, whose entry was a hit.
  const RedisCommand commands[] = {{"UNWATCH"}, {"WATCH", entry_key}, {"GET", entry_key}};
  ASSIGN_OR_RETURN(const auto replies, redis.Run(commands));
  if (replies[1].type != RedisReply::kStatus) return absl::UnavailableError("redis: cannot watch");
  if (replies[2].type == RedisReply::kError) return absl::UnavailableError("redis: cannot get");
  return DecodeEntry(replies[2].text, generation);
}

Status L2::Keep(Redis& redis, const std::string& entry_key, const store::Row& row,
                int64_t generation) {
  const RedisCommand commands[] = {{"MULTI"},
                                   {"SET", entry_key, EncodeEntry(row, generation), "PX",
                                    absl::StrCat(absl::ToInt64Milliseconds(ttl_))},
                                   {"EXEC"}};
  return redis.Run(commands).status();
}

L2::Got L2::Get(const std::string& table, std::string_view key, int64_t generation,
                const Fetch& fetch) {
  EntryPool::Lent lent = pool_->Borrow();
  if (lent.redis == nullptr) return {fetch()};
  const std::string entry_key = EntryKey(prefix_, table, key);
  auto found = Look(*lent.redis, entry_key, generation);
  if (!found.ok()) {
    lost_(lent.epoch);
    return {fetch()};
  }
  if (*found) {
    pool_->Return(std::move(lent));
    (*found)->key = key;
    return {std::move(found), true};
  }
  Got got{fetch()};
  if (got.row.ok() && *got.row && !Keep(*lent.redis, entry_key, **got.row, generation).ok()) {
    lost_(lent.epoch);
    return got;
  }
  pool_->Return(std::move(lent));
  return got;
}

}  // namespace pingan::cache
