#include "common/store/connection.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace pingan::store {

Status DatabaseUnavailable(std::string_view why) {
  return Error(absl::StatusCode::kUnavailable,
               absl::StrCat("database unavailable: ", AbslView(why)),
               {.reason = common::v1::DATABASE_UNAVAILABLE, .retry_after_ms = 1000});
}

Status StatementFailed(std::string_view why) {
  return absl::InternalError(absl::StrCat("statement failed: ", AbslView(why)));
}

std::string Beyond(std::string prefix) {
  ++prefix.back();
  return prefix;
}

std::string Quoted(std::string_view name) {
  std::string quoted = "\"";
  for (char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string InsertText(const Insert& insert, std::string_view source) {
  auto name = [](std::string* out, const Column& column) { *out += Quoted(column.name); };
  std::string text =
      absl::StrCat("INSERT INTO ", Quoted(insert.table), " (",
                   absl::StrJoin(insert.columns, ", ", name), ") ", AbslView(source));
  if (insert.upsert.empty()) return text;
  auto quoted = [](std::string* out, const std::string& column) { *out += Quoted(column); };
  auto replace = [](std::string* out, const Column& column) {
    absl::StrAppend(out, Quoted(column.name), " = excluded.", Quoted(column.name));
  };
  absl::StrAppend(&text, " ON CONFLICT (", absl::StrJoin(insert.upsert, ", ", quoted),
                  ") DO UPDATE SET ", absl::StrJoin(insert.columns, ", ", replace));
  return text;
}

}  // namespace pingan::store
