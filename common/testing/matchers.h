// Matchers for statuses: tests expect the exact code and reason; there is no "not ok".
//
//   EXPECT_THAT(ParseArea("x"), Fails(absl::StatusCode::kInvalidArgument, v1::FIELD_INVALID));
//   ASSERT_OK_AND_ASSIGN(auto row, store->Get(...));
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status.h"

namespace pingan::testing {

inline const Status& StatusOf(const Status& status) {
  return status;
}
template <class T>
const Status& StatusOf(const StatusOr<T>& status_or) {
  return status_or.status();
}

MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

MATCHER_P2(Fails, code, reason, "fails with the code and the reason") {
  const Status& status = StatusOf(arg);
  *result_listener << status.ToString() << " reason "
                   << common::v1::Reason_Name(DetailsOf(status).reason);
  return status.code() == code && DetailsOf(status).reason == reason;
}

// Fails as INVALID_ARGUMENT and names the field.
MATCHER_P(NamesField, path, "names the field") {
  const Status& status = StatusOf(arg);
  *result_listener << status.ToString();
  if (status.code() != absl::StatusCode::kInvalidArgument) return false;
  for (const auto& field : DetailsOf(status).fields) {
    if (field.path == path) return true;
  }
  return false;
}

}  // namespace pingan::testing

#define EXPECT_OK(expr) EXPECT_THAT(expr, ::pingan::testing::IsOk())
#define ASSERT_OK(expr) ASSERT_THAT(expr, ::pingan::testing::IsOk())
#define ASSERT_OK_AND_ASSIGN(lhs, expr) \
  ASSERT_OK_AND_ASSIGN_(PINGAN_CONCAT(status_or_, __LINE__), lhs, expr)
#define ASSERT_OK_AND_ASSIGN_(tmp, lhs, expr) \
  auto tmp = (expr);                          \
  ASSERT_OK(tmp);                             \
  lhs = *std::move(tmp)
