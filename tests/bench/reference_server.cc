// The bare gRPC server that cached_get is measured against: the method GetDispute, one completion
// queue, one thread, 512 calls posted in advance, and nothing else: no token, no look-up, no
// metrics.
//
//   reference_server raw|typed|refuse FILE     FILE holds the reply; prints the port it serves
//
// raw answers the file's bytes as one prebuilt buffer (what a generated WithRawMethod_… does);
// typed builds the same message anew for every call and lets gRPC serialise it; refuse answers
// RESOURCE_EXHAUSTED with the file's bytes as details.
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/async_unary_call.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::bench {
namespace {

constexpr int kPosted = 512;
constexpr char kMethod[] = "/pingan.disputes.v1.Disputes/GetDispute";

class Reference : public grpc::Service {
 public:
  explicit Reference(bool raw) {
    AddMethod(new grpc::internal::RpcServiceMethod(kMethod, grpc::internal::RpcMethod::NORMAL_RPC,
                                                   nullptr));
    raw ? MarkMethodRaw(0) : MarkMethodAsync(0);
  }
  using grpc::Service::RequestAsyncUnary;
};

// One posted call: waits for a request, answers it, posts itself again.
template <class Request, class Reply>
class Call {
 public:
  using Make = Reply (*)(const Reply& prototype);

  Call(Reference* service, grpc::ServerCompletionQueue* queue, const Reply& prototype, Make make,
       const grpc::Status& status)
      : service_(service), queue_(queue), prototype_(prototype), make_(make), status_(status) {
    Post();
  }

  void Proceed() {
    if (answering_) return Post();
    answering_ = true;
    status_.ok() ? state_->writer.Finish(make_(prototype_), status_, this)
                 : state_->writer.FinishWithError(status_, this);
  }

 private:
  struct State {
    grpc::ServerContext context;
    Request request;
    grpc::ServerAsyncResponseWriter<Reply> writer{&context};
  };

  void Post() {
    answering_ = false;
    state_ = std::make_unique<State>();
    service_->RequestAsyncUnary(0, &state_->context, &state_->request, &state_->writer, queue_,
                                queue_, this);
  }

  Reference* const service_;
  grpc::ServerCompletionQueue* const queue_;
  const Reply& prototype_;
  const Make make_;
  const grpc::Status status_;
  std::unique_ptr<State> state_;
  bool answering_ = false;
};

template <class Request, class Reply>
int Serve(bool raw, const Reply& prototype, typename Call<Request, Reply>::Make make,
          const grpc::Status& status = grpc::Status::OK) {
  Reference service(raw);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const auto queue = builder.AddCompletionQueue();
  const auto server = builder.BuildAndStart();
  std::printf("%d\n", port);
  std::fflush(stdout);
  std::vector<std::unique_ptr<Call<Request, Reply>>> calls;
  for (int i = 0; i < kPosted; ++i) {
    calls.push_back(
        std::make_unique<Call<Request, Reply>>(&service, queue.get(), prototype, make, status));
  }
  void* tag = nullptr;
  for (bool ok = false; queue->Next(&tag, &ok);) static_cast<Call<Request, Reply>*>(tag)->Proceed();
  return 0;
}

int Main(const std::string& mode, const std::string& path) {
  std::stringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  if (mode == "raw" || mode == "refuse") {
    grpc::Slice slice(bytes.str());
    const grpc::Status refusal(grpc::RESOURCE_EXHAUSTED, "too much work is waiting", bytes.str());
    return Serve<grpc::ByteBuffer, grpc::ByteBuffer>(
        true, grpc::ByteBuffer(&slice, 1), [](const grpc::ByteBuffer& built) { return built; },
        mode == "raw" ? grpc::Status::OK : refusal);
  }
  disputes::v1::Dispute dispute;
  if (!dispute.ParseFromString(bytes.str())) return 1;
  return Serve<disputes::v1::GetDisputeRequest, disputes::v1::Dispute>(
      false, dispute, [](const disputes::v1::Dispute& prototype) { return prototype; });
}

}  // namespace
}  // namespace pingan::bench

int main(int argc, char** argv) {
  if (argc == 3) return pingan::bench::Main(argv[1], argv[2]);
  std::fprintf(stderr, "usage: reference_server raw|typed|refuse FILE\n");
  return 2;
}
