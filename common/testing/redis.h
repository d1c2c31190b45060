// A private redis-server of one test, on a Unix socket and a loopback port, without persistence.
// It is killed with its owner.
//
//   RedisServer redis;             // running
//   redis.Kill9(); redis.Start();  // empty again, same addresses
#pragma once

#include <sys/types.h>

#include <string>

namespace pingan::testing {

class RedisServer {
 public:
  // Starts and waits until it answers; aborts the test program if it does not within 10 s.
  // `extra` are further arguments, for instance "--requirepass x".
  explicit RedisServer(std::string extra = "");
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  const std::string& socket_path() const { return socket_; }
  const std::string& tcp_address() const { return tcp_; }
  const std::string& folder() const { return folder_; }

  void Start();  // after Kill9
  void Kill9();
  void Pause();  // SIGSTOP: connections stay, nothing answers
  void Resume();
  void FlushAll();

  // The raw answer to one inline command ("DBSIZE"), through a connection of its own.
  std::string Ask(const std::string& command);

 private:
  std::string folder_, socket_, tcp_, extra_;
  int port_ = 0;
  pid_t pid_ = 0;
};

}  // namespace pingan::testing
