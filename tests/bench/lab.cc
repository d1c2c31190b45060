#include "tests/bench/lab.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/str_format.h"
#include "common/auth/dev_keys.h"
#include "common/base/clock.h"

namespace pingan::bench {
namespace {

constexpr int kRounds = 5, kRoundsMax = 15;
constexpr double kBusy = 0.95;
constexpr char kAreas[] = "common/area/data/zhoukou.tsv";

void Pause(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

std::vector<std::string> ServerCommand(const std::string& service, const std::string& state,
                                       const std::string& database,
                                       const std::vector<std::string>& flags) {
  std::vector<std::string> command = {"bazel-bin/services/" + service + "/" + service + "_server",
                                      "--dev",
                                      "--listen=127.0.0.1:0",
                                      "--metrics=127.0.0.1:0",
                                      "--sole_replica",
                                      "--sweep_seconds=3600",
                                      "--areas=" + std::string(kAreas),
                                      "--state=" + state,
                                      "--database=" + database};
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

}  // namespace

void Die(const std::string& why) {
  Log("bench: " + why);
  std::exit(2);
}

void Log(const std::string& line) {
  std::fprintf(stderr, "%s\n", line.c_str());
}

void Must(const Status& status) {
  if (!status.ok()) Die(status.ToString());
}

std::vector<std::string> Villages(int stride) {
  std::vector<std::string> villages;
  std::ifstream file(kAreas);
  int seen = 0;
  for (std::string line; std::getline(file, line);) {
    const std::string code = line.substr(0, line.find('\t'));
    if (code.size() != 12 || line[0] == '#' || code.substr(9) == "000") continue;
    if (seen++ % stride == 0) villages.push_back(code);
  }
  if (villages.empty()) Die("no areas; run from the root of the repository");
  return villages;
}

Folder::Folder() {
  char path[] = "/tmp/pingan-bench-XXXXXX";
  if (mkdtemp(path) == nullptr) Die("no folder under /tmp");
  path_ = path;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::Write(const std::string& name, const std::string& content) const {
  std::ofstream(path_ + "/" + name, std::ios::binary) << content;
  return path_ + "/" + name;
}

std::string ReadFile(const std::string& path) {
  std::stringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

std::string Shell(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) Die("cannot run " + command);
  std::string output;
  char part[4096];
  for (size_t n; (n = fread(part, 1, sizeof(part), pipe)) > 0;) output.append(part, n);
  if (pclose(pipe) != 0) Die(command + " failed: " + output);
  return output;
}

Process::Process(const std::vector<std::string>& command, int core, const std::string& output)
    : pid_(fork()) {
  if (pid_ < 0) Die("cannot fork");
  if (pid_ > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (core >= 0) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    sched_setaffinity(0, sizeof(cores), &cores);
  }
  const int file = open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  dup2(file, STDOUT_FILENO);
  dup2(file, STDERR_FILENO);
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(127);
}

Process::~Process() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

double Process::CpuSeconds() const {
  const std::string stat = ReadFile(absl::StrFormat("/proc/%d/stat", pid_));
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;  // proc(5): utime is the 14th field
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

int64_t Process::ResidentBytes() const {
  std::istringstream fields(ReadFile(absl::StrFormat("/proc/%d/statm", pid_)));
  int64_t size = 0, resident = 0;
  fields >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

bool Process::Alive() const {
  siginfo_t info = {};
  return waitid(P_PID, pid_, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

ReferenceServer::ReferenceServer(const std::string& mode, const std::string& content, int core)
    : process_({"bazel-bin/tests/bench/reference_server", mode, files_.Write("reply", content)},
               core, files_.path() + "/port") {
  std::string port;
  for (; port.find('\n') == std::string::npos; Pause(20)) {
    if (!process_.Alive()) Die("reference_server ended");
    port = ReadFile(files_.path() + "/port");
  }
  target_ = "127.0.0.1:" + port.substr(0, port.find('\n'));
}

Server::Server(const std::string& database, int core, const std::string& service,
               const std::vector<std::string>& flags)
    : process_(ServerCommand(service, state_.path(), database, flags), core,
               state_.path() + "/log") {
  const std::string listen = "listen=";
  for (std::string ready; target_.empty(); Pause(20)) {
    ready = ReadFile(state_.path() + "/" + service + ".ready");
    if (!process_.Alive()) Die(service + " server ended: " + ReadFile(state_.path() + "/log"));
    if (ready.find('\n') == std::string::npos) continue;
    const size_t at = ready.find(listen) + listen.size();
    target_ = ready.substr(at, ready.find_first_of(" \n", at) - at);
  }
}

std::string Server::Token(const std::string& role, const std::string& area) const {
  const absl::Time now = Clock::Real().Now();
  auth::TokenClaims claims{.issued = now};
  claims.caller = {.subject = "bench",
                   .roles = {role},
                   .area = area,
                   .purposes = {"service_delivery"},
                   .expires = now + absl::Hours(8)};
  return Must(auth::MintToken(state_.path() + "/keys", claims));
}

std::unique_ptr<rpc::Client> Server::As(const std::string& role, const std::string& area,
                                        const std::string& purpose) const {
  return std::make_unique<rpc::Client>(target_, rpc::ClientOptions{.token = Token(role, area),
                                                                   .purpose = purpose,
                                                                   .timeout = absl::Minutes(1),
                                                                   .retries = 0});
}

bool Compare(const Goal& goal, const Side& a, const Side& b) {
  std::vector<double> ratios;
  for (int round = 1; static_cast<int>(ratios.size()) < kRounds && round <= kRoundsMax; ++round) {
    const Sample a1 = a(), b1 = b(), b2 = b(), a2 = a();
    const double ratio = (a1.value + a2.value) / (b1.value + b2.value);
    const double busy = std::min({a1.busy, a2.busy, b1.busy, b2.busy});
    std::string line =
        absl::StrFormat("  %s round %d: ours %.1f %.1f, reference %.1f %.1f, ratio %.3f", goal.name,
                        round, a1.value, a2.value, b1.value, b2.value, ratio);
    absl::StrAppendFormat(&line, "; per CPU-second %.0f %.0f", a1.per_cpu, a2.per_cpu);
    if (b1.per_cpu > 0) {
      absl::StrAppendFormat(&line, ", reference %.0f %.0f, ratio %.3f", b1.per_cpu, b2.per_cpu,
                            (a1.per_cpu + a2.per_cpu) / (b1.per_cpu + b2.per_cpu));
    }
    if (busy < 1) {
      absl::StrAppendFormat(&line, "; core %.0f %% busy%s", busy * 100,
                            busy < kBusy ? ", rejected" : "");
    }
    Log(line);
    if (busy >= kBusy) ratios.push_back(ratio);
  }
  if (static_cast<int>(ratios.size()) == kRounds) return Report(goal, std::move(ratios));
  Log(goal.name + ": not measured, the core was not busy in enough rounds");
  return false;
}

bool Report(const Goal& goal, std::vector<double> ratios) {
  std::sort(ratios.begin(), ratios.end());
  const double median = Quantile(ratios, 0.5);
  const bool reached = goal.at_most ? median <= goal.floor : median >= goal.floor;
  const bool ok = (!goal.also || goal.also()) && reached;
  const auto text = [](double value) {
    return value < 1000 ? absl::StrFormat("%.3g", value) : absl::StrFormat("%.0f", value);
  };
  std::printf("bench %s %s (%s-%s) floor %g aim %g %s\n", goal.name.c_str(), text(median).c_str(),
              text(ratios.front()).c_str(), text(ratios.back()).c_str(), goal.floor, goal.aim,
              ok ? "ok" : "short");
  std::fflush(stdout);
  return ok;
}

bool ReportBounded(const std::string& name, const std::vector<double>& values) {
  const bool ok = values.back() <= values[values.size() - 2] * 1.05;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  std::printf("bench %s %.3g (%.3g-%.3g) floor bounded aim bounded %s\n", name.c_str(),
              values.back(), *least, *most, ok ? "ok" : "short");
  std::fflush(stdout);
  return ok;
}

std::pair<std::vector<double>, std::vector<double>> InTurn(int n, const std::function<void(int)>& a,
                                                           const std::function<void(int)>& b) {
  std::pair<std::vector<double>, std::vector<double>> times;
  const auto time = [](const std::function<void(int)>& call, int i, std::vector<double>* to) {
    const int64_t start = MonotonicMicros();
    call(i);
    to->push_back(static_cast<double>(MonotonicMicros() - start) / 1e3);
  };
  for (int i = 0; i < n; ++i) {
    if (i % 2 == 0) time(a, i, &times.first);
    time(b, i, &times.second);
    if (i % 2 == 1) time(a, i, &times.first);
  }
  return times;
}

double Quantile(std::vector<double> values, double q) {
  const auto at = values.begin() + static_cast<int64_t>(q * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace pingan::bench
