// What a status means to whoever called pinganctl.
#pragma once

#include <string>

#include "common/base/status.h"

namespace pingan::ctl {

// Exit codes. A server's refusals carry a Reason; ours do not.
enum Exit {
  kDone = 0,
  kRefused = 1,  // by the server, or a check failed
  kUsage = 2,    // INVALID_ARGUMENT without a reason: the command line or a file of the caller's
  kUnreachable = 3,  // UNAVAILABLE without a reason: nobody answered
};
Exit ExitOf(const Status& status);

// Code, reason and message in the first line; then the problem of each field, the actions that are
// allowed and when to come back, each on its own. Ends with a line feed.
std::string Describe(const Status& status);

}  // namespace pingan::ctl
