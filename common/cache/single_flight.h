// SingleFlight: of many callers that want the same key at once, one fetches and the others share.
//
// A caller only ever shares a fetch that *began after it called*: whoever comes while a fetch runs
// waits for the next one. So the answer is as fresh as if each had fetched alone, whatever was
// written meanwhile, and there is at most one fetch per key at a time. Errors are shared but not
// remembered.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/time/time.h"
#include "common/base/status.h"

namespace pingan::cache {

template <class T>
class SingleFlight {
 public:
  SingleFlight() = default;
  SingleFlight(const SingleFlight&) = delete;
  SingleFlight& operator=(const SingleFlight&) = delete;

  // What one `fetch` of the key returned. Waits at most `patience` for another caller's fetch, then
  // DEADLINE_EXCEEDED (DEADLINE_PASSED), which disturbs nobody else. `fetch` runs on the thread of
  // one of the callers, without a lock; it must neither throw nor ask for the same key.
  StatusOr<T> Do(std::string_view name, absl::Duration patience,
                 const std::function<StatusOr<T>()>& fetch) {
    const auto deadline = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(patience);
    std::unique_lock lock(mutex_);
    Key& key = keys_[std::string(name)];  // stays where it is while it has callers
    ++key.callers;
    if (key.next == nullptr) key.next = std::make_shared<Flight>();
    const std::shared_ptr<Flight> flight = key.next;
    const bool ready = flight->changed.wait_until(
        lock, deadline, [&] { return flight->result || (key.next == flight && !key.running); });
    if (ready && !flight->result) Lead(lock, key, *flight, fetch);
    StatusOr<T> result = flight->result ? *flight->result : Impatient();
    if (--key.callers == 0) keys_.erase(std::string(name));
    return result;
  }

 private:
  struct Flight {
    std::condition_variable changed;
    std::optional<StatusOr<T>> result;
  };
  struct Key {
    int callers = 0;
    bool running = false;
    std::shared_ptr<Flight> next;  // not begun; null if nobody waits for it
  };

  void Lead(std::unique_lock<std::mutex>& lock, Key& key, Flight& flight,
            const std::function<StatusOr<T>()>& fetch) {
    key.running = true;
    key.next = nullptr;
    lock.unlock();
    StatusOr<T> result = fetch();
    lock.lock();
    flight.result = std::move(result);
    key.running = false;
    flight.changed.notify_all();
    if (key.next != nullptr) key.next->changed.notify_one();
  }

  static Status Impatient() {
    return Error(absl::StatusCode::kDeadlineExceeded, common::v1::DEADLINE_PASSED,
                 "another caller's read took too long");
  }

  std::mutex mutex_;
  std::unordered_map<std::string, Key> keys_;
};

}  // namespace pingan::cache
