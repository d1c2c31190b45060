#include "tests/contract/rules.h"

#include <algorithm>
#include <map>

#include "google/api/annotations.pb.h"
#include "pingan/common/v1/options.pb.h"
#include "re2/re2.h"

namespace pingan::contract {
namespace pb = google::protobuf;
namespace v1 = common::v1;
namespace {

const v1::MethodRule& RuleOf(const pb::MethodDescriptor* m) {
  return m->options().GetExtension(v1::rule);
}

const v1::FieldRule& RuleOf(const pb::FieldDescriptor* f) {
  return f->options().GetExtension(v1::field);
}

bool IsList(const pb::MethodDescriptor* method) {
  return method->name().rfind("List", 0) == 0;
}

template <class Descriptor>
bool Commented(const Descriptor* d) {
  pb::SourceLocation at;
  return d->GetSourceLocation(&at) && !(at.leading_comments + at.trailing_comments).empty();
}

// The comment on a field's own message or enum is its explanation, too.
bool TypeSays(const pb::FieldDescriptor* field) {
  if (field->message_type() != nullptr) return Commented(field->message_type());
  return field->enum_type() != nullptr && Commented(field->enum_type());
}

// The messages of ours that a message can hold, by way of fields that `follow` likes.
template <class Follow>
void Reach(const pb::Descriptor* message, const Follow& follow,
           std::set<const pb::Descriptor*>* reached) {
  if (message->full_name().rfind("pingan.", 0) != 0 || !reached->insert(message).second) return;
  for (int i = 0; i < message->field_count(); ++i) {
    const pb::FieldDescriptor* field = message->field(i);
    if (field->message_type() != nullptr && follow(field)) {
      Reach(field->message_type(), follow, reached);
    }
  }
}

// Those that a caller can send: by way of fields that the server reads.
std::set<const pb::Descriptor*> Sent(const Apis& apis) {
  std::set<const pb::Descriptor*> reached;
  const auto read = [](const pb::FieldDescriptor* field) { return !RuleOf(field).output_only(); };
  for (const auto* method : apis.Methods()) Reach(method->input_type(), read, &reached);
  return reached;
}

// Those that an import brings with all that they say of the past.
std::set<const pb::Descriptor*> Brought(const Apis& apis) {
  std::set<const pb::Descriptor*> reached;
  const auto all = [](const pb::FieldDescriptor*) { return true; };
  for (const auto* message : apis.Messages()) {
    for (int i = 0; i < message->field_count(); ++i) {
      const pb::FieldDescriptor* field = message->field(i);
      if (RuleOf(field).with_output()) Reach(field->message_type(), all, &reached);
    }
  }
  return reached;
}

// Those that a caller can be answered.
std::set<const pb::Descriptor*> Answered(const Apis& apis) {
  std::set<const pb::Descriptor*> reached;
  const auto all = [](const pb::FieldDescriptor*) { return true; };
  for (const auto* method : apis.Methods()) Reach(method->output_type(), all, &reached);
  return reached;
}

bool HasSensitive(const pb::Descriptor* message) {
  for (int i = 0; i < message->field_count(); ++i) {
    if (RuleOf(message->field(i)).sensitivity() != v1::SENSITIVITY_UNSPECIFIED) return true;
  }
  return false;
}

// "get /v1/{}:accept": what tells routes apart.
std::string RouteOf(const pb::MethodDescriptor* method) {
  const auto& http = method->options().GetExtension(google::api::http);
  const pb::FieldDescriptor* verb = http.GetReflection()->GetOneofFieldDescriptor(
      http, http.GetDescriptor()->FindOneofByName("pattern"));
  if (verb == nullptr || verb->cpp_type() != pb::FieldDescriptor::CPPTYPE_STRING) return "";
  std::string path = http.GetReflection()->GetString(http, verb);
  RE2::GlobalReplace(&path, R"(\{[^=}]+=([^}]*)\})", R"({\1})");
  return verb->name() + " " + path;
}

}  // namespace

Findings MethodsWithoutRule(const Apis& apis) {
  Findings found;
  for (const auto* method : apis.Methods()) {
    const v1::MethodRule& rule = RuleOf(method);
    if (rule.permission().empty()) found.push_back(method->full_name() + ": no permission");
    if (rule.load() == v1::LOAD_UNSPECIFIED)
      found.push_back(method->full_name() + ": no load class");
    if (rule.deadline_ms() <= 0 && !method->server_streaming()) {
      found.push_back(method->full_name() + ": no deadline");
    }
  }
  return found;
}

Findings PermissionsNotHeld(const Apis& apis, const std::set<std::string>& held) {
  Findings found;
  for (const auto* method : apis.Methods()) {
    const std::string& permission = RuleOf(method).permission();
    if (held.count(permission) == 0)
      found.push_back(method->full_name() + ": nobody may " + permission);
  }
  return found;
}

Findings RevealsNotHeld(const Apis& apis, const std::set<std::string>& held) {
  const auto all = [](const pb::FieldDescriptor*) { return true; };
  Findings found;
  for (const auto* method : apis.Methods()) {
    const std::string& permission = RuleOf(method).permission();
    const std::string reveal = permission.substr(0, permission.find('.')) + ".reveal";
    std::set<const pb::Descriptor*> answered;
    Reach(method->output_type(), all, &answered);
    const bool masks = std::any_of(answered.begin(), answered.end(), HasSensitive);
    if (masks && held.count(reveal) == 0) {
      found.push_back(method->full_name() + ": nobody may " + reveal);
    }
  }
  return found;
}

Findings WritesNotIdempotent(const Apis& apis) {
  Findings found;
  for (const auto* method : apis.Methods()) {
    if (!RuleOf(method).writes()) continue;
    const pb::FieldDescriptor* id = method->input_type()->FindFieldByName("request_id");
    if (id == nullptr || !RuleOf(id).required() || RuleOf(id).pattern().empty()) {
      found.push_back(method->full_name() + ": no required request_id with a pattern");
    }
    if (method->input_type()->FindFieldByName("validate_only") == nullptr) {
      found.push_back(method->full_name() + ": no validate_only");
    }
  }
  return found;
}

Findings ListsWithoutPages(const Apis& apis, const std::set<std::string>& short_lists) {
  Findings found;
  for (const auto* method : apis.Methods()) {
    const bool pages = method->input_type()->FindFieldByName("page_token") != nullptr;
    if (!pages && (!IsList(method) || short_lists.count(method->name()) > 0)) continue;
    for (const char* name : {"page_size", "page_token"}) {
      if (method->input_type()->FindFieldByName(name) == nullptr) {
        found.push_back(method->full_name() + ": no " + name);
      }
    }
    if (method->output_type()->FindFieldByName("next_page_token") == nullptr) {
      found.push_back(method->full_name() + ": no next_page_token");
    }
  }
  return found;
}

Findings InputsWithoutLimit(const Apis& apis) {
  const auto sent = Sent(apis), brought = Brought(apis);
  Findings found;
  for (const auto* message : apis.Messages()) {
    for (int i = 0; i < message->field_count(); ++i) {
      const pb::FieldDescriptor* field = message->field(i);
      const v1::FieldRule& rule = RuleOf(field);
      const bool is_sent = sent.contains(message) && !rule.output_only();
      if (!is_sent && !brought.contains(message)) continue;
      if (is_sent && field->is_repeated() && rule.items_max() == 0)
        found.push_back(field->full_name() + ": no items_max");
      if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING && rule.length_max() == 0 &&
          rule.pattern().empty()) {
        found.push_back(field->full_name() + ": neither length_max nor pattern");
      }
    }
  }
  return found;
}

Findings Uncommented(const Apis& apis, const std::set<std::string>& understood) {
  Findings found;
  const auto look = [&found](const auto* d) {
    if (!Commented(d)) found.push_back(d->full_name() + ": no comment");
  };
  for (const auto* service : apis.Services()) look(service);
  for (const auto* method : apis.Methods()) look(method);
  for (const auto* message : apis.Messages()) {
    // One request per method: the method's comment is the request's.
    const std::string& name = message->name();
    if (!RE2::FullMatch(name, ".*(Request|Response)")) look(message);
    for (int i = 0; i < message->field_count(); ++i) {
      if (understood.count(message->field(i)->name()) == 0 && !TypeSays(message->field(i))) {
        look(message->field(i));
      }
    }
  }
  return found;
}

Findings RoutesNotUnique(const Apis& apis) {
  Findings found;
  std::map<std::string, const pb::MethodDescriptor*> taken;
  for (const auto* method : apis.Methods()) {
    const std::string route = RouteOf(method);
    if (route.empty()) {
      found.push_back(method->full_name() + ": no route");
    } else if (const auto [other, free] = taken.emplace(route, method); !free) {
      found.push_back(method->full_name() + ": same route as " + other->second->name());
    }
  }
  return found;
}

Findings RequestsShared(const Apis& apis) {
  Findings found;
  std::set<const pb::Descriptor*> taken;
  for (const auto* method : apis.Methods()) {
    if (!taken.insert(method->input_type()).second) {
      found.push_back(method->full_name() + ": shares its request message");
    }
  }
  return found;
}

Findings EnumsWithoutUnspecified(const Apis& apis) {
  Findings found;
  for (const auto* type : apis.Enums()) {
    const pb::EnumValueDescriptor* first = type->value(0);
    if (first->number() != 0 || !RE2::FullMatch(first->name(), "([A-Z_]+_)?UNSPECIFIED")) {
      found.push_back(type->full_name() + ": does not begin with UNSPECIFIED = 0");
    }
  }
  return found;
}

Findings PersonalDataInTheOpen(const Apis& apis) {
  static const std::set<std::string> kPersonal = {"phone", "address", "document_number",
                                                  "display_name"};
  Findings found;
  for (const auto* message : apis.Messages()) {
    for (int i = 0; i < message->field_count(); ++i) {
      const pb::FieldDescriptor* field = message->field(i);
      if (kPersonal.count(field->name()) > 0 &&
          RuleOf(field).sensitivity() == v1::SENSITIVITY_UNSPECIFIED) {
        found.push_back(field->full_name() + ": no sensitivity");
      }
    }
  }
  return found;
}

Findings MasksTaken(const Apis& apis) {
  std::map<std::string, std::map<v1::Sensitivity, std::string>> masked;  // by name of the field
  for (const auto* message : apis.Messages()) {
    for (int i = 0; i < message->field_count(); ++i) {
      const pb::FieldDescriptor* field = message->field(i);
      const v1::Sensitivity sensitivity = RuleOf(field).sensitivity();
      if (sensitivity == v1::SENSITIVITY_UNSPECIFIED) continue;
      masked[field->name()].emplace(sensitivity, field->full_name());
    }
  }
  Findings found;
  const auto sent = Sent(apis);
  for (const auto* message : apis.Messages()) {
    if (sent.count(message) == 0) continue;
    for (int i = 0; i < message->field_count(); ++i) {
      const pb::FieldDescriptor* field = message->field(i);
      const v1::FieldRule& rule = RuleOf(field);
      const auto kinds = masked.find(field->name());
      if (kinds == masked.end() || kinds->second.count(rule.sensitivity()) > 0) continue;
      if (rule.output_only() || rule.open() || !rule.pattern().empty()) continue;
      if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_STRING) continue;
      found.push_back(field->full_name() + ": not masked as " + kinds->second.begin()->second);
    }
  }
  return found;
}

Findings WordsInTheOpen(const Apis& apis) {
  const auto answered = Answered(apis);
  Findings found;
  for (const auto* message : apis.Messages()) {
    if (answered.count(message) == 0 || message->options().map_entry()) continue;
    for (int i = 0; i < message->field_count(); ++i) {
      const pb::FieldDescriptor* field = message->field(i);
      if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_STRING) continue;
      const v1::FieldRule& rule = RuleOf(field);
      const bool sensitive = rule.sensitivity() != v1::SENSITIVITY_UNSPECIFIED;
      if (sensitive && rule.open()) {
        found.push_back(field->full_name() + ": both sensitive and open");
      } else if (!sensitive && !rule.open() && rule.pattern().empty()) {
        found.push_back(field->full_name() + ": neither sensitive nor open, and no pattern");
      }
    }
  }
  return found;
}

Findings NumbersTaken(const Apis& apis) {
  constexpr int kShortest = 11;
  std::set<const pb::Descriptor*> told;
  const auto sent = [](const pb::FieldDescriptor* f) { return !RuleOf(f).output_only(); };
  for (const auto* method : apis.Methods()) {
    if (RuleOf(method).writes()) Reach(method->input_type(), sent, &told);
  }
  const auto takes = [](const std::string& pattern) {
    return pattern.empty() || RE2::FullMatch("11010519491231002X", pattern) ||
           RE2::FullMatch("13800000001", pattern);
  };
  Findings found;
  for (const auto* message : apis.Messages()) {
    if (told.count(message) == 0) continue;
    for (int i = 0; i < message->field_count(); ++i) {
      const pb::FieldDescriptor* field = message->field(i);
      const v1::FieldRule& rule = RuleOf(field);
      // An id and an etag are looked for, not kept.
      if (field->name() == "request_id" || field->name() == "etag") continue;
      if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_STRING || rule.output_only()) continue;
      const bool room = rule.length_max() == 0 || rule.length_max() >= kShortest;
      const bool kept = rule.open() || rule.sensitivity() != v1::SENSITIVITY_UNSPECIFIED;
      if (room && !kept && takes(rule.pattern())) {
        found.push_back(field->full_name() + ": takes a number, neither sensitive nor open");
      }
    }
  }
  return found;
}

}  // namespace pingan::contract
