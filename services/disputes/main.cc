#include "common/server/server.h"
#include "services/disputes/limits.h"
#include "services/disputes/service.h"
#include "services/disputes/tables.h"

int main(int argc, char** argv) {
  return pingan::server::Main(
      argc, argv,
      {.name = "disputes",
       .tables = {&pingan::disputes::DisputeTable()},
       .limits = &pingan::disputes::DefaultLimits(),
       .check_limits = &pingan::disputes::CheckLimits,
       .make_service =
           [](const pingan::rpc::Parts& parts) -> std::unique_ptr<pingan::rpc::Service> {
         return std::make_unique<pingan::disputes::Service>(parts);
       }});
}
