// Call: one unary call from admission to its answer.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <memory>

#include "common/rpc/admission.h"
#include "common/rpc/parts.h"

namespace pingan::rpc {

// Handlers hold it by shared_ptr and end it once, by Answer, AnswerBytes or Fail, from any thread.
class Call {
 public:
  Call(const Parts& parts, const Method& method, Metrics::OfMethod* metrics,
       grpc::CallbackServerContext* context, grpc::ByteBuffer* response)
      : parts(parts),
        method(method),
        metrics_(metrics),
        context_(context),
        response_(response),
        reactor_(context->DefaultReactor()) {}

  const Parts& parts;
  const Method& method;
  Admitted admitted;
  std::unique_ptr<Message> request;

  const auth::Caller& caller() const { return *admitted.caller; }
  Env env() const { return {caller(), admitted.now, *parts.areas, *parts.calendar, *parts.limits}; }
  grpc::CallbackServerContext* context() const { return context_; }
  grpc::ServerUnaryReactor* reactor() const { return reactor_; }

  // Parses and validates the body into `request`.
  Status Parse(const grpc::ByteBuffer& body, const Message& prototype);

  // OK while an answer is still wanted: neither cancelled nor too late.
  Status StillWanted() const;

  // Ends the call. Answer masks sensitive fields unless the caller may see them.
  void Answer(Message* answer, int64_t revision = 0);
  void AnswerBytes(const grpc::ByteBuffer& bytes);
  void Fail(const Status& status);

 private:
  void End(const Status& status, int64_t revision);

  Metrics::OfMethod* const metrics_;
  grpc::CallbackServerContext* const context_;
  grpc::ByteBuffer* const response_;
  grpc::ServerUnaryReactor* const reactor_;
};

// The message as one buffer; the message's bytes are copied once.
grpc::ByteBuffer ToBuffer(const Message& message);
// The body as contiguous bytes in `holder`'s memory or its own.
std::string_view Contiguous(const grpc::ByteBuffer& buffer, grpc::Slice* holder);
// Parses and validates what was received for the method, also of a stream. BODY_TOO_LARGE above
// the method's limit, before anything is parsed; else as ParseRequest.
Status ParseBody(const Method& method, const grpc::ByteBuffer& body, Message* request);

}  // namespace pingan::rpc
