// For tests of a process: a service of one table, and the flags of a small process in development.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>

#include "common/server/process.h"
#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::testing {

inline std::string Temp(const std::string& name) {
  return std::string(std::getenv("TEST_TMPDIR")) + "/" + name;
}

inline const rpc::Table& Things() {
  static const auto* const table = [] {
    auto* table = new rpc::Table;
    table->spec.name = "things";
    table->spec.orders = {{"next_due_time"}};
    table->spec.columns = {{"next_due_time", store::Type::kInteger}};
    table->noun = "dispute";
    table->make_record = [] { return std::make_unique<disputes::v1::DisputeRecord>(); };
    table->resource = [](rpc::Message* record) -> rpc::Message* {
      return static_cast<disputes::v1::DisputeRecord*>(record)->mutable_dispute();
    };
    return table;
  }();
  return *table;
}

inline server::ServiceSpec Spec() {
  static const Limits kNone;
  return {.name = "things", .tables = {&Things()}, .limits = &kNone};
}

inline server::Flags SmallFlags(const std::string& state) {
  server::Flags flags{.state = state,
                      .areas = "common/area/data/zhoukou.tsv",
                      .keyring = Temp("keyring"),
                      .dev = true,
                      .workers = 2,
                      .queue = 16,
                      .readers = 2,
                      .cache_mb = 1,
                      .sweep_seconds = 3600,
                      .log_sample = 1,
                      .trust_seconds = 3600,
                      .keyring_seconds = 3600,
                      .rewrap_rate = 1000};
  return flags;
}

}  // namespace pingan::testing
