// Requests of any method, made from its proto alone, and the bare answers to them: what a test that
// goes through all methods needs.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

namespace pingan::testing {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// All methods of the disputes service.
std::vector<const MethodDescriptor*> Methods();

// The permission that the proto demands for the method.
std::string PermissionOf(const MethodDescriptor* method);

// What a request is about.
enum class Aims {
  kRecord,   // a dispute, by its name
  kArea,     // an area, whose disputes it reads
  kNew,      // a new dispute in an area
  kNothing,  // neither
};
Aims AimsOf(const MethodDescriptor* method);

// A request that passes validation, about the dispute `name` or the area `area`; writes are dry
// (validate_only, dry_run). Aborts for a field rule that it knows no value for.
std::unique_ptr<Message> RequestFor(const MethodDescriptor* method, const std::string& name,
                                    const std::string& area);

// The status as it came over the wire. A server stream is read up to its first answer and then
// left.
struct Answer {
  grpc::Status status;
  std::unique_ptr<Message> message;
};
Answer Ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& token,
           const MethodDescriptor* method, const Message& request);

}  // namespace pingan::testing
