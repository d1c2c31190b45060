#include "common/store/pool.h"

namespace pingan::store {

Pool::Pool(Database* database, Role role, int size, absl::Duration wait)
    : database_(database), role_(role), wait_(wait), idle_(size) {}

Status Pool::Use(const std::function<Status(Connection&)>& use) {
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Take());
  Status status;
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (connection == nullptr) {
      auto fresh = database_->Connect(role_);
      if (!fresh.ok()) {
        status = fresh.status();
        break;
      }
      connection = *std::move(fresh);
    }
    status = use(*connection);
    if (!connection->Lost()) break;
    connection = nullptr;
  }
  Return(std::move(connection));
  return status;
}

StatusOr<std::vector<Result>> Pool::Run(std::span<const Statement> statements) {
  std::vector<Result> results;
  RETURN_IF_ERROR(Use([&](Connection& connection) -> Status {
    ASSIGN_OR_RETURN(results, connection.Run(statements));
    return absl::OkStatus();
  }));
  return results;
}

StatusOr<std::unique_ptr<Connection>> Pool::Take() {
  std::unique_lock lock(mutex_);
  if (!returned_.wait_for(lock, absl::ToChronoMicroseconds(wait_),
                          [&] { return !idle_.empty(); })) {
    return Error(absl::StatusCode::kResourceExhausted, "all database sessions are busy",
                 {.reason = common::v1::OVERLOADED, .retry_after_ms = 100});
  }
  std::unique_ptr<Connection> connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

// Live sessions are lent again before new ones are made.
void Pool::Return(std::unique_ptr<Connection> connection) {
  std::lock_guard lock(mutex_);
  if (connection != nullptr) {
    idle_.push_back(std::move(connection));
  } else {
    idle_.insert(idle_.begin(), nullptr);
  }
  returned_.notify_one();
}

}  // namespace pingan::store
