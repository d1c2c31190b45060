#include "common/cache/invalidation_link.h"

#include <poll.h>

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pingan::cache {
namespace {

constexpr int kTickMs = 20;  // how soon Stop and a loss noticed elsewhere are seen
constexpr absl::Duration kBackoffMin = absl::Milliseconds(20);
constexpr absl::Duration kBackoffMax = absl::Seconds(1);

Status Unexpected(std::string_view what) {
  return absl::UnavailableError(absl::StrCat("redis: unexpected ", AbslView(what)));
}

}  // namespace

InvalidationLink::InvalidationLink(RedisOptions redis, std::string prefix, std::string replica,
                                   int entry_connections, const Gate* gate, Hooks hooks)
    : redis_(std::move(redis)),
      prefix_(std::move(prefix)),
      replica_(std::move(replica)),
      entry_connections_(entry_connections),
      gate_(gate),
      hooks_(std::move(hooks)),
      thread_([this] { Run(); }) {}

void InvalidationLink::Stop() {
  stopped_ = true;
  if (thread_.joinable()) thread_.join();
}

void InvalidationLink::Run() {
  absl::Duration backoff = kBackoffMin;
  while (!stopped_) {
    auto session = OpenSession(redis_, prefix_, replica_, entry_connections_);
    if (!session.ok()) {
      for (auto left = backoff; left > absl::ZeroDuration() && !stopped_; left -= kBackoffMin) {
        poll(nullptr, 0, absl::ToInt64Milliseconds(kBackoffMin));
      }
      backoff = std::min(backoff * 2, kBackoffMax);
      continue;
    }
    backoff = kBackoffMin;
    const uint64_t epoch = gate_->epoch();
    hooks_.up(*session, epoch);
    Serve(*session, epoch);
    hooks_.lost(epoch);
  }
}

void InvalidationLink::Serve(Session& session, uint64_t epoch) {
  Heartbeat heartbeat;
  while (!stopped_ && gate_->epoch() == epoch) {
    if (!Beat(session, heartbeat).ok() || !Hear(session, heartbeat).ok()) return;
    const int64_t late_us = heartbeat.sent_us + absl::ToInt64Microseconds(kPongPatience);
    if (heartbeat.missing > 0 && MonotonicMicros() > late_us) return;
  }
}

Status InvalidationLink::Beat(Session& session, Heartbeat& heartbeat) {
  const int64_t now_us = MonotonicMicros();
  if (heartbeat.missing > 0 || now_us < heartbeat.sent_us + absl::ToInt64Microseconds(kPingEvery)) {
    return absl::OkStatus();
  }
  heartbeat = {now_us, 2};
  const RedisCommand ping = {"PING"};
  RETURN_IF_ERROR(session.feed->Send({&ping, 1}));
  return session.control->Send({&ping, 1});
}

Status InvalidationLink::Hear(Session& session, Heartbeat& heartbeat) {
  pollfd ready[] = {{session.feed->fd(), POLLIN, 0}, {session.control->fd(), POLLIN, 0}};
  poll(ready, 2, kTickMs);
  if (ready[1].revents != 0) RETURN_IF_ERROR(HearControl(*session.control, heartbeat));
  if (ready[0].revents == 0) return absl::OkStatus();
  RETURN_IF_ERROR(session.feed->Receive());
  for (;;) {
    ASSIGN_OR_RETURN(const auto message, session.feed->Next());
    if (!message) return absl::OkStatus();
    RETURN_IF_ERROR(Take(session, *message, heartbeat));
  }
}

// Answers to PING, and to PUBLISH, which nobody reads.
Status InvalidationLink::HearControl(Redis& control, Heartbeat& heartbeat) {
  RETURN_IF_ERROR(control.Receive());
  for (;;) {
    ASSIGN_OR_RETURN(const auto reply, control.Next());
    if (!reply) return absl::OkStatus();
    if (reply->type == RedisReply::kError) return Unexpected(reply->text);
    if (reply->type == RedisReply::kStatus) --heartbeat.missing;
  }
}

Status InvalidationLink::Take(Session& session, const RedisReply& message, Heartbeat& heartbeat) {
  const auto& parts = message.elements;
  if (parts.empty()) return Unexpected("message");
  if (parts[0].text == "pong") {
    --heartbeat.missing;
    return absl::OkStatus();
  }
  if (parts[0].text != "message" || parts.size() != 3) return absl::OkStatus();
  if (parts[1].text == "__redis__:invalidate") return TakeInvalidation(session, parts[2]);
  const std::pair<std::string, std::string> ack =
      absl::StrSplit(parts[2].text, absl::MaxSplits(' ', 1));
  int64_t batch = 0;
  if (absl::SimpleAtoi(ack.first, &batch)) hooks_.acked(batch, ack.second);
  return absl::OkStatus();
}

Status InvalidationLink::TakeInvalidation(Session& session, const RedisReply& keys) {
  if (keys.type == RedisReply::kNil) {
    hooks_.flushed();
    return absl::OkStatus();
  }
  std::vector<Notice> notices;
  std::set<std::pair<std::string, int64_t>> batches;
  for (const RedisReply& key : keys.elements) {
    auto notice = ParseNotice(prefix_, key.text);
    if (!notice) return Unexpected("key");
    if (notice->writer == replica_) continue;
    batches.emplace(notice->writer, notice->batch);
    notices.push_back(*std::move(notice));
  }
  if (notices.empty()) return absl::OkStatus();
  hooks_.changed(notices);
  std::vector<RedisCommand> acks;
  for (const auto& [writer, batch] : batches) {
    acks.push_back({"PUBLISH", AckChannel(prefix_, writer), absl::StrCat(batch, " ", replica_)});
  }
  return session.control->Send(acks);
}

}  // namespace pingan::cache
