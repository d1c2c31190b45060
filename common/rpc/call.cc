#include "common/rpc/call.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/ending.h"
#include "common/rpc/mask.h"
#include "common/rpc/validate.h"

namespace pingan::rpc {

grpc::ByteBuffer ToBuffer(const Message& message) {
  const size_t size = message.ByteSizeLong();
  grpc::Slice slice(size);
  message.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

std::string_view Contiguous(const grpc::ByteBuffer& buffer, grpc::Slice* holder) {
  // Neither fails on a buffer that gRPC has received whole.
  if (!buffer.TrySingleSlice(holder).ok()) (void)buffer.DumpToSingleSlice(holder);
  return {reinterpret_cast<const char*>(holder->begin()), holder->size()};
}

Status ParseBody(const Method& method, const grpc::ByteBuffer& body, Message* request) {
  if (body.Length() > method.size_max) {
    return Error(absl::StatusCode::kInvalidArgument, common::v1::BODY_TOO_LARGE,
                 absl::StrCat("want at most ", method.size_max, " bytes"));
  }
  grpc::Slice holder;
  return ParseRequest(Contiguous(body, &holder), request);
}

Status Call::Parse(const grpc::ByteBuffer& body, const Message& prototype) {
  request.reset(prototype.New());
  return ParseBody(method, body, request.get());
}

Status Call::StillWanted() const {
  if (context_->IsCancelled()) {
    return Error(absl::StatusCode::kCancelled, common::v1::CALL_CANCELLED, "the caller went away");
  }
  if (Clock::Real().Now() >= admitted.deadline) {
    return Error(absl::StatusCode::kDeadlineExceeded, common::v1::DEADLINE_PASSED,
                 "the deadline passed while waiting");
  }
  return absl::OkStatus();
}

void Call::Answer(Message* answer, int64_t revision) {
  if (!admitted.reveal) Mask(answer, ViewerOf(caller()));
  *response_ = ToBuffer(*answer);
  End(absl::OkStatus(), revision);
}

void Call::AnswerBytes(const grpc::ByteBuffer& bytes) {
  *response_ = bytes;
  End(absl::OkStatus(), 0);
}

void Call::Fail(const Status& status) {
  End(status, 0);
}

void Call::End(const Status& status, int64_t revision) {
  CallLine line{.revision = revision, .write = method.rule.writes()};
  // A body that was refused may hold anything; only what passed validation is named.
  if (request && status.code() != absl::StatusCode::kInvalidArgument) {
    line.name = StringField(*request, method.fields.name);
    line.request_id = StringField(*request, method.fields.request_id);
  }
  Finish(reactor_, Ended(parts, method, metrics_, admitted, line, status));
}

}  // namespace pingan::rpc
