// Client: typed unary calls and streams of any service of the suite, without generated stubs. The
// method follows from the request's type, the address from the target.
//
//   Client client("127.0.0.1:7101", {.token = token});
//   v1::Dispute dispute;
//   Status status = client.Call(v1::GetDisputeRequest(...), &dispute);
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "common/base/status.h"
#include "common/rpc/throttle.h"

namespace grpc {
class Channel;
class ClientContext;
class ByteBuffer;
}  // namespace grpc

namespace pingan::rpc {

struct ClientOptions {
  std::string token;    // bearer
  std::string purpose;  // x-purpose
  std::string language = "en";
  std::string traceparent;  // of the request that the calls are made for; empty = none
  absl::Duration timeout = absl::Seconds(10);
  // UNAVAILABLE, OVERLOADED, COMMIT_UNCERTAIN, WRITE_CONFLICT and what was cut off are tried again
  // this often, with growing pauses, as long as the deadline allows. Writes carry a request_id, so
  // that is safe.
  int retries = 3;
};

// Thread-safe. One connection per Client and its copies. While the server refuses most calls of a
// method as OVERLOADED, a part of them is answered so without asking it (throttle.h); such an
// answer counts as a try.
class Client {
 public:
  explicit Client(const std::string& target, ClientOptions options = {});

  // Calls the method whose request this is. The status is what the server said, with its details.
  Status Call(const google::protobuf::Message& request, google::protobuf::Message* response) const;

  // The same at a time of the development clock.
  Status CallAt(absl::Time clock, const google::protobuf::Message& request,
                google::protobuf::Message* response) const;

  // Sends what `next` gives until it gives null; then the answer.
  Status Upload(const google::protobuf::Descriptor* request_type,
                const std::function<const google::protobuf::Message*()>& next,
                google::protobuf::Message* response) const;

  // Reads a server stream until `each` returns false, the stream ends or the timeout passes
  // (Infinite for none). OK when `each` ended it.
  Status Watch(const google::protobuf::Message& request, const google::protobuf::Message& prototype,
               absl::Duration timeout,
               const std::function<bool(const google::protobuf::Message&)>& each) const;

  // Waits until the server is connected.
  bool Connected(absl::Duration timeout) const;

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  struct Throttles {
    std::mutex mutex;
    std::map<const google::protobuf::Descriptor*, Throttle> of_method;  // by the request
  };

  Status CallOnce(absl::Time clock, absl::Time deadline, const google::protobuf::Message& request,
                  google::protobuf::Message* response) const;
  void Prepare(absl::Time clock, absl::Time deadline, grpc::ClientContext* context) const;
  Status KeepBack(const google::protobuf::Descriptor* request) const;
  void Learn(const google::protobuf::Descriptor* request, const Status& answer) const;

  const ClientOptions options_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::shared_ptr<Throttles> throttles_;
};

// Whether the server's gRPC ended the call without a word of ours, as it does with calls that
// arrive in the moment in which the server shuts down. Whoever cancels calls itself cannot tell.
bool CutOff(const Status& status);

// "/pingan.disputes.v1.Disputes/GetDispute" of a request type; empty if no service takes it.
std::string MethodName(const google::protobuf::Descriptor* request);

}  // namespace pingan::rpc
