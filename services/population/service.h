// The population service: what each RPC gathers and decides.
#pragma once

#include "common/rpc/service.h"

namespace pingan::population {

class Service : public rpc::Service {
 public:
  explicit Service(const rpc::Parts& parts);

 private:
  // A write on one person, with all that goes with it (compose.h).
  template <auto decide>
  void WritePerson();
  template <auto decide>
  void WriteWithTasks();

  void ServePersons();
  void ServePermits();
  void ServeDwellingsAndTasks();
  void ServeDuplicates();
};

}  // namespace pingan::population
