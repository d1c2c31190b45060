#include "tests/integration/server_fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "common/auth/dev_keys.h"
#include "common/base/clock.h"

namespace pingan::testing {
namespace {

namespace v1 = disputes::v1;

constexpr int kLimitMs = 30000;

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "test server: %s\n", why.c_str());
  std::abort();
}

std::string ReadFile(const std::string& path) {
  std::stringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

std::string NewFolder() {
  const char* parent = std::getenv("TEST_TMPDIR");
  std::string path = std::string(parent ? parent : "/tmp") + "/server-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) Die("no folder for its state");
  return path;
}

// Readable when the process has ended. Debian's header of pidfd_open is not for C++.
int EndOf(pid_t pid) {
  return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

// The word after `key=` in a line.
std::string ValueOf(const std::string& line, const std::string& key) {
  const size_t at = line.find(key + "=") + key.size() + 1;
  return line.substr(at, line.find_first_of(" \n", at) - at);
}

}  // namespace

TestServer::TestServer(std::vector<std::string> flags, std::string service)
    : flags_(std::move(flags)), service_(std::move(service)), state_(NewFolder()) {
  Start();
}

TestServer::~TestServer() {
  if (pid_ != 0) Stop();
  std::error_code ignored;
  std::filesystem::remove_all(state_, ignored);
}

void TestServer::Start() {
  std::vector<std::string> command = {"services/" + service_ + "/" + service_ + "_server",
                                      "--dev",
                                      "--listen=127.0.0.1:0",
                                      "--metrics=127.0.0.1:0",
                                      "--areas=common/area/data/zhoukou.tsv",
                                      "--state=" + state_};
  command.insert(command.end(), flags_.begin(), flags_.end());
  // After fork only system calls are safe, so everything is made ready before.
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int log = open((state_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  // A server that was killed leaves its ready file behind.
  unlink((state_ + "/" + service_ + ".ready").c_str());
  const int folder = inotify_init1(IN_CLOEXEC);
  inotify_add_watch(folder, state_.c_str(), IN_MOVED_TO);
  pid_ = fork();
  if (pid_ < 0) Die("cannot fork");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(log);
  AwaitReady(folder);
  close(folder);
}

void TestServer::AwaitReady(int folder) {
  const int process = EndOf(pid_);
  std::string line;
  while (line.empty()) {
    pollfd events[] = {{folder, POLLIN, 0}, {process, POLLIN, 0}};
    if (poll(events, 2, kLimitMs) <= 0) Die("is not ready: " + Log());
    if (events[1].revents != 0) Die("ended at once: " + Log());
    char names[4096];
    (void)!read(folder, names, sizeof(names));
    line = ReadFile(state_ + "/" + service_ + ".ready");
  }
  close(process);
  target_ = ValueOf(line, "listen");
  metrics_ = ValueOf(line, "metrics");
}

int TestServer::Await() {
  const int process = EndOf(pid_);
  pollfd ended = {process, POLLIN, 0};
  if (poll(&ended, 1, kLimitMs) <= 0) {
    kill(pid_, SIGKILL);
    Die("does not end: " + Log());
  }
  close(process);
  int status = 0;
  waitpid(std::exchange(pid_, 0), &status, 0);
  return status;
}

// 0 is everybody of this process's group.
void TestServer::Send(int signal) const {
  if (pid_ <= 0) Die("does not run");
  kill(pid_, signal);
}

int TestServer::Stop() {
  Send(SIGTERM);
  const int status = Await();
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TestServer::Core TestServer::Abort() {
  Send(SIGABRT);
  const int status = Await();
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT) Die("did not abort: " + Log());
  return WCOREDUMP(status) ? kCore : kNoCore;
}

void TestServer::Kill() {
  Send(SIGKILL);
  Await();
}

std::string TestServer::Log() const {
  return ReadFile(state_ + "/log");
}

std::string TestServer::Token(auth::Caller caller) const {
  const absl::Time now = Clock::Real().Now();
  if (caller.subject.empty()) caller.subject = caller.roles.front();
  if (caller.expires == absl::Time()) caller.expires = now + absl::Hours(1);
  const absl::Time issued = std::min(now, caller.expires - absl::Minutes(1));
  auto token = auth::MintToken(state_ + "/keys", {.caller = std::move(caller), .issued = issued});
  if (!token.ok()) Die(token.status().ToString());
  return *std::move(token);
}

rpc::Client TestServer::As(auth::Caller caller, std::string purpose) const {
  return rpc::Client(target_, {.token = Token(std::move(caller)),
                               .purpose = std::move(purpose),
                               .timeout = absl::Milliseconds(kLimitMs),
                               .retries = 0});
}

v1::CreateDisputeRequest NewDispute(const std::string& area) {
  v1::CreateDisputeRequest request;
  request.set_request_id(RandomUuid());
  v1::Dispute& dispute = *request.mutable_dispute();
  dispute.set_area(area);
  dispute.set_title("两户因排水沟起争执");
  dispute.set_description("雨水流入邻家院内");
  dispute.set_category("0201");
  dispute.set_place("宁庄社区三组排水沟旁边");
  dispute.set_source(v1::WALK_IN);
  v1::Party& party = *dispute.add_parties();
  party.set_kind(v1::Party::PERSON);
  party.set_display_name("张三丰");
  party.set_phone("13800000001");
  return request;
}

}  // namespace pingan::testing
