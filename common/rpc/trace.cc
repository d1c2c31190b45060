#include "common/rpc/trace.h"

namespace pingan::rpc {
namespace {

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == text.npos;
}

bool IsZero(std::string_view text) {
  return text.find_first_not_of('0') == text.npos;
}

}  // namespace

std::string_view TraceOf(std::string_view traceparent) {
  constexpr size_t kSize = 55;
  if (traceparent.size() != kSize || traceparent.substr(0, 3) != "00-") return {};
  const std::string_view trace = traceparent.substr(3, 32), parent = traceparent.substr(36, 16),
                         flags = traceparent.substr(53);
  if (traceparent[35] != '-' || traceparent[52] != '-') return {};
  if (!IsHex(trace) || !IsHex(parent) || !IsHex(flags)) return {};
  return IsZero(trace) || IsZero(parent) ? std::string_view() : trace;
}

}  // namespace pingan::rpc
