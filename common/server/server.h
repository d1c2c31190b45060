// Main: the whole life of a service process, from its flags to its drained end. A service's main.cc
// says what is its own and nothing else.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/rpc/service.h"

namespace pingan::server {

struct ServiceSpec {
  std::string name;                       // "disputes"
  std::vector<const rpc::Table*> tables;  // the first is counted
  const Limits* limits = nullptr;         // the defaults; without them it does not start
  // Whether a city's own make sense together; null = always.
  std::function<Status(const Limits&)> check_limits;
  std::function<std::unique_ptr<rpc::Service>(const rpc::Parts&)> make_service;
};

// Parses the flags, starts everything, serves until SIGTERM or SIGINT, drains: readiness goes
// first, calls that were accepted are answered, streams end with DRAINING. Exit code 0, or 1 with
// one line on standard error that says what is wrong. The process never leaves a core.
int Main(int argc, char** argv, const ServiceSpec& spec);

}  // namespace pingan::server
