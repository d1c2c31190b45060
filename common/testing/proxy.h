// Proxy: a Unix socket before another one, whose wire a test can stall or cut.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace pingan::testing {

class Proxy {
 public:
  // Listens on `path` and passes the connections on to the targets in turn.
  Proxy(std::string path, std::vector<std::string> targets);
  Proxy(std::string path, std::string target)
      : Proxy(std::move(path), std::vector<std::string>{std::move(target)}) {}
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  const std::string& path() const { return path_; }

  // Stalled: connections are accepted and stay, but nothing moves. What was sent arrives later.
  void Stall(bool stalled) { stalled_ = stalled; }
  // Closes all connections that there are.
  void Cut() { ++cuts_; }

  // Bytes passed on so far, on all connections in both directions.
  int64_t passed() const { return passed_; }
  // After `bytes` more, the connection that brings the next one is closed in its place, once.
  void CutAfter(int64_t bytes) { cut_at_ = passed_ + bytes; }
  void CutNoMore() { cut_at_ = INT64_MAX; }

 private:
  void Run();

  const std::string path_;
  const std::vector<std::string> targets_;
  const int listener_;
  std::atomic<bool> stopped_ = false, stalled_ = false;
  std::atomic<int> cuts_ = 0;
  std::atomic<int64_t> passed_ = 0, cut_at_ = INT64_MAX;
  std::thread thread_;
};

}  // namespace pingan::testing
