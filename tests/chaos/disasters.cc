#include "tests/chaos/disasters.h"

namespace pingan::chaos {
namespace {

Verdict KillServiceOn(Database* database, const Plan& plan) {
  Run run(plan, database);
  return run.Execute([&] {
    run.KillService();
    run.StartService();
  });
}

}  // namespace

Verdict KillService(const Plan& plan) {
  SqliteFile database;
  return KillServiceOn(&database, plan);
}

Verdict KillServiceOnPostgres(const Plan& plan) {
  OneServer database;
  return KillServiceOn(&database, plan);
}

Verdict KillPostgres(const Plan& plan) {
  OneServer database;
  Run run(plan, &database);
  return run.Execute([&] {
    const bool both = run.random()() % 4 == 0;
    database.server().Kill9();
    if (both) run.KillService();
    database.server().Start();
    if (both) run.StartService();
  });
}

Verdict Failover(const Plan& plan) {
  Pair database;
  Run run(plan, &database);
  return run.Execute([&] {
    database.Protect();
    run.Linger();
    if (run.random()() % 2 == 0) {
      database.standby().Pause();
      run.Linger();
    }
    database.Failover();
  });
}

}  // namespace pingan::chaos
