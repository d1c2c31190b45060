#include "common/cache/session.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/cache/protocol.h"

namespace pingan::cache {
namespace {

StatusOr<std::string> ProcessOf(Redis& redis) {
  ASSIGN_OR_RETURN(const RedisReply info, redis.Run({"INFO", "server"}));
  for (auto line : absl::StrSplit(info.text, "\r\n")) {
    const std::string_view text = StdView(line);
    if (text.starts_with("run_id:")) return std::string(text.substr(7));
  }
  return absl::UnavailableError("redis: says no run_id");
}

StatusOr<std::unique_ptr<Redis>> ConnectTo(const RedisOptions& options, absl::Duration timeout,
                                           std::string& process) {
  ASSIGN_OR_RETURN(auto redis, Redis::Connect(options, timeout));
  ASSIGN_OR_RETURN(const std::string reached, ProcessOf(*redis));
  if (process.empty()) process = reached;
  if (process != reached) return absl::UnavailableError("redis: another process answers now");
  return redis;
}

Status Subscribe(Session& session, const std::string& prefix, const std::string& replica) {
  ASSIGN_OR_RETURN(const RedisReply id, session.feed->Run({"CLIENT", "ID"}));
  RETURN_IF_ERROR(
      session.feed->Run({"SUBSCRIBE", "__redis__:invalidate", AckChannel(prefix, replica)})
          .status());
  return session.control
      ->Run({"CLIENT", "TRACKING", "ON", "REDIRECT", absl::StrCat(id.integer), "BCAST", "PREFIX",
             NoticePrefix(prefix)})
      .status();
}

}  // namespace

StatusOr<Session> OpenSession(const RedisOptions& options, const std::string& prefix,
                              const std::string& replica, int entry_connections) {
  Session session;
  std::string process;
  ASSIGN_OR_RETURN(session.control, ConnectTo(options, kLinkTimeout, process));
  ASSIGN_OR_RETURN(session.feed, ConnectTo(options, kLinkTimeout, process));
  ASSIGN_OR_RETURN(session.tell, ConnectTo(options, kLinkTimeout, process));
  for (int i = 0; i < entry_connections; ++i) {
    ASSIGN_OR_RETURN(auto redis, ConnectTo(options, kEntryTimeout, process));
    session.entries.push_back(std::move(redis));
  }
  RETURN_IF_ERROR(Subscribe(session, prefix, replica));
  return session;
}

void EntryPool::Fill(std::vector<std::unique_ptr<Redis>> connections, uint64_t epoch) {
  std::lock_guard lock(mutex_);
  free_ = std::move(connections);
  epoch_ = epoch;
}

EntryPool::Lent EntryPool::Borrow() {
  std::lock_guard lock(mutex_);
  Lent lent{nullptr, epoch_};
  if (!free_.empty()) {
    lent.redis = std::move(free_.back());
    free_.pop_back();
  }
  return lent;
}

void EntryPool::Return(Lent lent) {
  std::lock_guard lock(mutex_);
  if (lent.epoch == epoch_) free_.push_back(std::move(lent.redis));
}

}  // namespace pingan::cache
