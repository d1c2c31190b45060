// A bounded set of sessions, shared by threads and reconnected when lost.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "absl/time/time.h"
#include "common/store/connection.h"

namespace pingan::store {

class Pool {
 public:
  // At most `size` sessions; a caller waits at most `wait` for one.
  Pool(Database* database, Role role, int size, absl::Duration wait);

  // Lends a session to `use`, which must leave no transaction open. When the session is lost, `use`
  // runs once more with a new one, so it must be repeatable. Besides the errors of `use`:
  // RESOURCE_EXHAUSTED (OVERLOADED) when no session became free in time.
  Status Use(const std::function<Status(Connection&)>& use);

  StatusOr<std::vector<Result>> Run(std::span<const Statement> statements);

 private:
  StatusOr<std::unique_ptr<Connection>> Take();
  void Return(std::unique_ptr<Connection> connection);

  Database* const database_;
  const Role role_;
  const absl::Duration wait_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;  // null = may be connected
};

}  // namespace pingan::store
