// The laboratory of the benchmarks: processes under test, rounds, and the line that is printed.
//
// Everything is compared with a reference in the same run on the same machine; absolute numbers go
// to the log (standard error) only. What cannot be set up ends the process with a message.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/rpc/client.h"

namespace pingan::bench {

[[noreturn]] void Die(const std::string& why);
void Log(const std::string& line);

// What does not succeed here ends the process.
void Must(const Status& status);
template <class T>
T Must(StatusOr<T> value) {
  Must(value.status());
  return *std::move(value);
}

// A folder below /tmp that ends with the object.
class Folder {
 public:
  Folder();
  ~Folder();
  const std::string& path() const { return path_; }
  std::string Write(const std::string& name, const std::string& content) const;  // its path

 private:
  std::string path_;
};

std::string ReadFile(const std::string& path);

// Every `stride`-th village of the extract of areas.
std::vector<std::string> Villages(int stride);

// The command's standard output; it must succeed.
std::string Shell(const std::string& command);

// A child process, on one core (-1 = any); ended by SIGTERM and awaited.
class Process {
 public:
  Process(const std::vector<std::string>& command, int core, const std::string& output);
  ~Process();
  Process(const Process&) = delete;
  double CpuSeconds() const;  // user and system
  int64_t ResidentBytes() const;
  bool Alive() const;

 private:
  pid_t pid_;
};

// A bare gRPC server (reference_server.cc) in a mode, answering what `content` holds.
class ReferenceServer {
 public:
  ReferenceServer(const std::string& mode, const std::string& content, int core);

  const std::string& target() const { return target_; }
  const Process& process() const { return process_; }

 private:
  Folder files_;
  Process process_;
  std::string target_;
};

// A server of "disputes" or "population" with all of its security on, its development keys in a
// folder of its own, and its quota off.
class Server {
 public:
  explicit Server(const std::string& database, int core = -1,
                  const std::string& service = "disputes",
                  const std::vector<std::string>& flags = {});

  const std::string& target() const { return target_; }
  const Process& process() const { return process_; }
  std::string keyring() const { return state_.path() + "/keyring"; }
  std::string Token(const std::string& role, const std::string& area = "") const;
  // A caller with a role, who reads for that purpose.
  std::unique_ptr<rpc::Client> As(const std::string& role, const std::string& area = "",
                                  const std::string& purpose = "") const;

 private:
  Folder state_;
  Process process_;
  std::string target_;
};

// What one side did in one half of a round.
struct Sample {
  double value = 0;    // what is compared: operations a second, or milliseconds
  double per_cpu = 0;  // operations per CPU-second of the process under test; 0 = not known
  double busy = 1;     // share of its core that the process under test used
};
using Side = std::function<Sample()>;

struct Goal {
  std::string name;
  double floor;
  double aim;
  bool at_most = false;                  // the ratio must not exceed the floor
  std::function<bool()> also = nullptr;  // what must hold besides, asked at the end
};

// One round is A-B-B-A and gives one ratio, A to B. Five rounds count; a round in which a side kept
// its core less than 95 % busy does not and is repeated, ten more at most.
bool Compare(const Goal& goal, const Side& a, const Side& b);

// Prints `bench <name> <median> (<min>-<max>) floor <f> aim <a> ok|short`; whether it is ok.
bool Report(const Goal& goal, std::vector<double> ratios);

// The same for what must not grow: ok if the last value is at most 5 % above the one before it.
bool ReportBounded(const std::string& name, const std::vector<double>& values);

// Milliseconds of each of n calls of a and of b, called in turn a b, b a, a b, ….
std::pair<std::vector<double>, std::vector<double>> InTurn(int n, const std::function<void(int)>& a,
                                                           const std::function<void(int)>& b);

// The value below which the share q lies.
double Quantile(std::vector<double> values, double q);

}  // namespace pingan::bench
