// What a fuzz target demands of every input besides not crashing.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace pingan::fuzz {

// Ends the process with `claim`, which libFuzzer keeps together with the input.
inline void Require(bool holds, const char* claim) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", claim);
  std::abort();
}

}  // namespace pingan::fuzz
