// A real server for tests, disputes_server unless told otherwise: its own process, state folder and
// ports, ended with the object.
//
//   TestServer server({"--quota=5"});
//   auto client = server.As({.roles = {"county_officer"}, .area = "411602"});
//   EXPECT_OK(client.Call(request, &response));
//
// A server that does not start ends the test process with what it said. Every wait is for an event
// (the ready file, the end of the process) and has a limit of 30 seconds.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/auth/caller.h"
#include "common/rpc/client.h"
#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::testing {

class TestServer {
 public:
  // The server of `service` is among the test's data. `flags` are added to --dev, port 0 on
  // loopback, the areas of Zhoukou and SQLite in the state folder; the last of a flag said twice
  // counts. From the main thread: the server ends with the thread.
  explicit TestServer(std::vector<std::string> flags = {}, std::string service = "disputes");
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  const std::string& target() const { return target_; }    // of gRPC, host:port
  const std::string& metrics() const { return metrics_; }  // of /metrics, host:port
  const std::string& state() const { return state_; }      // folder
  pid_t pid() const { return pid_; }                       // 0 = not running

  // A token for an hour; `subject` defaults to the first role, `expires` to an hour from now.
  std::string Token(auth::Caller caller) const;

  // A client with such a token, which tries everything once.
  rpc::Client As(auth::Caller caller, std::string purpose = "") const;

  // Starts again on the same state after Stop or Kill.
  void Start();
  // SIGTERM; the exit code when it has ended, or minus the signal that ended it.
  int Stop();
  // SIGKILL.
  void Kill();
  // SIGABRT, as a process ends that fails: whether it left a core.
  enum Core { kNoCore, kCore };
  Core Abort();

  // What the server wrote on standard error.
  std::string Log() const;

 private:
  void AwaitReady(int folder);  // an inotify of the state folder
  void Send(int signal) const;
  int Await();  // the status of waitpid

  const std::vector<std::string> flags_;
  const std::string service_;
  std::string state_;
  std::string target_, metrics_;
  pid_t pid_ = 0;
};

// A valid request for a new dispute with one synthetic party.
disputes::v1::CreateDisputeRequest NewDispute(const std::string& area);

}  // namespace pingan::testing
