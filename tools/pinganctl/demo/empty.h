// Whether a service has anything yet.
#pragma once

#include <string_view>

#include "absl/strings/str_cat.h"
#include "common/rpc/client.h"

namespace pingan::ctl {

// OK if the List method of that request tells nothing of a service. Else INVALID_ARGUMENT without a
// reason: what is made would stand among what is there, and the clock would go back for it.
template <class Request, class Response>
Status WantNone(const rpc::Client& client, std::string_view what) {
  Request request;
  request.set_page_size(1);
  Response page;
  RETURN_IF_ERROR(client.Call(request, &page));
  if (page.total_size_at_least() == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the service has ", AbslView(what),
                                                 " already; want an empty one: nothing was done"));
}

}  // namespace pingan::ctl
