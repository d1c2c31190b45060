#include "common/rpc/trace.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace pingan::rpc {
namespace {

// Of the four fields that every version begins with.
constexpr size_t kSize = 55;

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == text.npos;
}

bool IsZero(std::string_view text) {
  return text.find_first_not_of('0') == text.npos;
}

}  // namespace

std::string_view TraceOf(std::string_view traceparent) {
  if (traceparent.size() < kSize) return {};
  const std::string_view version = traceparent.substr(0, 2), trace = traceparent.substr(3, 32),
                         parent = traceparent.substr(36, 16), flags = traceparent.substr(53, 2);
  for (const size_t dash : {2, 35, 52}) {
    if (traceparent[dash] != '-') return {};
  }
  // A later version begins with the same four fields, and may go on behind another dash.
  const bool ends = traceparent.size() == kSize;
  if (!ends && (version == "00" || traceparent[kSize] != '-')) return {};
  if (!IsHex(version) || version == "ff") return {};
  if (!IsHex(trace) || !IsHex(parent) || !IsHex(flags)) return {};
  return IsZero(trace) || IsZero(parent) ? std::string_view() : trace;
}

std::string RepeatedOf(std::string_view traceparent) {
  return absl::StrCat("00", AbslView(traceparent.substr(2, kSize - 2)));
}

}  // namespace pingan::rpc
