// Service: a gRPC service whose methods are all handled by the pipeline.
//
// The methods come from the proto's descriptor, each with its rule; a service says in its
// constructor, one statement per RPC, what is gathered and decided:
//
//   Write(&DecideAccept);     // StatusOr<Decision<Record>>(const Record&, const Request&,
//                             //                            const Env&)
//   Read(&ExplainDeadline);   // StatusOr<Response>(const Record&, const Request&, const Env&)
//   Get<v1::DisputeRecord, v1::GetDisputeRequest>();
//
// A record's table follows from its type. All methods are raw callback methods: the pipeline
// parses, so that a refusal can come before parsing and a cached answer needs no message at all.
// Which method it is follows from the request type.
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
  // The parts outlive the service.
  Service(const google::protobuf::ServiceDescriptor* descriptor, const Parts& parts);

  // A write of the record that the request names (of a new one, if it has no name).
  template <class Record, class Request>
  void Write(StatusOr<Decision<Record>> (*decide)(const Record&, const Request&, const Env&)) {
    Unary<Request>(WriteForm(TableOf<Record>(), {.decide = Erase(decide)}));
  }
  // The same with other records at hand, and changes to them in the decision.
  template <class Record, class Request>
  void Write(StatusOr<Decision<Record>> (*decide)(const Record&, const Request&, const Related&,
                                                  const Env&),
             Wanted (*wanted)(const Record&, const Request&)) {
    Unary<Request>(
        WriteForm(TableOf<Record>(), {.decide = Erase(decide), .wanted = EraseWanted(wanted)}));
  }
  // The same of a record that the caller need not see: the decision says who may, and `check` what
  // is wrong whatever the record says.
  template <class Record, class Request>
  void WriteUnseen(StatusOr<Decision<Record>> (*decide)(const Record&, const Request&,
                                                        const Related&, const Env&),
                   Wanted (*wanted)(const Record&, const Request&),
                   Status (*check)(const Request&, const Env&)) {
    Unary<Request>(
        WriteForm(TableOf<Record>(), {.decide = Erase(decide),
                                      .wanted = EraseWanted(wanted),
                                      .unseen = true,
                                      .check = [check](const Message& request, const Env& env) {
                                        return check(static_cast<const Request&>(request), env);
                                      }}));
  }
  // A write answering something else than the resource. The record may be a later one when the
  // request is a repeated one, so the answer is what the request asked for, not what came last.
  template <class Record, class Request, class Response>
  void Write(StatusOr<Decision<Record>> (*decide)(const Record&, const Request&, const Env&),
             Response (*respond)(const Record&, const Request&, const Env&)) {
    Unary<Request>(
        WriteForm(TableOf<Record>(), {.decide = Erase(decide), .respond = EraseRespond(respond)}));
  }
  template <class Record, class Request, class Response>
  void Write(StatusOr<Decision<Record>> (*decide)(const Record&, const Request&, const Related&,
                                                  const Env&),
             Wanted (*wanted)(const Record&, const Request&),
             Response (*respond)(const Record&, const Request&, const Env&)) {
    Unary<Request>(WriteForm(TableOf<Record>(), {.decide = Erase(decide),
                                                 .wanted = EraseWanted(wanted),
                                                 .respond = EraseRespond(respond)}));
  }

  // A read that is a function of the record it names.
  template <class Record, class Request, class Response>
  void Read(StatusOr<Response> (*read)(const Record&, const Request&, const Env&)) {
    Unary<Request>(ReadForm(TableOf<Record>(),
                            [read](const Message& record, const Message& request,
                                   const Env& env) -> StatusOr<std::unique_ptr<Message>> {
                              ASSIGN_OR_RETURN(Response response,
                                               read(static_cast<const Record&>(record),
                                                    static_cast<const Request&>(request), env));
                              return std::make_unique<Response>(std::move(response));
                            }));
  }

  // A search for records that the request wants rather than names. Of them it sees those that the
  // caller may see.
  template <class Record, class Request, class Response>
  void Find(StatusOr<Response> (*find)(const Request&, const Related&, const Env&),
            Wanted (*wanted)(const Record&, const Request&)) {
    const auto answer = [find](const Message& request, const Related& related,
                               const Env& env) -> StatusOr<std::unique_ptr<Message>> {
      ASSIGN_OR_RETURN(Response response, find(static_cast<const Request&>(request), related, env));
      return std::make_unique<Response>(std::move(response));
    };
    Unary<Request>(FindForm(TableOf<Record>(), answer, EraseWanted(wanted)));
  }

  template <class Record, class Request>
  void Get() {
    Unary<Request>(GetForm(TableOf<Record>()));
    Cache(MethodOf(Request::descriptor()));
  }
  template <class Record, class Request, class Response>
  void List() {
    Unary<Request>(ListForm(TableOf<Record>(), {Request(), Response()}));
  }
  // Of any record of the service, by its name.
  template <class Request, class Response>
  void History() {
    Unary<Request>(HistoryForm({Request(), Response()}));
  }
  template <class Request, class Response>
  void AuditEntries() {
    Unary<Request>(AuditForm({Request(), Response()}));
  }
  template <class Request>
  void AuditChain() {
    Unary<Request>(AuditCheckForm(Request::descriptor()));
  }
  // Who was shown the record that the request names.
  template <class Request, class Response>
  void Reads() {
    Unary<Request>(ReadsForm({Request(), Response()}));
  }
  template <class Request, class Response>
  void Statistics() {
    Unary<Request>(StatisticsForm({Request(), Response()}));
  }

  // What the service can do, by its methods and code lists.
  template <class Request>
  void Capabilities(const std::vector<common::v1::CodeList>& lists) {
    Unary<Request>(CapabilitiesForm(methods_, lists));
  }

  // The code lists, or the one that the request names.
  template <class Request, class Response>
  void Codes(const std::vector<common::v1::CodeList>& lists) {
    Unary<Request>(Handler([&lists](std::shared_ptr<Call> call) {
      const std::string& asked = static_cast<const Request&>(*call->request).list();
      Response response;
      for (const auto& list : lists) {
        if (asked.empty() || asked == list.name()) *response.add_lists() = list;
      }
      if (response.lists_size() == 0)
        return call->Fail(FieldError("list", "want the name of a code list"));
      call->Answer(&response);
    }));
  }

  template <class Request, class Response>
  void Watch() {
    Stream(MethodOf(Request::descriptor()), Request(), Response());
  }

  // All records of an area as a server stream.
  template <class Record, class Request, class Response>
  void Export() {
    Rows(MethodOf(Request::descriptor()), TableOf<Record>(), Request(), Response());
  }

  // Each row of a client stream becomes one new record, or is refused and reported.
  template <class Record, class Request, class Response>
  void Import(StatusOr<Decision<Record>> (*decide)(const Record&, const Request&, const Env&)) {
    Rows(MethodOf(Request::descriptor()), TableOf<Record>(), {.decide = Erase(decide)}, Request(),
         Response());
  }
  template <class Record, class Request, class Response>
  void Import(StatusOr<Decision<Record>> (*decide)(const Record&, const Request&, const Related&,
                                                   const Env&),
              Wanted (*wanted)(const Record&, const Request&)) {
    Rows(MethodOf(Request::descriptor()), TableOf<Record>(),
         {.decide = Erase(decide), .wanted = EraseWanted(wanted)}, Request(), Response());
  }

 private:
  template <class Record, class Request>
  static DecideFn Erase(StatusOr<Decision<Record>> (*decide)(const Record&, const Request&,
                                                             const Env&)) {
    return [decide](const Message& before, const Message& request, const Related&,
                    const Env& env) -> StatusOr<Plan> {
      ASSIGN_OR_RETURN(auto decision, decide(static_cast<const Record&>(before),
                                             static_cast<const Request&>(request), env));
      return PlanOf(std::move(decision));
    };
  }
  template <class Record, class Request>
  static DecideFn Erase(StatusOr<Decision<Record>> (*decide)(const Record&, const Request&,
                                                             const Related&, const Env&)) {
    return [decide](const Message& before, const Message& request, const Related& related,
                    const Env& env) -> StatusOr<Plan> {
      ASSIGN_OR_RETURN(auto decision, decide(static_cast<const Record&>(before),
                                             static_cast<const Request&>(request), related, env));
      return PlanOf(std::move(decision));
    };
  }
  template <class Record, class Request>
  static WantedFn EraseWanted(Wanted (*wanted)(const Record&, const Request&)) {
    return [wanted](const Message& before, const Message& request) {
      return wanted(static_cast<const Record&>(before), static_cast<const Request&>(request));
    };
  }

  template <class Record, class Request, class Response>
  static RespondFn EraseRespond(Response (*respond)(const Record&, const Request&, const Env&)) {
    return [respond](const Message& record, const Message& request, const Env& env) {
      return std::make_unique<Response>(
          respond(static_cast<const Record&>(record), static_cast<const Request&>(request), env));
    };
  }

  // A service that says nothing of its table does not start; until then any will do.
  template <class Record>
  const Table& TableOf() {
    const Table* table = parts_.tables->OfRecord(Record::descriptor());
    if (!table) mistake_.Update(NoTable(Record::descriptor()));
    return table ? *table : parts_.tables->main();
  }

  template <class Request>
  void Unary(StatusOr<Handler> handler) {
    Bind(MethodOf(Request::descriptor()), std::make_unique<Request>(), std::move(handler));
  }

  static Status NoTable(const google::protobuf::Descriptor* record);
  size_t MethodOf(const google::protobuf::Descriptor* request) const;
  void Cache(size_t method);
  void Bind(size_t method, std::unique_ptr<Message> prototype, StatusOr<Handler> handler);
  void Stream(size_t method, const Message& request, const Message& response);
  void Rows(size_t method, const Table& table, const Message& request, const Message& response);
  void Rows(size_t method, const Table& table, WriteRules rules, const Message& request,
            const Message& response);
  grpc::ServerUnaryReactor* OnUnary(size_t method, const Message* prototype, const Handler& handler,
                                    grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* body, grpc::ByteBuffer* response);

  const Parts& parts_;
  Status mistake_;
  std::vector<Method> methods_;
  std::vector<std::unique_ptr<Metrics::OfMethod>> metrics_;
  std::vector<bool> bound_;
  std::vector<bool> cached_;  // the methods answered from the reply cache
  std::vector<std::unique_ptr<Message>> prototypes_;
};

}  // namespace pingan::rpc
