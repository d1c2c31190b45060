// Counts from the outside: by their names in GetStatistics and by county, and how all resources of
// a service are read for them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "common/rpc/client.h"
#include "pingan/common/v1/resource.pb.h"

namespace pingan::ctl {

using Counts = std::map<std::string, int64_t>;
using CountsByCounty = std::map<std::string, Counts>;

// The first count in which they differ, "411602 late: said 3, counted 2"; empty = none. `said` is
// by area, and a count of zero is as good as none.
std::string Difference(CountsByCounty counted,
                       const google::protobuf::RepeatedPtrField<common::v1::StatisticsRow>& said);

// All that the client may see, page by page. Request and response are those of any List.
template <class Request, class Response>
Status EachPage(const rpc::Client& client, const std::function<Status(const Response&)>& each) {
  Request request;
  request.set_page_size(500);
  do {
    Response page;
    RETURN_IF_ERROR(client.Call(request, &page));
    RETURN_IF_ERROR(each(page));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

}  // namespace pingan::ctl
