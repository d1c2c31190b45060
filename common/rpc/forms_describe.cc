#include "common/base/version.h"
#include "common/rpc/forms.h"
#include "pingan/common/v1/resource.pb.h"

namespace pingan::rpc {
namespace {

common::v1::Capabilities Describe(const std::vector<Method>& methods,
                                  const std::vector<common::v1::CodeList>& lists) {
  common::v1::Capabilities all;
  all.set_program(std::string(kVersion));
  for (const Method& method : methods) {
    all.set_service(method.descriptor->service()->full_name());
    auto* described = all.add_methods();
    described->set_name(method.short_name);
    described->set_permission(method.rule.permission());
    described->set_writes(method.rule.writes());
    described->set_purpose(method.rule.purpose());
    described->set_deprecated(method.descriptor->options().deprecated());
  }
  for (const auto& list : lists) {
    auto* described = all.add_code_lists();
    described->set_name(list.name());
    described->set_version(list.version());
    described->set_source(list.source());
  }
  return all;
}

}  // namespace

Handler CapabilitiesForm(const std::vector<Method>& methods,
                         const std::vector<common::v1::CodeList>& lists) {
  return [all = Describe(methods, lists)](std::shared_ptr<Call> call) {
    common::v1::Capabilities answer = all;
    for (auto& method : *answer.mutable_methods()) {
      method.set_allowed(call->parts.policy->Allows(call->caller(), method.permission()));
    }
    call->Answer(&answer);
  };
}

}  // namespace pingan::rpc
