// cached_get_raw, cached_get_typed: one GetDispute from the server's cache, against a bare gRPC
// server that answers the same bytes. Server on core 0, h2load on core 1, 8 connections x 16
// streams.
#include <algorithm>

#include "absl/strings/str_format.h"
#include "common/base/clock.h"
#include "common/rpc/client.h"
#include "tests/bench/benches.h"
#include "tests/bench/cases.h"
#include "tests/bench/lab.h"

namespace pingan::bench {
namespace {

constexpr int kServerCore = 0, kClientCore = 1, kSeconds = 3;

// A message as gRPC frames it.
std::string Frame(const std::string& message) {
  std::string frame(5, '\0');
  for (int i = 0; i < 4; ++i) frame[4 - i] = static_cast<char>(message.size() >> (8 * i));
  return frame + message;
}

double NumberAfter(const std::string& text, const std::string& mark) {
  const size_t at = text.find(mark);
  if (at == std::string::npos) Die("h2load did not say \"" + mark + "\": " + text);
  return std::atof(text.c_str() + at + mark.size());
}

class Get {
 public:
  Get() : server_("sqlite:" + files_.path() + "/disputes.db", kServerCore) {
    token_ = server_.Token("city_officer");
    const rpc::Client client(server_.target(), {.token = token_});
    disputes::v1::Dispute dispute;
    Must(client.Call(Cases(25).Create(), &dispute));
    disputes::v1::GetDisputeRequest request;
    request.set_name(dispute.name());
    Must(client.Call(request, &dispute));
    reply_ = dispute.SerializeAsString();
    files_.Write("request", Frame(request.SerializeAsString()));
    Log(absl::StrFormat("  request %d bytes, reply %d bytes", request.ByteSizeLong(),
                        reply_.size()));
  }

  bool Run(const Goal& goal, const std::string& mode) {
    const ReferenceServer reference(mode, reply_, kServerCore);
    Load(server_.target(), server_.process(), 1);
    Load(reference.target(), reference.process(), 1);
    return Compare(
        goal, [&] { return Load(server_.target(), server_.process(), kSeconds); },
        [&] { return Load(reference.target(), reference.process(), kSeconds); });
  }

 private:
  static void Must(const Status& status) {
    if (!status.ok()) Die(status.ToString());
  }

  Sample Load(const std::string& target, const Process& server, int seconds) {
    const double cpu = server.CpuSeconds();
    const int64_t start = MonotonicMicros();
    const std::string said =
        Shell(absl::StrFormat("taskset -c %d h2load -D %d -c 8 -m 16 -t 1 -d %s/request -H "
                              "'content-type: application/grpc' "
                              "-H 'te: trailers' -H 'authorization: Bearer %s' "
                              "http://%s/pingan.disputes.v1.Disputes/GetDispute 2>&1",
                              kClientCore, seconds, files_.path(), token_, target));
    const double wall = static_cast<double>(MonotonicMicros() - start) / 1e6;
    const double used = server.CpuSeconds() - cpu;
    Check(said);
    const double done = NumberAfter(said, "status codes: ");
    return {.value = done / seconds, .per_cpu = done / used, .busy = std::min(1.0, used / wall)};
  }

  // gRPC reports an error as HTTP 200 without a body: so the bytes are counted, too.
  void Check(const std::string& said) {
    const size_t line = said.find("requests: ");
    if (said.find(" 0 failed, 0 errored, 0 timeout", line) == std::string::npos) Die(said);
    const size_t headers = said.find("(space savings", said.find("traffic: "));
    const double done = NumberAfter(said, "status codes: ");
    const double bytes = NumberAfter(said.substr(said.find('(', headers + 1)), "(");
    const double per_call = bytes / done;
    const auto frame = static_cast<double>(reply_.size() + 5);
    if (per_call < frame * 0.999 || per_call > frame * 1.001)
      Die(absl::StrFormat("%.1f bytes a call, not %.0f: %s", per_call, frame, said));
  }

  Folder files_;
  Server server_;
  std::string token_;
  std::string reply_;
};

Get& Shared() {
  static Get get;
  return get;
}

}  // namespace

bool CachedGetRaw() {
  return Shared().Run({"cached_get_raw", 0.70, 0.90}, "raw");
}
bool CachedGetTyped() {
  return Shared().Run({"cached_get_typed", 1.05, 1.35}, "typed");
}

}  // namespace pingan::bench
