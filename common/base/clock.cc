#include "common/base/clock.h"

#include <sys/random.h>
#include <time.h>

#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"

namespace pingan {

const Clock& Clock::Real() {
  struct RealClock : Clock {
    absl::Time Now() const override { return absl::Now(); }
  };
  static const RealClock clock;
  return clock;
}

int64_t MonotonicMicros() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000} + now.tv_nsec / 1000;
}

std::string RandomBytes(size_t n) {
  std::string bytes(n, '\0');
  // Without randomness no key and no id is safe to make; getrandom fails only on a broken kernel.
  for (size_t done = 0; done < n;) {
    ssize_t got = getrandom(bytes.data() + done, n - done, 0);
    if (got < 0) std::abort();
    done += static_cast<size_t>(got);
  }
  return bytes;
}

std::string RandomUuid() {
  std::string bytes = RandomBytes(16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  std::string hex = absl::BytesToHexString(bytes);
  for (int at : {8, 13, 18, 23}) hex.insert(at, 1, '-');
  return hex;
}

}  // namespace pingan
