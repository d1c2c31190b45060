#include "tools/pinganctl/persons/put.h"

#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/pinganctl/persons/cells.h"

namespace pingan::ctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The message that the last name of a path is a field of, made on the way; the path is left with
// that name. "[0]" is the first of a list, made if there is none.
Message* Descend(std::string_view* path, Message* message) {
  for (size_t dot = path->find('.'); dot != std::string_view::npos; dot = path->find('.')) {
    const std::string_view name = path->substr(0, path->find_first_of(".["));
    const auto* reflection = message->GetReflection();
    const auto* field = message->GetDescriptor()->FindFieldByName(std::string(name));
    if (!field->is_repeated()) {
      message = reflection->MutableMessage(message, field);
    } else if (reflection->FieldSize(*message, field) > 0) {
      message = reflection->MutableRepeatedMessage(message, field, 0);
    } else {
      message = reflection->AddMessage(message, field);
    }
    path->remove_prefix(dot + 1);
  }
  return message;
}

std::string PutEnum(const Column& column, const std::string& cell, const FieldDescriptor* field,
                    Message* message) {
  const auto* value = field->enum_type()->FindValueByName(cell);
  std::string wanted;
  for (const auto& [word, name] : column.words) {
    if (cell == word) value = field->enum_type()->FindValueByName(name);
    absl::StrAppend(&wanted, wanted.empty() ? "want one of " : ", ", word);
  }
  if (value == nullptr || value->number() == 0) return wanted;
  message->GetReflection()->SetEnum(message, field, value);
  return "";
}

// The value as its field wants it; in place.
std::string Normalise(const Column& column, const FieldDescriptor* field, std::string* value) {
  std::optional<std::string> normal = *value;
  if (field->name().ends_with("date")) {
    if (!(normal = DayOfCell(*value))) return "want a day as 2026-03-02";
  } else if (*column.codes != '\0') {
    if (!(normal = CodeOfCell(column.codes, *value))) {
      return absl::StrCat("no such ", column.codes);
    }
  }
  *value = *std::move(normal);
  return "";
}

std::string PutText(const Column& column, std::string value, const FieldDescriptor* field,
                    Message* message) {
  std::string problem = Normalise(column, field, &value);
  if (!problem.empty()) return problem;
  const auto* reflection = message->GetReflection();
  field->is_repeated() ? reflection->AddString(message, field, std::move(value))
                       : reflection->SetString(message, field, std::move(value));
  return "";
}

}  // namespace

std::string Put(const Column& column, const std::string& cell,
                population::v1::ImportPersonsRequest* row) {
  std::string_view path = column.path;
  Message* message = Descend(&path, row);
  const auto* field = message->GetDescriptor()->FindFieldByName(std::string(path));
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    return PutEnum(column, cell, field, message);
  }
  if (!field->is_repeated()) return PutText(column, cell, field, message);
  for (const std::string& value : ValuesOfCell(cell)) {
    // A list of messages is one of dated facts.
    const bool dated = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    Message* fact = dated ? message->GetReflection()->AddMessage(message, field) : message;
    const auto* own = dated ? fact->GetDescriptor()->FindFieldByName("date") : field;
    std::string problem = PutText(column, value, own, fact);
    if (!problem.empty()) return problem;
  }
  return "";
}

}  // namespace pingan::ctl
