// Two replicas of the population service on one PostgreSQL and one Redis, with one keyring.
#pragma once

#include <string>
#include <vector>

#include "common/testing/postgres.h"
#include "common/testing/redis.h"
#include "tests/integration/population_world.h"

namespace pingan::testing {

struct Backends {
  explicit Backends(std::vector<std::string> flags) : more(std::move(flags)) {}
  std::vector<std::string> Flags() const {
    std::vector<std::string> flags = more;
    flags.push_back("--database=" + database);
    flags.push_back("--redis=" + redis.socket_path());
    return flags;
  }
  const std::vector<std::string> more;
  std::string database = Postgres::Shared().NewDatabase();
  RedisServer redis;
};

class PopulationReplicas : protected Backends, public PopulationWorld {
 protected:
  explicit PopulationReplicas(const std::vector<std::string>& flags = {})
      : Backends(flags), PopulationWorld(Flags()), other_(OtherFlags(), "population") {}

  void SetUp() override {
    PopulationWorld::SetUp();
    population::v1::ListCodesResponse codes;
    ASSERT_OK(OnOther("police_officer", "4116")
                  .CallAt(kStart, population::v1::ListCodesRequest(), &codes));
  }

  rpc::Client OnOther(const std::string& role, const std::string& area,
                      const std::string& purpose = "") const {
    return AsOn(other_, role, area, purpose);
  }

  const TestServer& other() const { return other_; }

 private:
  std::vector<std::string> OtherFlags() const {
    std::vector<std::string> flags = Flags();
    flags.push_back("--keyring=" + server_.state() + "/keyring");
    flags.push_back("--sweep_seconds=3600");
    return flags;
  }

  const TestServer other_;
};

}  // namespace pingan::testing
