#include "services/disputes/message.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/auth/scope.h"
#include "common/base/instants.h"
#include "services/disputes/bounds.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/settle.h"

namespace pingan::disputes {
namespace {

// The channel a caller asks for; empty = all of them, which only officers may.
StatusOr<std::string> ResolveChannel(const v1::Dispute& dispute, const auth::Caller& caller,
                                     std::string_view asked) {
  if (caller.party.empty()) {
    if (!auth::AreaReaches(caller, dispute.area())) return NotFound();
    return std::string(asked);
  }
  const std::string_view own = PartyOf(dispute, caller.party);
  if (own.empty() || (!asked.empty() && asked != own)) return NotFound();
  return std::string(own);
}

void Append(v1::DisputeRecord* record, std::string_view party, std::string_view text,
            const Env& env) {
  v1::Message& message = *record->add_messages();
  message.set_id(std::to_string(record->messages_size()));
  message.set_party(std::string(party));
  message.set_text(std::string(text));
  message.set_author(env.caller.subject);
  *message.mutable_create_time() = ToProto(env.now);
}

// Room for one more that is posted.
Status CheckMessageRoom(const v1::DisputeRecord& record, std::string_view text,
                        const auth::Caller& caller) {
  const bool party = !caller.party.empty();
  RETURN_IF_ERROR(
      CheckRoom(record.messages_size(), party ? kPartyMessagesMax : kMessagesMax, "messages"));
  const size_t most = party ? kPartyMessageBytesMax : kMessageBytesMax;
  size_t bytes = text.size();
  for (const v1::Message& message : record.messages()) bytes += message.text().size();
  if (bytes <= most) return absl::OkStatus();
  const std::string problem =
      absl::StrCat("want at most ", most, " bytes in all messages of a case");
  return Error(absl::StatusCode::kFailedPrecondition, "message.text: " + problem,
               {.reason = common::v1::LIMIT_REACHED, .fields = {{"message.text", problem}}});
}

}  // namespace

std::string_view PartyOf(const v1::Dispute& dispute, std::string_view party) {
  const std::string prefix = dispute.name() + "/parties/";
  if (!party.starts_with(prefix)) return "";
  party.remove_prefix(prefix.size());
  return HasParty(dispute, party) ? party : "";
}

Status AddNote(v1::DisputeRecord* record, std::string_view text, const Env& env) {
  RETURN_IF_ERROR(CheckRoom(record->messages_size(), kNotesMax, "notes"));
  Append(record, "", text, env);
  return absl::OkStatus();
}

StatusOr<Decision<v1::DisputeRecord>> DecidePostMessage(const v1::DisputeRecord& before,
                                                        const v1::PostMessageRequest& request,
                                                        const Env& env) {
  const v1::Message& message = request.message();
  ASSIGN_OR_RETURN(const std::string channel,
                   ResolveChannel(before.dispute(), env.caller, message.party()));
  RETURN_IF_ERROR(CheckAllowed(before.dispute(), Action::kPostMessage, env));
  if (!channel.empty() && !HasParty(before.dispute(), channel)) {
    return FieldError("message.party", "no such party");
  }
  RETURN_IF_ERROR(CheckMessageRoom(before, message.text(), env.caller));
  v1::DisputeRecord after = before;
  Append(&after, channel, message.text(), env);
  return Settle(before, std::move(after), {"message.posted"}, env);
}

v1::Message PostedMessage(const v1::DisputeRecord& record, const v1::PostMessageRequest& request,
                          const Env& env) {
  const auto channel = ResolveChannel(record.dispute(), env.caller, request.message().party());
  const auto posted =
      std::find_if(record.messages().rbegin(), record.messages().rend(), [&](const auto& message) {
        return channel.ok() && message.party() == *channel &&
               message.author() == env.caller.subject && message.text() == request.message().text();
      });
  return posted == record.messages().rend() ? v1::Message() : *posted;
}

StatusOr<v1::ListMessagesResponse> VisibleMessages(const v1::DisputeRecord& record,
                                                   const auth::Caller& caller,
                                                   std::string_view party_filter) {
  ASSIGN_OR_RETURN(const std::string channel,
                   ResolveChannel(record.dispute(), caller, party_filter));
  if (!channel.empty() && !HasParty(record.dispute(), channel))
    return FieldError("party", "no such party");
  v1::ListMessagesResponse response;
  for (const v1::Message& message : record.messages()) {
    if (channel.empty() || message.party() == channel) *response.add_messages() = message;
  }
  return response;
}

}  // namespace pingan::disputes
