// Runs work side by side.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace pingan::ctl {

// Calls `each(index, worker)` for every index below `count`, on up to `workers` threads that number
// themselves from 0; returns when all are done.
inline void Parallel(size_t count, int workers, const std::function<void(size_t, int)>& each) {
  std::atomic<size_t> next{0};
  const auto work = [&](int worker) {
    for (size_t i = next++; i < count; i = next++) each(i, worker);
  };
  std::vector<std::jthread> threads;
  for (int worker = 1; worker < workers && static_cast<size_t>(worker) < count; ++worker) {
    threads.emplace_back(work, worker);
  }
  work(0);
}

}  // namespace pingan::ctl
