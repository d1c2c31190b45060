// Redis: one connection to one Redis server, over hiredis. Not safe from several threads at once.
//
// Nothing here throws, retries or reconnects: after UNAVAILABLE (refused, closed, timed out,
// malformed) the connection is broken for good and each further call says so. Only plain commands
// are used, so the server's account needs neither scripts nor administration.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/base/status.h"

struct redisContext;

namespace pingan::cache {

struct RedisOptions {
  std::string address;           // "host:port", or the path of a Unix socket (starts with '/')
  std::string credentials_file;  // one line "password" or "user password"; empty = none
};

// INVALID_ARGUMENT for a malformed address or unreadable credentials. Connects to nothing.
Status CheckRedisAddress(const std::string& address);
Status CheckRedisCredentials(const std::string& credentials_file);

struct RedisReply {
  enum Type { kNil, kStatus, kError, kInteger, kString, kArray };
  Type type = kNil;
  int64_t integer = 0;
  std::string text;  // of kStatus, kError and kString; any bytes
  std::vector<RedisReply> elements;
};

// Words of one command; any bytes.
using RedisCommand = std::vector<std::string>;

class Redis {
 public:
  // Connects and signs in; `timeout` then holds for each wait on the socket. INVALID_ARGUMENT for a
  // malformed address or unreadable credentials, UNAUTHENTICATED when they are refused.
  // Ignores SIGPIPE in this process, because hiredis writes without MSG_NOSIGNAL.
  static StatusOr<std::unique_ptr<Redis>> Connect(const RedisOptions& options,
                                                  absl::Duration timeout);
  ~Redis();
  Redis(const Redis&) = delete;
  Redis& operator=(const Redis&) = delete;

  // Sends all commands at once and waits for all replies, which may be of kError.
  StatusOr<std::vector<RedisReply>> Run(std::span<const RedisCommand> commands);
  // One command; a kError reply is FAILED_PRECONDITION.
  StatusOr<RedisReply> Run(const RedisCommand& command);

  // For subscriptions: send without waiting; wait for input; take replies one by one.
  Status Send(std::span<const RedisCommand> commands);
  // Reads what has arrived; call it when fd() is readable, for it waits otherwise.
  Status Receive();
  // The next complete reply that Receive has read, if there is one.
  StatusOr<std::optional<RedisReply>> Next();
  int fd() const;

 private:
  explicit Redis(redisContext* context) : context_(context) {}
  Status SignIn(const std::string& credentials_file);
  Status Broken() const;

  redisContext* const context_;
};

}  // namespace pingan::cache
