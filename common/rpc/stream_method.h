// StreamMethod: what a streaming call is started with. All of it outlives the stream.
#pragma once

#include "common/rpc/call.h"

namespace pingan::rpc {

struct StreamMethod {
  const Parts& parts;
  const Method& method;
  Metrics::OfMethod* metrics;
  const Message& request;   // an empty one
  const Message& response;  // an empty one
};

}  // namespace pingan::rpc
