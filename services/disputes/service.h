// The disputes service: what each RPC gathers and decides.
#pragma once

#include "common/rpc/service.h"
#include "common/rpc/sweep.h"

namespace pingan::disputes {

class Service : public rpc::Service {
 public:
  explicit Service(const rpc::Parts& parts);
};

// What happens to a case by itself (see sweep.h), for the harness to run.
StatusOr<rpc::Plan> Tick(const google::protobuf::Message& before, const Env& env);

}  // namespace pingan::disputes
