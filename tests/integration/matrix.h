// Requests of any method, made from its proto alone, and the bare answers to them: what a test that
// goes through all methods needs.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/channel.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pingan::testing {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// All methods of the service that takes such a request.
std::vector<const MethodDescriptor*> Methods(const google::protobuf::Descriptor* request);

// The permission that the proto demands for the method.
std::string PermissionOf(const MethodDescriptor* method);

// What a request is about.
enum class Aims {
  kRecord,   // a record, by its name
  kArea,     // an area, whose records it reads
  kNew,      // a new record in an area
  kAll,      // the records of all areas at once
  kNothing,  // none of these
};
Aims AimsOf(const MethodDescriptor* method);

// What requests are to be about: an area, and a record of each collection ("disputes") by name.
struct Subject {
  std::string area;
  std::map<std::string, std::string> names;
};

// A request that passes validation, about the subject; writes are dry (validate_only, dry_run).
// Aborts for a field rule that it knows no value for.
std::unique_ptr<Message> RequestFor(const MethodDescriptor* method, const Subject& subject);

// The status as it came over the wire. A server stream is read up to its first answer and then
// left.
struct Answer {
  grpc::Status status;
  std::unique_ptr<Message> message;
};
Answer Ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& token,
           const MethodDescriptor* method, const Message& request, const std::string& purpose = "");

}  // namespace pingan::testing
