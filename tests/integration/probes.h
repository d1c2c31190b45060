// What surroundings ask of a server that speaks no proto of ours: bytes, health, metrics.
#pragma once

#include <map>
#include <string>

#include "common/base/status.h"

namespace pingan::testing {

// Sends `request` as it is to `method` ("/package.Service/Method") of `target` and answers what
// came back, with the details of an error. There is no deadline but one told in `headers`.
StatusOr<std::string> CallRaw(const std::string& target, const std::string& method,
                              const std::string& request,
                              const std::map<std::string, std::string>& headers = {});

// Whether grpc.health.v1.Health answers SERVING for the whole server.
StatusOr<bool> Serving(const std::string& target);

// The answer to GET /metrics of host:port.
std::string Scrape(const std::string& address);

// The number of a metric in it, by name with labels; NaN if it is not there.
double Metric(const std::string& address, const std::string& name);

}  // namespace pingan::testing
