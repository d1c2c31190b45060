// The disputes service: what each RPC gathers and decides.
#pragma once

#include "common/rpc/service.h"

namespace pingan::disputes {

class Service : public rpc::Service {
 public:
  explicit Service(const rpc::Parts& parts);
};

}  // namespace pingan::disputes
