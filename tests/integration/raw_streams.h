// Streams driven by hand: what a client does that says nothing more, or reads nothing more.
#pragma once

#include <grpcpp/create_channel.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/sync_stream.h>

#include <memory>
#include <string>

#include "common/rpc/wire_status.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {

// What both kinds are begun with.
class RawCall {
 public:
  using Message = google::protobuf::Message;

  // `token` as of TestServer::Token.
  RawCall(const TestServer& server, const std::string& token, absl::Time deadline) {
    // It takes 64 KiB ahead of its reader, and not more if the wire is fast.
    grpc::ChannelArguments options;
    options.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    channel_ =
        grpc::CreateCustomChannel(server.target(), grpc::InsecureChannelCredentials(), options);
    context_.AddMetadata("authorization", "Bearer " + token);
    context_.set_deadline(absl::ToChronoTime(deadline));
  }

 protected:
  grpc::Channel* channel() { return channel_.get(); }

  grpc::internal::RpcMethod Method(const google::protobuf::Descriptor* request,
                                   grpc::internal::RpcMethod::RpcType type) {
    name_ = rpc::MethodName(request);
    return grpc::internal::RpcMethod(name_.c_str(), type, channel_);
  }

  grpc::ClientContext context_;

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::string name_;
};

// An import whose side stays open.
class RawImport : public RawCall {
 public:
  RawImport(const TestServer& server, const std::string& token, absl::Time deadline)
      : RawCall(server, token, deadline),
        writer_(grpc::internal::ClientWriterFactory<Message>::Create(
            channel(),
            Method(disputes::v1::ImportDisputesRequest::descriptor(),
                   grpc::internal::RpcMethod::CLIENT_STREAMING),
            &context_, &report_)) {}

  bool Send(const disputes::v1::ImportDisputesRequest& row) { return writer_->Write(row); }
  // No more rows.
  void Done() { writer_->WritesDone(); }
  // How the server ends it.
  Status End() { return rpc::FromWire(writer_->Finish()); }

 private:
  disputes::v1::ImportDisputesResponse report_;
  const std::unique_ptr<grpc::ClientWriter<Message>> writer_;
};

// A server stream that is read when it is told to.
class RawReader : public RawCall {
 public:
  RawReader(const TestServer& server, const std::string& token, absl::Time deadline,
            const Message& request, const std::string& purpose = "")
      : RawCall(server, token, deadline) {
    if (!purpose.empty()) context_.AddMetadata("x-purpose", purpose);
    reader_.reset(grpc::internal::ClientReaderFactory<Message>::Create(
        channel(), Method(request.GetDescriptor(), grpc::internal::RpcMethod::SERVER_STREAMING),
        &context_, request));
  }

  bool Read(Message* answer) { return reader_->Read(answer); }
  Status End() { return rpc::FromWire(reader_->Finish()); }

 private:
  std::unique_ptr<grpc::ClientReader<Message>> reader_;
};

}  // namespace pingan::testing
