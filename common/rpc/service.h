// Service: a gRPC service whose methods are all handled by the pipeline.
//
// The methods come from the proto's descriptor, each with its rule; a service says in its
// constructor, one statement per RPC, what is gathered and decided:
//
//   Write(&DecideAccept);        // StatusOr<Decision<Record>>(const Record&, const Request&, const
//   Env&) Read(&ExplainDeadline);      // StatusOr<Response>(const Record&, const Request&, const
//   Env&) Get<v1::GetDisputeRequest>();
//
// All methods are raw callback methods: the pipeline parses, so that a refusal can come before
// parsing and a cached answer needs no message at all. Which method it is follows from the request
// type.
#pragma once

#include <grpcpp/impl/codegen/service_type.h>

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "common/rpc/call.h"
#include "common/rpc/forms.h"

namespace pingan::rpc {

class Service : public grpc::Service {
 public:
  // INTERNAL if a method has no handler or no rule, or its messages lack a field that its form
  // needs: such a server must not start.
  Status Check() const;

  const std::vector<Method>& methods() const { return methods_; }

 protected:
  // `table` is of the service's main record. Parts and table outlive the service.
  Service(const google::protobuf::ServiceDescriptor* descriptor, const Parts& parts,
          const Table& table);

  // A write of the record that the request names (of a new one, if it has no name).
  template <class Record, class Request>
  void Write(StatusOr<Decision<Record>> (*decide)(const Record&, const Request&, const Env&)) {
    Unary<Request>(WriteForm(parts_, table_, Erase(decide), nullptr));
  }
  // The same, answering something else than the resource. The record may be a later one when the
  // request is a repeated one, so the answer is what the request asked for, not what came last.
  template <class Record, class Request, class Response>
  void Write(StatusOr<Decision<Record>> (*decide)(const Record&, const Request&, const Env&),
             Response (*respond)(const Record&, const Request&, const Env&)) {
    Unary<Request>(WriteForm(
        parts_, table_, Erase(decide),
        [respond](const Message& record, const Message& request, const Env& env) {
          return std::make_unique<Response>(respond(static_cast<const Record&>(record),
                                                    static_cast<const Request&>(request), env));
        }));
  }

  // A read that is a function of the record it names.
  template <class Record, class Request, class Response>
  void Read(StatusOr<Response> (*read)(const Record&, const Request&, const Env&)) {
    Unary<Request>(ReadForm(parts_, table_,
                            [read](const Message& record, const Message& request,
                                   const Env& env) -> StatusOr<std::unique_ptr<Message>> {
                              ASSIGN_OR_RETURN(Response response,
                                               read(static_cast<const Record&>(record),
                                                    static_cast<const Request&>(request), env));
                              return std::make_unique<Response>(std::move(response));
                            }));
  }

  // A read of nothing but the request, such as code lists.
  template <class Request, class Response>
  void Answer(StatusOr<Response> (*answer)(const Request&)) {
    Unary<Request>(Handler([answer](std::shared_ptr<Call> call) {
      auto response = answer(static_cast<const Request&>(*call->request));
      response.ok() ? call->Answer(&*response) : call->Fail(response.status());
    }));
  }

  template <class Request>
  void Get() {
    cached_ = MethodOf(Request::descriptor());
    Unary<Request>(GetForm(parts_, table_));
  }
  template <class Request, class Response>
  void List() {
    Unary<Request>(ListForm(parts_, table_, {Request(), Response()}));
  }
  template <class Request, class Response>
  void History() {
    Unary<Request>(HistoryForm(parts_, table_, {Request(), Response()}));
  }
  template <class Request, class Response>
  void AuditEntries() {
    Unary<Request>(AuditForm(parts_, {Request(), Response()}));
  }
  template <class Request, class Response>
  void Statistics() {
    Unary<Request>(StatisticsForm(parts_, table_, {Request(), Response()}));
  }

  template <class Request, class Response>
  void Watch() {
    Stream(MethodOf(Request::descriptor()), Request(), Response());
  }

  // Each row of a client stream becomes one new record, or is refused and reported.
  template <class Record, class Request, class Response>
  void Import(StatusOr<Decision<Record>> (*decide)(const Record&, const Request&, const Env&)) {
    Rows(MethodOf(Request::descriptor()), Erase(decide), Request(), Response());
  }

 private:
  template <class Record, class Request>
  static DecideFn Erase(StatusOr<Decision<Record>> (*decide)(const Record&, const Request&,
                                                             const Env&)) {
    return [decide](const Message& before, const Message& request,
                    const Env& env) -> StatusOr<Plan> {
      ASSIGN_OR_RETURN(auto decision, decide(static_cast<const Record&>(before),
                                             static_cast<const Request&>(request), env));
      return Plan{std::make_shared<Record>(std::move(decision.after)), std::move(decision.events)};
    };
  }

  template <class Request>
  void Unary(StatusOr<Handler> handler) {
    Bind(MethodOf(Request::descriptor()), std::make_unique<Request>(), std::move(handler));
  }

  size_t MethodOf(const google::protobuf::Descriptor* request) const;
  void Bind(size_t method, std::unique_ptr<Message> prototype, StatusOr<Handler> handler);
  void Stream(size_t method, const Message& request, const Message& response);
  void Rows(size_t method, DecideFn decide, const Message& request, const Message& response);
  grpc::ServerUnaryReactor* OnUnary(size_t method, const Message* prototype, const Handler& handler,
                                    grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* body, grpc::ByteBuffer* response);

  const Parts& parts_;
  const Table& table_;
  Status mistake_;
  std::vector<Method> methods_;
  std::vector<std::unique_ptr<Metrics::OfMethod>> metrics_;
  std::vector<bool> bound_;
  size_t cached_ = static_cast<size_t>(-1);  // the method answered from the reply cache
  std::vector<std::unique_ptr<Message>> prototypes_;
};

}  // namespace pingan::rpc
