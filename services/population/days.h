// Days and instants as the protos write them: a day is "2026-03-02", in Shanghai; an instant is a
// timestamp, to the microsecond that our clock resolves.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/decision.h"
#include "common/base/status.h"
#include "common/calendar/working_days.h"
#include "google/protobuf/timestamp.pb.h"

namespace pingan::population {

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

// INVALID_ARGUMENT naming `field`: not written so, or a day that no calendar has (30 February).
StatusOr<absl::CivilDay> ParseDay(std::string_view field, std::string_view text);

// As ParseDay, and not after today.
StatusOr<absl::CivilDay> ParsePastDay(std::string_view field, std::string_view text,
                                      const Env& env);

// The day of a text that was parsed before it was stored.
absl::CivilDay DayOf(std::string_view text);

std::string Text(absl::CivilDay day);

inline absl::CivilDay Today(const Env& env) {
  return calendar::DayOf(env.now);
}

// The day `months` later or, if negative, earlier: the corresponding day, or the last of a month
// that has none (civil code art. 202). 31 August and 6 months give 28 or 29 February.
absl::CivilDay AddMonths(absl::CivilDay day, int months);

// Full years of age on a day: one is 16 from the day of the sixteenth birthday on.
int AgeOn(absl::CivilDay birth, absl::CivilDay day);

// The instant after the last one of a day: what was to be done by that day is late from then on.
inline absl::Time After(absl::CivilDay day) {
  return calendar::EndOf(day) + absl::Microseconds(1);
}

}  // namespace pingan::population
