#include "common/server/server.h"
#include "services/population/limits.h"
#include "services/population/service.h"
#include "services/population/tables.h"

int main(int argc, char** argv) {
  return pingan::server::Main(
      argc, argv,
      {.name = "population",
       .tables = pingan::population::AllTables(),
       .limits = &pingan::population::DefaultLimits(),
       .make_service =
           [](const pingan::rpc::Parts& parts) -> std::unique_ptr<pingan::rpc::Service> {
         return std::make_unique<pingan::population::Service>(parts);
       }});
}
