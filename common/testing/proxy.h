// Proxy: a Unix socket before another one, whose wire a test can stall or cut.
#pragma once

#include <atomic>
#include <string>
#include <thread>

namespace pingan::testing {

class Proxy {
 public:
  // Listens on `path` and passes each connection on to `target`.
  Proxy(std::string path, std::string target);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  const std::string& path() const { return path_; }

  // Stalled: connections are accepted and stay, but nothing moves. What was sent arrives later.
  void Stall(bool stalled) { stalled_ = stalled; }
  // Closes all connections that there are.
  void Cut() { ++cuts_; }

 private:
  void Run();

  const std::string path_, target_;
  const int listener_;
  std::atomic<bool> stopped_ = false, stalled_ = false;
  std::atomic<int> cuts_ = 0;
  std::thread thread_;
};

}  // namespace pingan::testing
