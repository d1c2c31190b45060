// What the authorization matrix expects, worked out from policy.json and the digits of the codes by
// nothing of ours.
#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/integration/matrix.h"

namespace pingan::testing {

// The permissions of each role.
std::map<std::string, std::set<std::string>> Roles();

// Whether the area of 2 to 12 digits lies in the scope, by levels and not by digits.
bool Inside(const std::string& scope, const std::string& code);

// The area that the tests' deployment is for.
inline constexpr char kCity[] = "411600000000";

// Inside, a call may fail for what it says, never for who calls.
void ExpectSeen(const MethodDescriptor* method, const Answer& answer);

// Outside, the answer is byte for byte that of what does not exist.
void ExpectHidden(const MethodDescriptor* method, const Answer& answer, const Answer& absent);

}  // namespace pingan::testing
