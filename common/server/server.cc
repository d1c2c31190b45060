#include "common/server/server.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <prometheus/exposer.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <future>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/server/process.h"

// Freed memory is kept for a while, and given back by a thread of its own: calls take as much again
// thousands of times a second.
extern "C" {
const char* malloc_conf =
    "background_thread:true,dirty_decay_ms:30000,muzzy_decay_ms:30000,"
    // What a call needs is taken by one thread and given back by another.
    "tcache_nslots_small_max:4000,lg_tcache_nslots_mul:3,"
    // In a virtual machine an address is looked up twice over; large pages have fewer. They cost a
    // sixth more memory and save some hundredths of the CPU of a create.
    "thp:always,metadata_thp:auto";
}

namespace pingan::server {
namespace {

// Larger bodies are cut off by gRPC before any handler is called, so without a reason of ours (see
// error.proto); to read them only to refuse them would cost their memory. Smaller ones we refuse.
constexpr int kMessageMax = 16 << 20;
constexpr absl::Duration kProbe = absl::Seconds(1);
// A database that keeps the probe waiting longer is lost, until it answers.
constexpr std::chrono::seconds kProbeMost(5), kAtOnce(0);
constexpr absl::Duration kLameDuck = absl::Milliseconds(500);
// Who is sending looks for the answer once its window is full, perhaps after seconds.
constexpr std::chrono::seconds kGoodbye(5);

// Readiness follows the database: a replica that cannot reach it is taken out of the round robin.
// One that takes no writes is only told of: reads go on, and other replicas have the same database.
class Readiness {
 public:
  Readiness(grpc::Server* server, const rpc::Parts& parts)
      : health_(server->GetHealthCheckService()), parts_(parts), thread_([this] { Run(); }) {}

  ~Readiness() {
    Stop();
    thread_.join();
  }

  // Not ready from now on, also while the database keeps the probe waiting.
  void Stop() {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    health_->SetServingStatus(false);
    wake_.notify_all();
  }

 private:
  void Run() {
    std::future<bool> probe;
    std::future<void> of_writes;
    std::unique_lock lock(mutex_);
    health_->SetServingStatus(false);  // gRPC says true of itself
    while (!stopped_) {
      lock.unlock();
      if (!probe.valid())
        probe = std::async(std::launch::async, [this] { return parts_.store->Ping().ok(); });
      const bool answered = probe.wait_for(kProbeMost) == std::future_status::ready;
      const bool now = answered && probe.get();
      // Which may wait for a lock, while reads go on.
      if (now && (!of_writes.valid() || of_writes.wait_for(kAtOnce) == std::future_status::ready)) {
        of_writes =
            std::async(std::launch::async, [this] { TellOfWrites(parts_.store->ProbeWrites()); });
      }
      lock.lock();
      if (stopped_) return;
      if (parts_.database_up->exchange(now) != now)
        parts_.log->Note(now ? "ready" : "database lost");
      health_->SetServingStatus(now);
      wake_.wait_for(lock, absl::ToChronoMilliseconds(kProbe), [this] { return stopped_; });
    }
  }

  void TellOfWrites(const Status& taken) {
    if (taken.ok() == writable_) return;
    writable_ = taken.ok();
    if (writable_) {
      parts_.log->Note("database takes writes");
    } else {
      parts_.log->Note("database takes no writes", StdView(taken.message()));
    }
  }

  grpc::HealthCheckServiceInterface* const health_;
  const rpc::Parts& parts_;
  bool writable_ = true;  // of the one probe of writes that there is
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::thread thread_;
};

void Configure(grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(kMessageMax);
  // Two servers on one port would each get half of the calls.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 100);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 60000);
  // A watcher that died without a word is noticed after a minute and a half.
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60000);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20000);
}

// gRPC says in lines of its own why it cannot listen; who starts the process is told in one of
// ours.
class GrpcSilence {
 public:
  GrpcSilence() {
    gpr_set_log_function([](gpr_log_func_args*) {});
  }
  ~GrpcSilence() { gpr_set_log_function(nullptr); }
};

std::string WithPort(const std::string& address, int port) {
  return absl::StrCat(address.substr(0, address.rfind(':') + 1), port);
}

StatusOr<std::unique_ptr<prometheus::Exposer>> OpenMetrics(const std::string& address) {
  // The library tells of an address that it cannot take in no other way.
  try {
    return std::make_unique<prometheus::Exposer>(address);
  } catch (const std::exception&) {
    return FieldError("--metrics", absl::StrCat("cannot listen on ", address));
  }
}

// Until the last call has been answered, at most so long. What then is left are connections that
// their clients do not close: they read nothing, or their machines are gone.
void Drain(grpc::Server* server, const std::atomic<int>& open, std::chrono::seconds most) {
  const auto down = std::async(std::launch::async, [server, most] {
    server->Shutdown(std::chrono::system_clock::now() + most);
  });
  for (int calls = open; calls > 0; calls = open) open.wait(calls);
  if (down.wait_for(kGoodbye) == std::future_status::ready) return;
  grpc_server_cancel_all_calls(server->c_server());
}

// Told to whoever started the process; gone when it is told to end.
class ReadyFile {
 public:
  ReadyFile(const std::string& path, const std::string& line) : path_(path) {
    std::ofstream(path_ + ".new") << line << "\n";
    std::rename((path_ + ".new").c_str(), path_.c_str());
  }
  ~ReadyFile() { unlink(path_.c_str()); }

 private:
  const std::string path_;
};

Status Serve(const Flags& flags, const ServiceSpec& spec, const sigset_t& signals) {
  ASSIGN_OR_RETURN(auto process, Process::Start(flags, spec));
  const rpc::Parts& parts = process->parts();
  // Before the calls, so that nobody is served by a process that is about to fail.
  ASSIGN_OR_RETURN(auto exposer, OpenMetrics(flags.metrics));
  auto service = spec.make_service(parts);
  RETURN_IF_ERROR(service->Check());

  grpc::EnableDefaultHealthCheckService(true);
  if (flags.dev) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  Configure(&builder);
  int port = 0;
  builder.AddListeningPort(flags.listen, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(service.get());
  std::unique_ptr<grpc::Server> server;
  {
    const GrpcSilence silence;
    server = builder.BuildAndStart();
  }
  if (!server || port == 0)
    return FieldError("--listen", absl::StrCat("cannot listen on ", flags.listen));

  const auto collectables = parts.metrics->collectables();
  for (const auto& collectable : collectables) exposer->RegisterCollectable(collectable);
  Readiness readiness(server.get(), parts);
  {
    const std::string listen = WithPort(flags.listen, port);
    const std::string metrics = WithPort(flags.metrics, exposer->GetListeningPorts().front());
    ReadyFile ready(absl::StrCat(flags.state, "/", spec.name, ".ready"),
                    absl::StrCat("listen=", listen, " metrics=", metrics, " pid=", getpid()));
    parts.log->Note("limits", parts.limits->version());
    parts.log->Note("serving", listen);
    int signal = 0;
    sigwait(&signals, &signal);
    parts.log->Note("draining");
  }
  readiness.Stop();
  process->Refuse();
  process->EndStreams();
  // gRPC cuts off, without a word of ours, calls that arrive while it shuts down; by then callers
  // have been told to go elsewhere. A second signal skips the wait.
  const timespec wait = absl::ToTimespec(kLameDuck);
  sigtimedwait(&signals, nullptr, &wait);
  Drain(server.get(), *parts.open, std::chrono::seconds(flags.drain_seconds));
  exposer = nullptr;  // takes up to two seconds, and "stopped" means that nothing is held any more
  process->Stop();
  parts.log->Note("stopped");
  return absl::OkStatus();
}

}  // namespace

int Main(int argc, char** argv, const ServiceSpec& spec) {
  // Memory holds personal data and keys: no core of it is written, whatever limits and handlers the
  // machine has, and no other process of the same user may look into it.
  prctl(PR_SET_DUMPABLE, 0);
  // Blocked before any thread starts, so that only sigwait takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is refused as one on a full disk
  // Debian's Abseil looks for deadlocks at every lock that gRPC takes, in release builds too.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);

  auto flags = ParseFlags(argc, argv);
  Status status = flags.ok() ? Serve(*flags, spec, signals) : flags.status();
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s: %s\n", spec.name.c_str(), std::string(status.message()).c_str());
  return 1;
}

}  // namespace pingan::server
