// Masking by field option: what a caller without the reveal permission and a purpose gets to see.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "common/auth/caller.h"
#include "pingan/common/v1/options.pb.h"

namespace pingan::rpc {

// Whether the message or any message inside it has a sensitive field. Looked up once per type.
bool HasSensitiveFields(const google::protobuf::Descriptor* type);

// Who looks: what is the caller's own is shown to it without a permission or a purpose. A message
// is one's own if its field `author` is the caller, or its field `party` is the party that the
// caller is bound to: what somebody wrote, and what was written to somebody. The pipeline shows a
// caller bound to a party nothing but that party's file, so that an id is enough.
struct Viewer {
  std::string_view subject;
  std::string_view party;  // its id; empty = none
};
Viewer ViewerOf(const auth::Caller& caller);

// Whether masking would leave in the clear what was written to the party that looks.
bool ShowsToParty(const google::protobuf::Message& message, const Viewer& viewer);

// Masks every sensitive field in place, also inside repeated and nested messages.
void Mask(google::protobuf::Message* message, const Viewer& viewer = {});

// One value: NAME 张三 -> 张*; ID_NUMBER keeps the first 6 and the last 2 from 16 characters on,
// the first quarter and the last eighth of 9 to 15, nothing of fewer; PHONE the first 3 and the
// last 4; ADDRESS the first 6 characters, or half of
// fewer than 12, and nothing of up to 6; FREE_TEXT becomes "***". Empty stays empty.
std::string Masked(common::v1::Sensitivity sensitivity, std::string_view value);

// Whether it is what Masked makes of something, also with blanks around it, and of a number or
// telephone whatever holds a *: to mask a mask changes nothing, and no number has one.
bool IsMask(common::v1::Sensitivity sensitivity, std::string_view value);

// The text without the blanks around it, ideographic ones too.
std::string_view Stripped(std::string_view text);

}  // namespace pingan::rpc
