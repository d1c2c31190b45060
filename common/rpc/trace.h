// W3C Trace Context, level 1: the header `traceparent`, by which the lines of one request
// are found together, whoever wrote them.
#pragma once

#include <string>
#include <string_view>

namespace pingan::rpc {

// The trace id, 32 hex digits, of "00-<trace id>-<parent id>-<flags>", or of a later version that
// begins so. Empty if the header is missing or broken, which starts no trace: what a caller may
// send is never repeated unchecked.
std::string_view TraceOf(std::string_view traceparent);

// What an answer repeats of a header that has a trace: these fields, in the form of version 00.
std::string RepeatedOf(std::string_view traceparent);

}  // namespace pingan::rpc
