#include <google/protobuf/descriptor.pb.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "tests/contract/rules.h"

namespace pingan::contract {
namespace pb = google::protobuf;
namespace {

[[noreturn]] void Die(const std::string& problem) {
  std::cerr << problem << "\n";
  std::abort();
}

void AddNested(const pb::Descriptor* message, std::vector<const pb::Descriptor*>* all) {
  if (message->options().map_entry()) return;
  all->push_back(message);
  for (int i = 0; i < message->nested_type_count(); ++i) AddNested(message->nested_type(i), all);
}

}  // namespace

Apis::Apis(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  pb::FileDescriptorSet set;
  if (!set.ParseFromIstream(&file)) Die("no descriptor set in " + path);
  for (const pb::FileDescriptorProto& proto : set.file()) {
    const pb::FileDescriptor* built = pool_.BuildFile(proto);
    if (built == nullptr) Die("cannot build " + proto.name());
    if (built->package().rfind("pingan.", 0) == 0) files_.push_back(built);
  }
  if (files_.empty()) Die("no file of ours in " + path);
}

std::vector<const pb::ServiceDescriptor*> Apis::Services() const {
  std::vector<const pb::ServiceDescriptor*> all;
  for (const auto* file : files_) {
    for (int i = 0; i < file->service_count(); ++i) all.push_back(file->service(i));
  }
  return all;
}

std::vector<const pb::MethodDescriptor*> Apis::Methods() const {
  std::vector<const pb::MethodDescriptor*> all;
  for (const auto* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) all.push_back(service->method(i));
  }
  return all;
}

std::vector<const pb::Descriptor*> Apis::Messages() const {
  std::vector<const pb::Descriptor*> all;
  for (const auto* file : files_) {
    for (int i = 0; i < file->message_type_count(); ++i) AddNested(file->message_type(i), &all);
  }
  return all;
}

std::vector<const pb::EnumDescriptor*> Apis::Enums() const {
  std::vector<const pb::EnumDescriptor*> all;
  for (const auto* file : files_) {
    for (int i = 0; i < file->enum_type_count(); ++i) all.push_back(file->enum_type(i));
  }
  for (const auto* message : Messages()) {
    for (int i = 0; i < message->enum_type_count(); ++i) all.push_back(message->enum_type(i));
  }
  return all;
}

}  // namespace pingan::contract
