// Takes the masks out of an update: what comes back from somebody who was shown a mask is what the
// mask stands for, and no mask is ever stored.
#pragma once

#include <google/protobuf/message.h>

#include "common/base/status.h"

namespace pingan::rpc {

// `request` is an update: a resource and the update_mask that names what of it changes. Each
// sensitive text of the named fields that is a mask gets the text of `stored` that it is the mask
// of. In a list whose items have ids that is the item of the same id, in any other the item whose
// mask it is, wherever it stands: items may be added, taken out and put in another order. Of items
// that look alike, as many must come back masked as there are, and they keep their order; an item
// in clear is none of them, so that no answer tells whether it is what is stored.
//
// What else holds sensitive fields is emptied, for the update does not name it. INVALID_ARGUMENT
// naming the field ("person.former_names[1]") if a mask is of nothing that is stored there, or
// could be of several.
Status Unmask(const google::protobuf::Message& stored, google::protobuf::Message* request);

}  // namespace pingan::rpc
