// PerType: what is worked out once from a message type, so that a call walks only what matters.
#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <memory>
#include <mutex>

namespace pingan::rpc {

// The plans of all message types that were asked for; they are made at the first question and live
// as long as the process. Safe from any thread; a thread asks the others for each type once.
//
// `Plan` is made from nothing and has Add(field, inner), called for each field in order. `inner` is
// the plan of the message in the field, null for other fields; where types form a circle it is not
// complete yet and must only be kept.
template <class Plan>
class PerType {
 public:
  static const Plan& Of(const google::protobuf::Descriptor* type) {
    thread_local std::map<const google::protobuf::Descriptor*, const Plan*> known;
    const Plan*& plan = known[type];
    if (!plan) plan = Shared().Find(type);
    return *plan;
  }

 private:
  static PerType& Shared() {
    static PerType* const shared = new PerType;
    return *shared;
  }

  const Plan* Find(const google::protobuf::Descriptor* type) {
    std::lock_guard lock(mutex_);
    return Build(type);
  }

  const Plan* Build(const google::protobuf::Descriptor* type) {
    std::unique_ptr<Plan>& slot = plans_[type];
    if (slot) return slot.get();
    Plan* const plan = (slot = std::make_unique<Plan>()).get();
    for (int i = 0; i < type->field_count(); ++i) {
      const auto* inner = type->field(i)->message_type();
      plan->Add(type->field(i), inner ? Build(inner) : nullptr);
    }
    return plan;
  }

  std::mutex mutex_;
  std::map<const google::protobuf::Descriptor*, std::unique_ptr<Plan>> plans_;
};

}  // namespace pingan::rpc
