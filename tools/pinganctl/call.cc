// pinganctl call: any unary method, from and to JSON.
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <iostream>
#include <iterator>

#include "common/base/clock.h"
#include "pingan/disputes/v1/disputes.pb.h"
#include "pingan/population/v1/population.pb.h"
#include "tools/pinganctl/print.h"
#include "tools/pinganctl/session.h"
#include "tools/pinganctl/verb.h"

namespace pingan::ctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr char kHelp[] =
    R"(METHOD is a name such as GetDispute or pingan.disputes.v1.Disputes.GetDispute; JSON is the
request, "-" reads it from stdin. A request_id that the request wants and lacks is made up. A name
that two services have is that of the disputes. As in:

  pinganctl call GetStatistics '{"area": "4116", "group_by": ["month"]}'

Without JSON it prints the fields of the request.
)";

// Every service of the suite.
std::vector<const google::protobuf::ServiceDescriptor*> Services() {
  return {disputes::v1::GetDisputeRequest::descriptor()->file()->service(0),
          population::v1::GetPersonRequest::descriptor()->file()->service(0)};
}

StatusOr<const MethodDescriptor*> Find(const std::string& name) {
  for (const auto* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor* method = service->method(i);
      if (method->name() != name && method->full_name() != name) continue;
      if (!method->client_streaming() && !method->server_streaming()) return method;
      return absl::InvalidArgumentError(name + " is a stream; see watch and import");
    }
  }
  return absl::InvalidArgumentError("no method " + name);
}

std::unique_ptr<Message> Make(const Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

StatusOr<std::unique_ptr<Message>> ReadRequest(const Descriptor* type, const std::string& json) {
  auto request = Make(type);
  const auto status = google::protobuf::util::JsonStringToMessage(json, request.get());
  if (!status.ok()) {
    return absl::InvalidArgumentError("JSON of " + type->full_name() + ": " +
                                      std::string(status.message()));
  }
  const auto* id = type->FindFieldByName("request_id");
  if (id != nullptr && request->GetReflection()->GetString(*request, id).empty()) {
    request->GetReflection()->SetString(request.get(), id, RandomUuid());
  }
  return request;
}

Status Call(const Options& options) {
  ASSIGN_OR_RETURN(const MethodDescriptor* method, Find(options.words()[0]));
  if (options.words().size() == 1) {
    std::printf("%s", method->input_type()->DebugString().c_str());
    return absl::OkStatus();
  }
  std::string json = options.words()[1];
  if (json == "-") json.assign(std::istreambuf_iterator<char>(std::cin), {});
  ASSIGN_OR_RETURN(const auto request, ReadRequest(method->input_type(), json));
  const bool persons = method->service() == Services().back();
  ASSIGN_OR_RETURN(const auto client,
                   Connect(options, {.service = persons ? "population" : "disputes"}));
  const auto answer = Make(method->output_type());
  RETURN_IF_ERROR(client->Call(*request, answer.get()));
  ASSIGN_OR_RETURN(const std::string text, Json(*answer, !options.On("json")));
  std::printf("%s\n", text.c_str());
  return absl::OkStatus();
}

}  // namespace

Verb CallVerb() {
  return {"call",
          "METHOD [JSON]",
          "Calls a method of a service",
          kHelp,
          ServerFlags({{"json", Flag::kSwitch, "", "the answer on one line"}}),
          1,
          2,
          Call};
}

}  // namespace pingan::ctl
