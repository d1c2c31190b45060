// Notes on a case: for the officers, or in the private channel between one party and them.
//
// A caller with Caller.party "disputes/{code}/parties/{id}" writes to and reads from that channel
// alone; to it every other channel and case is NOT_FOUND. Officers in scope see and write all
// channels.
#pragma once

#include <string_view>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::disputes {

// A party may leave `party` empty.
// INVALID_ARGUMENT (message.party): no such party. LIMIT_REACHED, naming message.text where a
// shorter one would fit.
StatusOr<Decision<v1::DisputeRecord>> DecidePostMessage(const v1::DisputeRecord& before,
                                                        const v1::PostMessageRequest& request,
                                                        const Env& env);

// What a PostMessage answers: the last message of the record with this text and channel by this
// caller, however many came after it. Empty if there is none.
v1::Message PostedMessage(const v1::DisputeRecord& record, const v1::PostMessageRequest& request,
                          const Env& env);

// The id of the party of this case that the resource name says; empty if it is not one.
std::string_view PartyOf(const v1::Dispute& dispute, std::string_view party);

// What the caller may read, oldest first; with `party_filter` only that channel.
StatusOr<v1::ListMessagesResponse> VisibleMessages(const v1::DisputeRecord& record,
                                                   const auth::Caller& caller,
                                                   std::string_view party_filter);

// Adds a note for the officers: where a reason goes that has no field of its own. LIMIT_REACHED,
// later than for messages that are posted.
Status AddNote(v1::DisputeRecord* record, std::string_view text, const Env& env);

}  // namespace pingan::disputes
