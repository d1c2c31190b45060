// Process: all parts of one server process, made in order and ended in the opposite one.
#pragma once

#include <atomic>
#include <memory>

#include "common/rpc/parts.h"
#include "common/rpc/rotation.h"
#include "common/rpc/sweep.h"
#include "common/server/flags.h"
#include "common/server/server.h"

namespace pingan::server {

// How a process with these flags, all of them said, keeps its caches true.
cache::Coherence::Mode ModeOf(const Flags& flags);

class Process {
 public:
  // Opens the database (made and migrated if need be), keys, areas and caches. Every error names
  // the flag or file that it is about.
  static StatusOr<std::unique_ptr<Process>> Start(const Flags& flags, const ServiceSpec& spec);
  ~Process() { Stop(); }

  const rpc::Parts& parts() const { return parts_; }

  // From now on new calls are refused as DRAINING.
  void Refuse() { draining_ = true; }
  // Ends the streams: their callers are told to come back.
  void EndStreams();
  // Ends everything else, after the last call was answered. Idempotent.
  void Stop();

 private:
  Process() = default;
  Status OpenFiles(const Flags& flags, const ServiceSpec& spec);
  Status OpenTrust(const Flags& flags);
  Status OpenStore(const Flags& flags, const ServiceSpec& spec);
  Status OpenCaches(const Flags& flags, const ServiceSpec& spec);
  void ShowGauges();

  std::atomic<bool> draining_{false};
  std::atomic<int> open_{0};
  std::atomic<bool> database_up_{false};
  rpc::Parts parts_;
  std::unique_ptr<rpc::DevClock> dev_clock_;
  std::unique_ptr<auth::Policy> policy_;
  std::unique_ptr<area::Tree> areas_;
  Limits limits_;
  std::unique_ptr<crypto::Keyring> keyring_;
  std::unique_ptr<auth::Authenticator> authenticator_;
  std::unique_ptr<rpc::Metrics> metrics_;
  std::unique_ptr<rpc::Log> log_;
  std::unique_ptr<rpc::Quota> quota_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<rpc::Tables> tables_;
  std::unique_ptr<rpc::Records> records_;
  std::unique_ptr<rpc::WorkerPool> finisher_, workers_;
  std::unique_ptr<rpc::Writer> writer_;
  std::unique_ptr<rpc::ReplyCache> replies_;
  std::unique_ptr<cache::Coherence> coherence_;
  std::unique_ptr<events::Feed> feed_;
  std::unique_ptr<events::Fold> fold_;
  std::unique_ptr<rpc::Sweep> sweep_;
  std::unique_ptr<rpc::Rotation> rotation_;
};

}  // namespace pingan::server
