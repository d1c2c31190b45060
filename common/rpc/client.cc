#include "common/rpc/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/sync_stream.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/rpc/wire_status.h"

namespace pingan::rpc {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using google::protobuf::MessageLite;
using grpc::internal::RpcMethod;

namespace {

constexpr absl::Duration kPauseMin = absl::Milliseconds(50);
constexpr int kMessageMax = 16 << 20;

std::shared_ptr<grpc::Channel> Connect(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMessageMax);
  // Every Client has a connection of its own, so that load spreads.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

// Nothing was heard from the server, or not from one that serves.
bool Unanswered(const Status& status) {
  return status.code() == absl::StatusCode::kUnavailable ||
         status.code() == absl::StatusCode::kDeadlineExceeded ||
         status.code() == absl::StatusCode::kCancelled;
}

bool WorthAnotherTry(const Status& status) {
  const common::v1::Reason reason = DetailsOf(status).reason;
  return status.code() == absl::StatusCode::kUnavailable || CutOff(status) ||
         reason == common::v1::OVERLOADED || reason == common::v1::COMMIT_UNCERTAIN ||
         reason == common::v1::WRITE_CONFLICT;
}

}  // namespace

bool CutOff(const Status& status) {
  return status.code() == absl::StatusCode::kCancelled &&
         DetailsOf(status).reason == common::v1::REASON_UNSPECIFIED;
}

std::string MethodName(const Descriptor* request) {
  const auto* file = request->file();
  for (int s = 0; s < file->service_count(); ++s) {
    for (int m = 0; m < file->service(s)->method_count(); ++m) {
      const auto* method = file->service(s)->method(m);
      if (method->input_type() != request) continue;
      return absl::StrCat("/", file->service(s)->full_name(), "/", method->name());
    }
  }
  return "";
}

Client::Client(const std::string& target, ClientOptions options)
    : options_(std::move(options)),
      channel_(Connect(target)),
      throttles_(std::make_shared<Throttles>()) {}

bool Client::Connected(absl::Duration timeout) const {
  return channel_->WaitForConnected(absl::ToChronoTime(Clock::Real().Now() + timeout));
}

void Client::Prepare(absl::Time clock, absl::Time deadline, grpc::ClientContext* context) const {
  if (!options_.token.empty()) context->AddMetadata("authorization", "Bearer " + options_.token);
  if (!options_.purpose.empty()) context->AddMetadata("x-purpose", options_.purpose);
  context->AddMetadata("accept-language", options_.language);
  if (!options_.traceparent.empty()) context->AddMetadata("traceparent", options_.traceparent);
  if (clock != absl::InfinitePast()) {
    context->AddMetadata("x-clock",
                         absl::FormatTime(absl::RFC3339_full, clock, absl::UTCTimeZone()));
  }
  if (deadline != absl::InfiniteFuture()) context->set_deadline(absl::ToChronoTime(deadline));
}

// OVERLOADED if the call is not to be sent.
Status Client::KeepBack(const Descriptor* request) const {
  std::lock_guard lock(throttles_->mutex);
  Throttle& throttle = throttles_->of_method[request];
  if (throttle.Send(MonotonicMicros())) return absl::OkStatus();
  return Error(absl::StatusCode::kResourceExhausted, "the server refuses most calls",
               {.reason = common::v1::OVERLOADED, .retry_after_ms = throttle.retry_ms()});
}

void Client::Learn(const Descriptor* request, const Status& answer) const {
  if (Unanswered(answer)) return;
  const ErrorDetails details = DetailsOf(answer);
  std::lock_guard lock(throttles_->mutex);
  Throttle& throttle = throttles_->of_method[request];
  details.reason == common::v1::OVERLOADED
      ? throttle.Refused(MonotonicMicros(), details.retry_after_ms)
      : throttle.Taken(MonotonicMicros());
}

Status Client::CallOnce(absl::Time clock, absl::Time deadline, const Message& request,
                        Message* response) const {
  RETURN_IF_ERROR(KeepBack(request.GetDescriptor()));
  grpc::ClientContext context;
  Prepare(clock, deadline, &context);
  const std::string name = MethodName(request.GetDescriptor());
  const RpcMethod method(name.c_str(), RpcMethod::NORMAL_RPC, channel_);
  Status status =
      FromWire(grpc::internal::BlockingUnaryCall<Message, Message, MessageLite, MessageLite>(
          channel_.get(), method, &context, request, response));
  Learn(request.GetDescriptor(), status);
  return status;
}

Status Client::Call(const Message& request, Message* response) const {
  return CallAt(absl::InfinitePast(), request, response);
}

Status Client::CallAt(absl::Time clock, const Message& request, Message* response) const {
  const absl::Time deadline = Clock::Real().Now() + options_.timeout;
  absl::Duration pause = kPauseMin;
  for (int tries = 0;; ++tries, pause *= 2) {
    Status status = CallOnce(clock, deadline, request, response);
    if (tries >= options_.retries || !WorthAnotherTry(status)) return status;
    pause = std::max(pause, absl::Milliseconds(DetailsOf(status).retry_after_ms));
    if (Clock::Real().Now() + pause >= deadline) return status;
    std::this_thread::sleep_for(absl::ToChronoMilliseconds(pause));
  }
}

Status Client::Upload(const Descriptor* request_type, const std::function<const Message*()>& next,
                      Message* response) const {
  grpc::ClientContext context;
  Prepare(absl::InfinitePast(), absl::InfiniteFuture(), &context);
  const std::string name = MethodName(request_type);
  const RpcMethod method(name.c_str(), RpcMethod::CLIENT_STREAMING, channel_);
  std::unique_ptr<grpc::ClientWriter<Message>> writer(
      grpc::internal::ClientWriterFactory<Message>::Create(channel_.get(), method, &context,
                                                           response));
  while (const Message* request = next()) {
    if (!writer->Write(*request)) break;  // the server has answered already
  }
  writer->WritesDone();
  return FromWire(writer->Finish());
}

Status Client::Watch(const Message& request, const Message& prototype, absl::Duration timeout,
                     const std::function<bool(const Message&)>& each) const {
  grpc::ClientContext context;
  Prepare(absl::InfinitePast(), Clock::Real().Now() + timeout, &context);
  const std::string name = MethodName(request.GetDescriptor());
  const RpcMethod method(name.c_str(), RpcMethod::SERVER_STREAMING, channel_);
  std::unique_ptr<grpc::ClientReader<Message>> reader(
      grpc::internal::ClientReaderFactory<Message>::Create(channel_.get(), method, &context,
                                                           request));
  std::unique_ptr<Message> answer(prototype.New());
  while (reader->Read(answer.get())) {
    if (each(*answer)) continue;
    context.TryCancel();
    while (reader->Read(answer.get())) {
    }
    (void)reader->Finish();
    return absl::OkStatus();
  }
  return FromWire(reader->Finish());
}

}  // namespace pingan::rpc
