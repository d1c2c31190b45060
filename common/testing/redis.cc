#include "common/testing/redis.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <thread>

namespace pingan::testing {
namespace {

[[noreturn]] void Die(const char* what) {
  std::cerr << "redis-server for tests: " << what << ": " << std::strerror(errno) << "\n";
  std::abort();
}

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    Die("no free port");
  }
  close(fd);
  return ntohs(address.sin_port);
}

}  // namespace

RedisServer::RedisServer(std::string extra) : extra_(std::move(extra)), port_(FreePort()) {
  char folder[] = "/tmp/pingan-redis-XXXXXX";  // short, for a socket's path has at most 107 bytes
  if (mkdtemp(folder) == nullptr) Die("mkdtemp");
  folder_ = folder;
  socket_ = folder_ + "/redis.sock";
  tcp_ = "127.0.0.1:" + std::to_string(port_);
  Start();
}

RedisServer::~RedisServer() {
  Kill9();
  std::filesystem::remove_all(folder_);
}

void RedisServer::Start() {
  const std::string command = "exec redis-server --bind 127.0.0.1 --port " + std::to_string(port_) +
                              " --unixsocket " + socket_ + " --dir " + folder_ +
                              " --save '' --appendonly no --logfile " + folder_ + "/log " + extra_;
  unlink(socket_.c_str());
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) Die("fork");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (Ask("PING").empty()) {
    if (std::chrono::steady_clock::now() > deadline) Die("does not answer");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void RedisServer::Kill9() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

void RedisServer::Pause() {
  kill(pid_, SIGSTOP);
}
void RedisServer::Resume() {
  kill(pid_, SIGCONT);
}
void RedisServer::FlushAll() {
  Ask("FLUSHALL");
}

std::string RedisServer::Ask(const std::string& command) {
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket_.c_str(), sizeof(address.sun_path) - 1);
  std::string answer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
    const std::string line = command + "\r\n";
    char buffer[4096];
    if (send(fd, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size())) {
      const ssize_t got = read(fd, buffer, sizeof(buffer));
      if (got > 0) answer.assign(buffer, got);
    }
  }
  close(fd);
  return answer;
}

}  // namespace pingan::testing
