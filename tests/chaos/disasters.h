// The disasters that a service must live through, each as a run of its own kind.
#pragma once

#include "tests/chaos/run.h"

namespace pingan::chaos {

// kill -9 of the service, on SQLite.
Verdict KillService(const Plan& plan);
// The same on PostgreSQL, which lives on.
Verdict KillServiceOnPostgres(const Plan& plan);
// kill -9 of all processes of PostgreSQL, and every fourth time of the service with it.
Verdict KillPostgres(const Plan& plan);
// kill -9 of a primary, whose synchronous standby takes its place and gets a new standby. Every
// other time the standby has stood still for a while: commits wait for it that it never sees.
Verdict Failover(const Plan& plan);

}  // namespace pingan::chaos
