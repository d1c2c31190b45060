// What operators see of a thread in top, perf and a core.
#pragma once

#include <pthread.h>

namespace pingan {

// Names the calling thread; the kernel keeps at most 15 characters.
inline void NameThread(const char* name) {
  (void)pthread_setname_np(pthread_self(), name);
}

}  // namespace pingan
