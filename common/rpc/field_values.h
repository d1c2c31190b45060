// The values of a field by their place, whether it is repeated or not: one that is not has one
// value, or none if it is not set.
#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace pingan::rpc {

int SizeOf(const google::protobuf::Message& message,
           const google::protobuf::FieldDescriptor* field);

const google::protobuf::Message& MessageAt(const google::protobuf::Message& message,
                                           const google::protobuf::FieldDescriptor* field, int i);
google::protobuf::Message* MutableMessageAt(google::protobuf::Message* message,
                                            const google::protobuf::FieldDescriptor* field, int i);

// Until it is set anew.
const std::string& TextAt(const google::protobuf::Message& message,
                   const google::protobuf::FieldDescriptor* field, int i);
void SetTextAt(google::protobuf::Message* message, const google::protobuf::FieldDescriptor* field,
               int i, std::string text);

}  // namespace pingan::rpc
