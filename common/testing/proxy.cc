#include "common/testing/proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <vector>

namespace pingan::testing {
namespace {

constexpr int kTickMs = 5;

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  return address;
}

int Listen(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = AddressOf(path);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(fd, 64) != 0) {
    std::cerr << "proxy for tests: " << std::strerror(errno) << "\n";
    std::abort();
  }
  return fd;
}

// The two ends of each connection.
class Wires {
 public:
  // Counts what passes; the connection that would pass `cut_at` is closed there.
  Wires(std::atomic<int64_t>* passed, std::atomic<int64_t>* cut_at)
      : passed_(passed), cut_at_(cut_at) {}
  ~Wires() { CloseAll(); }

  void Accept(int listener, const std::string& target) {
    const int near = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    const int far = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = AddressOf(target);
    if (connect(far, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      close(near);
      close(far);
      return;
    }
    other_[near] = far;
    other_[far] = near;
  }

  void AddTo(std::vector<pollfd>* ready) const {
    for (const auto& [fd, other] : other_) ready->push_back({fd, POLLIN, 0});
  }

  void Pass(int fd) {
    const auto found = other_.find(fd);
    if (found == other_.end()) return;
    char buffer[65536];
    const ssize_t got = read(fd, buffer, sizeof(buffer));
    const ssize_t allowed = std::min<ssize_t>(got, *cut_at_ - *passed_);
    if (allowed > 0) *passed_ += allowed;
    const bool sent = allowed > 0 && send(found->second, buffer, allowed, MSG_NOSIGNAL) == allowed;
    if (sent && allowed == got) return;
    if (allowed < got) *cut_at_ = INT64_MAX;
    const int other = found->second;
    other_.erase(fd);
    other_.erase(other);
    close(fd);
    close(other);
  }

  void CloseAll() {
    for (const auto& [fd, other] : other_) close(fd);
    other_.clear();
  }

 private:
  std::atomic<int64_t>* const passed_;
  std::atomic<int64_t>* const cut_at_;
  std::map<int, int> other_;
};

}  // namespace

Proxy::Proxy(std::string path, std::vector<std::string> targets)
    : path_(std::move(path)),
      targets_(std::move(targets)),
      listener_(Listen(path_)),
      thread_([this] { Run(); }) {}

Proxy::~Proxy() {
  stopped_ = true;
  thread_.join();
  close(listener_);
  unlink(path_.c_str());
}

void Proxy::Run() {
  Wires wires(&passed_, &cut_at_);
  int cuts = 0;
  size_t accepted = 0;
  while (!stopped_) {
    if (cuts != cuts_) {
      cuts = cuts_;
      wires.CloseAll();
    }
    std::vector<pollfd> ready = {{listener_, POLLIN, 0}};
    if (!stalled_) wires.AddTo(&ready);
    poll(ready.data(), ready.size(), kTickMs);
    if (ready[0].revents != 0) wires.Accept(listener_, targets_[accepted++ % targets_.size()]);
    for (size_t i = 1; i < ready.size(); ++i) {
      if (ready[i].revents != 0) wires.Pass(ready[i].fd);
    }
  }
}

}  // namespace pingan::testing
