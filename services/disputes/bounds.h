// The bounds of one case: between which times its life lies, and how much it may hold. A case is
// stored, told and shown as a whole, so none of its lists may grow for ever.
#pragma once

#include <string_view>

#include "absl/time/time.h"
#include "common/base/status.h"
#include "google/protobuf/timestamp.pb.h"
#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::disputes {

// What a case may hold of each; dispute.proto names them. An action that would add one more is
// refused with LIMIT_REACHED, an imported case with more is INVALID_ARGUMENT. What the clock does
// by itself is never refused.
inline constexpr int kMeetingsMax = 200;
inline constexpr int kCustodyMax = 200;  // escalations lie within it, as each has an entry of it
inline constexpr int kEarlierTextsMax = 50;
inline constexpr int kSignaturesMax = 200;  // of an imported case; else one for each party
inline constexpr int kRoutesMax = 20;
inline constexpr int kAgreementVersionMax = 1000;  // of an imported one
inline constexpr int kVisitsMax = 200;
inline constexpr int kReopeningsMax = 50;
inline constexpr int kClockItemsMax = 100;  // pauses of one clock, and changes of its limit
// As long as there are fewer messages and bytes of their texts, one may be posted. Each event holds
// the whole case, so what a case adds to them grows by count times bytes. A party may post less, so
// that it cannot silence the officers.
inline constexpr int kMessagesMax = 300, kMessageBytesMax = 256 << 10;
inline constexpr int kPartyMessagesMax = 200, kPartyMessageBytesMax = 128 << 10;
inline constexpr int kNotesMax = 500;  // messages, with the reasons that other actions leave there

// FAILED_PRECONDITION (LIMIT_REACHED) unless fewer than `most` are held. `what` in the plural.
Status CheckRoom(int held, int most, std::string_view what);

// INVALID_ARGUMENT naming `path` unless the time lies between the registration and `now`.
Status CheckWithin(const google::protobuf::Timestamp& time, const v1::Dispute& dispute,
                   std::string_view path, absl::Time now);

}  // namespace pingan::disputes
