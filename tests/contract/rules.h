// What every API of the suite keeps to, checked over its descriptors: the rules that compiling a
// proto does not enforce. Each function returns its findings, "<full name>: what is wrong", in
// proto order.
#pragma once

#include <google/protobuf/descriptor.h>

#include <set>
#include <string>
#include <vector>

namespace pingan::contract {

using Findings = std::vector<std::string>;

// The files of a descriptor set whose packages are ours. The set carries source information.
class Apis {
 public:
  // Aborts unless `path` is a descriptor set in which every import resolves: the build made it.
  explicit Apis(const std::string& path);

  std::vector<const google::protobuf::MethodDescriptor*> Methods() const;
  // All messages, nested ones included.
  std::vector<const google::protobuf::Descriptor*> Messages() const;
  std::vector<const google::protobuf::EnumDescriptor*> Enums() const;
  std::vector<const google::protobuf::ServiceDescriptor*> Services() const;

 private:
  google::protobuf::DescriptorPool pool_;
  std::vector<const google::protobuf::FileDescriptor*> files_;
};

// A rule with a permission and a load class; a deadline, unless the stream has no end.
Findings MethodsWithoutRule(const Apis& apis);

// A permission that no role holds, or that policy.json does not list; `held` comes from there.
Findings PermissionsNotHeld(const Apis& apis, const std::set<std::string>& held);
// What an answer masks can be shown to somebody.
Findings RevealsNotHeld(const Apis& apis, const std::set<std::string>& held);

// A write has request_id (required, with a pattern) and validate_only.
Findings WritesNotIdempotent(const Apis& apis);

// A List has page_size, page_token and next_page_token, unless named in `short_lists`.
Findings ListsWithoutPages(const Apis& apis, const std::set<std::string>& short_lists);

// A string that a caller sends, be it in an import's past, has a length or a pattern; a repeated
// field has a number of items.
Findings InputsWithoutLimit(const Apis& apis);

// Services, methods and messages have a comment; requests and responses share their method's. So
// have fields, unless their type has one or their name is a convention.
Findings Uncommented(const Apis& apis, const std::set<std::string>& understood);

// Two methods share a route, or one has none.
Findings RoutesNotUnique(const Apis& apis);

// Two methods share a request message.
Findings RequestsShared(const Apis& apis);

// An enum begins with <...>_UNSPECIFIED = 0.
Findings EnumsWithoutUnspecified(const Apis& apis);

// A field named like personal data (phone, address, document_number, display_name) has no
// sensitivity, so it would be neither masked nor encrypted.
Findings PersonalDataInTheOpen(const Apis& apis);

// What a caller says in a string is masked elsewhere under the same name, and here it has not that
// sensitivity, nor a pattern, nor is it open: a mask that was shown there would be stored.
Findings MasksTaken(const Apis& apis);

// A string in an answer is neither sensitive, nor bound to a pattern, nor declared open; or it is
// declared both sensitive and open.
Findings WordsInTheOpen(const Apis& apis);

// What a write is told in a string that has room for an identity or telephone number is neither
// sensitive nor open, nor bound to a pattern that takes none: it might be shown to everybody.
Findings NumbersTaken(const Apis& apis);

}  // namespace pingan::contract
