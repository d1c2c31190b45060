#include "common/rpc/service.h"

#include <grpcpp/impl/codegen/callback_common.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/support/method_handler.h>

#include "absl/strings/str_cat.h"
#include "common/rpc/export.h"
#include "common/rpc/import.h"
#include "common/rpc/refusal.h"
#include "common/rpc/watch.h"

namespace pingan::rpc {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::internal::RpcMethod;

Service::Service(const google::protobuf::ServiceDescriptor* descriptor, const Parts& parts)
    : parts_(parts) {
  auto methods = MethodsOf(descriptor);
  mistake_ = methods.status();
  if (!methods.ok()) return;
  methods_ = *std::move(methods);
  for (const Method& method : methods_) {
    const auto type = method.descriptor->client_streaming()   ? RpcMethod::CLIENT_STREAMING
                      : method.descriptor->server_streaming() ? RpcMethod::SERVER_STREAMING
                                                              : RpcMethod::NORMAL_RPC;
    AddMethod(new grpc::internal::RpcServiceMethod(method.full_name.c_str(), type, nullptr));
    metrics_.push_back(parts.metrics->Method(method.short_name));
  }
  bound_.resize(methods_.size());
  cached_.resize(methods_.size());
}

Status Service::Check() const {
  RETURN_IF_ERROR(mistake_);
  for (const Table* table : parts_.tables->all()) {
    if (!table->noun.empty()) continue;
    return Error(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT,
                 absl::StrCat("what are the records of ", table->spec.name, " in permissions?"));
  }
  for (size_t i = 0; i < methods_.size(); ++i) {
    if (bound_[i]) continue;
    return Error(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT,
                 absl::StrCat(methods_[i].full_name, " has no handler"));
  }
  return absl::OkStatus();
}

Status Service::NoTable(const google::protobuf::Descriptor* record) {
  return Error(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT,
               absl::StrCat("no table keeps ", record->full_name()));
}

void Service::Cache(size_t method) {
  if (method < cached_.size()) cached_[method] = true;
}

size_t Service::MethodOf(const google::protobuf::Descriptor* request) const {
  size_t i = 0;
  while (i < methods_.size() && methods_[i].descriptor->input_type() != request) ++i;
  return i;
}

void Service::Bind(size_t method, std::unique_ptr<Message> prototype, StatusOr<Handler> handler) {
  mistake_.Update(handler.status());
  if (method >= methods_.size() || !handler.ok()) return;  // Check tells what is wrong
  bound_[method] = true;
  const Message* request = prototypes_.emplace_back(std::move(prototype)).get();
  MarkMethodRawCallback(
      static_cast<int>(method),
      new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
          [this, method, request, handler = *std::move(handler)](
              CallbackServerContext* context, const ByteBuffer* body, ByteBuffer* response) {
            return OnUnary(method, request, handler, context, body, response);
          }));
}

grpc::ServerUnaryReactor* Service::OnUnary(size_t method, const Message* prototype,
                                           const Handler& handler, CallbackServerContext* context,
                                           const ByteBuffer* body, ByteBuffer* response) {
  const auto load = methods_[method].rule.load();
  // An answer from the cache waits for nobody.
  if (!cached_[method] && parts_.workers->Refuses(load)) {
    return RefuseOnArrival(parts_, methods_[method], metrics_[method].get(), context);
  }
  auto call =
      std::make_shared<Call>(parts_, methods_[method], metrics_[method].get(), context, response);
  if (Status status = Admit(parts_, methods_[method], *context, &call->admitted); !status.ok()) {
    call->Fail(status);
    return call->reactor();
  }
  if (cached_[method]) {
    // The only work done on gRPC's own thread: an answer that is already there as bytes.
    if (Status status = call->Parse(*body, *prototype); !status.ok()) {
      call->Fail(status);
      return call->reactor();
    }
    const std::string_view name = StringField(*call->request, call->method.fields.name);
    if (auto reply = FindReply(parts_, call->admitted, name)) {
      call->AnswerBytes(reply->bytes);
      return call->reactor();
    }
  }
  const bool queued = parts_.workers->Submit(load, [call, body, prototype, &handler] {
    Status status = call->StillWanted();
    if (status.ok() && !call->request) status = call->Parse(*body, *prototype);
    status.ok() ? handler(call) : call->Fail(status);
  });
  if (!queued) call->Fail(Overloaded(parts_.workers->RetryMs()));
  return call->reactor();
}

void Service::Stream(size_t method, const Message& request, const Message& response) {
  const auto fields = WatchFields::Of({request, response});
  mistake_.Update(fields.status());
  if (method >= methods_.size() || !fields.ok()) return;
  bound_[method] = true;
  const Message* prototype = prototypes_.emplace_back(request.New()).get();
  const Message* answer = prototypes_.emplace_back(response.New()).get();
  MarkMethodRawCallback(static_cast<int>(method),
                        new grpc::internal::CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>(
                            [this, method, prototype, answer, fields = *fields](
                                CallbackServerContext* context, const ByteBuffer* body) {
                              return StartWatch({parts_, methods_[method], metrics_[method].get(),
                                                 *prototype, *answer},
                                                fields, context, *body);
                            }));
}

void Service::Rows(size_t method, const Table& table, const Message& request,
                   const Message& response) {
  const auto fields = ExportFields::Of({request, response});
  mistake_.Update(fields.status());
  if (method >= methods_.size() || !fields.ok()) return;
  bound_[method] = true;
  const Message* prototype = prototypes_.emplace_back(request.New()).get();
  const Message* answer = prototypes_.emplace_back(response.New()).get();
  MarkMethodRawCallback(static_cast<int>(method),
                        new grpc::internal::CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>(
                            [this, method, &table, prototype, answer, fields = *fields](
                                CallbackServerContext* context, const ByteBuffer* body) {
                              return StartExport({parts_, methods_[method], metrics_[method].get(),
                                                  *prototype, *answer},
                                                 table, fields, context, *body);
                            }));
}

void Service::Rows(size_t method, const Table& table, WriteRules rules, const Message& request,
                   const Message& response) {
  const auto fields = ImportFields::Of({request, response});
  mistake_.Update(fields.status());
  if (method >= methods_.size() || !fields.ok()) return;
  bound_[method] = true;
  const Message* prototype = prototypes_.emplace_back(request.New()).get();
  const Message* answer = prototypes_.emplace_back(response.New()).get();
  MarkMethodRawCallback(static_cast<int>(method),
                        new grpc::internal::CallbackClientStreamingHandler<ByteBuffer, ByteBuffer>(
                            [this, method, &table, prototype, answer, rules, fields = *fields](
                                CallbackServerContext* context, ByteBuffer* reply) {
                              return StartImport({parts_, methods_[method], metrics_[method].get(),
                                                  *prototype, *answer},
                                                 table, fields, rules, context, reply);
                            }));
}

}  // namespace pingan::rpc
