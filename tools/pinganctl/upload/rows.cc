#include "tools/pinganctl/upload/rows.h"

#include <map>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "common/identifier/personal.h"
#include "pingan/common/v1/options.pb.h"
#include "re2/re2.h"

namespace pingan::ctl {
namespace {

using google::protobuf::FieldDescriptor;

// By the field's rule in the proto.
const RE2& FormOf(const FieldDescriptor* field) {
  static std::mutex mutex;
  static auto* const forms = new std::map<const FieldDescriptor*, RE2>();
  std::lock_guard lock(mutex);
  return forms->try_emplace(field, field->options().GetExtension(common::v1::field).pattern())
      .first->second;
}

}  // namespace

std::string RowIdOf(const google::protobuf::Message& request) {
  return request.GetReflection()->GetString(request,
                                            request.GetDescriptor()->FindFieldByName("row_id"));
}

std::string ProblemOfRowId(const google::protobuf::Message& request) {
  const std::string row_id = RowIdOf(request);
  const RE2& form = FormOf(request.GetDescriptor()->FindFieldByName("row_id"));
  if (!RE2::FullMatch(row_id, form)) return absl::StrCat("does not match ", form.pattern());
  return identifier::HasPersonalNumber(row_id) ? "is an identity or telephone number" : "";
}

std::string FitRowId(const google::protobuf::Message& import, const std::string& row_id) {
  const std::unique_ptr<google::protobuf::Message> request(import.New());
  request->GetReflection()->SetString(request.get(),
                                      request->GetDescriptor()->FindFieldByName("row_id"), row_id);
  return ProblemOfRowId(*request).empty() ? row_id : "";
}

}  // namespace pingan::ctl
