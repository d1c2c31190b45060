// Between absl::Time and the protobuf timestamp, to the microsecond that our clock resolves.
#pragma once

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace pingan {

inline google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp proto;
  const int64_t seconds = absl::ToUnixSeconds(time);
  proto.set_seconds(seconds);
  const auto micros = absl::ToInt64Microseconds(time - absl::FromUnixSeconds(seconds));
  proto.set_nanos(static_cast<int32_t>(micros * 1000));
  return proto;
}

inline absl::Time FromProto(const google::protobuf::Timestamp& proto) {
  return absl::FromUnixSeconds(proto.seconds()) + absl::Microseconds(proto.nanos() / 1000);
}

}  // namespace pingan
