// A load client that costs little: one thread, few connections, requests already serialised.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/rpc/throttle.h"

namespace pingan::bench {

constexpr int kConnections = 4;
using Throttles = std::array<rpc::Throttle, kConnections>;  // a client has one connection

struct Load {
  std::string target;
  std::string token;
  std::string method;                 // "/pingan.disputes.v1.Disputes/CreateDispute"
  std::function<std::string()> next;  // the bytes of the next request
  int outstanding = 32;               // calls in flight at most
  int connections = kConnections;     // a server takes 100 calls at once on each
  double rate = 0;                    // arrivals a second; 0 = a call begins when one ends
  // Of a refused call, each after a growing, random pause and not before the server says.
  int retries = 0;
  // Keep calls back as rpc::Client does, from one Drive to the next. Null = none is kept back; else
  // there are kConnections.
  Throttles* throttles = nullptr;
  double warm_up = 0.5;  // seconds before the measured ones
  double seconds = 3;
};

struct Tally {
  int64_t acknowledged = 0;          // calls that ended OK, ever
  double per_second = 0;             // of those, in the measured seconds
  double offered_per_second = 0;     // calls begun in the measured seconds, retries included
  double sent_per_second = 0;        // of those, the calls that were not kept back
  std::map<int, int64_t> codes;      // how the calls of the measured seconds ended
  int64_t refused = 0;               // calls that the server refused as too many, ever
  std::string refusal;               // the details of such a refusal
  int64_t untyped = 0;               // refusals by the server without details
  std::vector<double> milliseconds;  // of the OK ones, from when each was due to begin
};

// Returns when no call is in flight. A call's deadline is 1 s.
Tally Drive(const Load& load);

}  // namespace pingan::bench
