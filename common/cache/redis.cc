#include "common/cache/redis.h"

#include <hiredis/hiredis.h>
#include <signal.h>

#include <fstream>
#include <mutex>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pingan::cache {
namespace {

using ReplyPtr = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

RedisReply Typed(const redisReply& raw) {
  RedisReply reply;
  switch (raw.type) {
    case REDIS_REPLY_STATUS:
      reply.type = RedisReply::kStatus;
      break;
    case REDIS_REPLY_ERROR:
      reply.type = RedisReply::kError;
      break;
    case REDIS_REPLY_INTEGER:
      reply.type = RedisReply::kInteger;
      break;
    case REDIS_REPLY_STRING:
      reply.type = RedisReply::kString;
      break;
    case REDIS_REPLY_ARRAY:
      reply.type = RedisReply::kArray;
      break;
    default:
      return reply;
  }
  if (reply.type == RedisReply::kInteger) reply.integer = raw.integer;
  if (raw.str != nullptr && reply.type != RedisReply::kArray) reply.text.assign(raw.str, raw.len);
  if (reply.type == RedisReply::kArray) {
    for (size_t i = 0; i < raw.elements; ++i) reply.elements.push_back(Typed(*raw.element[i]));
  }
  return reply;
}

Status Malformed(std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, common::v1::REASON_UNSPECIFIED, what);
}

// Of an address that is no path.
struct HostAndPort {
  std::string host;
  int port = 0;
};

StatusOr<HostAndPort> ParseAddress(const std::string& address) {
  const size_t colon = address.rfind(':');
  HostAndPort parsed;
  if (colon == std::string::npos || colon == 0 ||
      !absl::SimpleAtoi(address.substr(colon + 1), &parsed.port) || parsed.port < 1 ||
      parsed.port > 65535) {
    return Malformed("want host:port or /path");
  }
  parsed.host = address.substr(0, colon);
  return parsed;
}

StatusOr<redisContext*> Open(const std::string& address, const timeval& timeout) {
  if (!address.empty() && address[0] == '/')
    return redisConnectUnixWithTimeout(address.c_str(), timeout);
  ASSIGN_OR_RETURN(const HostAndPort to, ParseAddress(address));
  return redisConnectWithTimeout(to.host.c_str(), to.port, timeout);
}

// AUTH and what the file says.
StatusOr<RedisCommand> ReadCredentials(const std::string& credentials_file) {
  std::ifstream file(credentials_file);
  std::string line;
  if (!std::getline(file, line) || line.empty())
    return Malformed("cannot read a line of `user password`");
  RedisCommand command = {"AUTH"};
  for (auto word : absl::StrSplit(line, absl::MaxSplits(' ', 1))) command.emplace_back(word);
  return command;
}

}  // namespace

Status CheckRedisAddress(const std::string& address) {
  return address.starts_with('/') ? absl::OkStatus() : ParseAddress(address).status();
}

Status CheckRedisCredentials(const std::string& credentials_file) {
  return credentials_file.empty() ? absl::OkStatus() : ReadCredentials(credentials_file).status();
}

StatusOr<std::unique_ptr<Redis>> Redis::Connect(const RedisOptions& options,
                                                absl::Duration timeout) {
  static std::once_flag pipe_ignored;
  std::call_once(pipe_ignored, [] { signal(SIGPIPE, SIG_IGN); });
  const timeval limit = absl::ToTimeval(timeout);
  ASSIGN_OR_RETURN(redisContext* const context, Open(options.address, limit));
  if (context == nullptr) return absl::UnavailableError("redis: no memory");
  std::unique_ptr<Redis> redis(new Redis(context));
  if (context->err != 0) return redis->Broken();
  if (redisSetTimeout(context, limit) != REDIS_OK) return redis->Broken();
  if (!options.credentials_file.empty()) RETURN_IF_ERROR(redis->SignIn(options.credentials_file));
  return redis;
}

Redis::~Redis() {
  redisFree(context_);
}

Status Redis::SignIn(const std::string& credentials_file) {
  ASSIGN_OR_RETURN(const RedisCommand command, ReadCredentials(credentials_file));
  const auto reply = Run(command);
  if (reply.status().code() != absl::StatusCode::kFailedPrecondition) return reply.status();
  return Error(absl::StatusCode::kUnauthenticated, common::v1::REASON_UNSPECIFIED,
               "redis refused the credentials");
}

Status Redis::Broken() const {
  return absl::UnavailableError(
      absl::StrCat("redis: ", context_->err ? context_->errstr : "no answer"));
}

Status Redis::Send(std::span<const RedisCommand> commands) {
  if (context_->err != 0) return Broken();
  std::vector<const char*> words;
  std::vector<size_t> sizes;
  for (const RedisCommand& command : commands) {
    words.clear();
    sizes.clear();
    for (const std::string& word : command) {
      words.push_back(word.data());
      sizes.push_back(word.size());
    }
    if (redisAppendCommandArgv(context_, words.size(), words.data(), sizes.data()) != REDIS_OK)
      return Broken();
  }
  for (int done = 0; !done;) {
    if (redisBufferWrite(context_, &done) != REDIS_OK) return Broken();
  }
  return absl::OkStatus();
}

StatusOr<std::vector<RedisReply>> Redis::Run(std::span<const RedisCommand> commands) {
  RETURN_IF_ERROR(Send(commands));
  std::vector<RedisReply> replies;
  while (replies.size() < commands.size()) {
    void* raw = nullptr;
    if (redisGetReply(context_, &raw) != REDIS_OK || raw == nullptr) return Broken();
    const ReplyPtr reply(static_cast<redisReply*>(raw), freeReplyObject);
    replies.push_back(Typed(*reply));
  }
  return replies;
}

StatusOr<RedisReply> Redis::Run(const RedisCommand& command) {
  ASSIGN_OR_RETURN(auto replies, Run({&command, 1}));
  if (replies[0].type == RedisReply::kError) {
    return Error(absl::StatusCode::kFailedPrecondition, common::v1::REASON_UNSPECIFIED,
                 absl::StrCat("redis: ", replies[0].text));
  }
  return std::move(replies[0]);
}

Status Redis::Receive() {
  if (context_->err != 0 || redisBufferRead(context_) != REDIS_OK) return Broken();
  return absl::OkStatus();
}

StatusOr<std::optional<RedisReply>> Redis::Next() {
  void* raw = nullptr;
  if (context_->err != 0 || redisGetReplyFromReader(context_, &raw) != REDIS_OK) return Broken();
  if (raw == nullptr) return std::optional<RedisReply>();
  const ReplyPtr reply(static_cast<redisReply*>(raw), freeReplyObject);
  return std::optional<RedisReply>(Typed(*reply));
}

int Redis::fd() const {
  return context_->fd;
}

}  // namespace pingan::cache
