// The names and times that replicas agree on (docs/adr/0009-cache-leases.md). All replicas of a
// service must run with the same ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace pingan::cache {

inline constexpr absl::Duration kLeaseTtl = absl::Seconds(2);
inline constexpr absl::Duration kLeaseTrusted =
    absl::Milliseconds(1900);  // leaves room for clock rates
inline constexpr absl::Duration kRenewEvery = absl::Milliseconds(500);
inline constexpr absl::Duration kAckPatience = absl::Milliseconds(500);
inline constexpr absl::Duration kPingEvery = absl::Milliseconds(200);
inline constexpr absl::Duration kPongPatience = absl::Milliseconds(300);
inline constexpr absl::Duration kLinkTimeout = absl::Milliseconds(300);  // connecting, telling
inline constexpr absl::Duration kEntryTimeout =
    absl::Milliseconds(50);  // reading and filling entries
inline constexpr absl::Duration kTombstone = absl::Seconds(5);

// One changed row, as the writer says it through a tracked Redis key.
struct Notice {
  std::string writer;    // replica that wrote
  int64_t batch = 0;     // counts the writer's batches
  int64_t revision = 0;  // last one of the batch
  std::string name;
};

// Prefix of what is tracked; entries are not, so that filling one disturbs nobody.
std::string NoticePrefix(std::string_view prefix);
std::string NoticeKey(std::string_view prefix, const Notice& notice);
// Nullopt if the key is no notice.
std::optional<Notice> ParseNotice(std::string_view prefix, std::string_view key);

std::string EntryKey(std::string_view prefix, std::string_view table, std::string_view key);
// The channel on which a replica hears acknowledgements of its batches.
std::string AckChannel(std::string_view prefix, std::string_view replica);

}  // namespace pingan::cache
