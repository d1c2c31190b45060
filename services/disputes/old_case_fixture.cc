#include "services/disputes/old_case_fixture.h"

#include "common/base/instants.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes::testing {

google::protobuf::Timestamp Stamp(const char* text) {
  return ToProto(At(text));
}

v1::ImportDisputesRequest OldCase() {
  v1::ImportDisputesRequest request;
  request.set_row_id("1");
  v1::Dispute& dispute = *request.mutable_dispute();
  dispute = World::NewCase().dispute();
  *dispute.mutable_occur_time() = Stamp("2024-02-28 10:00");
  *dispute.mutable_create_time() = Stamp("2024-03-01 10:00");
  dispute.set_state(v1::Dispute::CLOSED);
  dispute.set_level(v1::TOWNSHIP);
  for (const char* unit : {"411602001001-PMC", "411602001-GC"}) {
    dispute.add_custody()->mutable_unit()->set_code(unit);
  }
  *dispute.mutable_custody(0)->mutable_from_time() = dispute.create_time();
  *dispute.mutable_custody(0)->mutable_to_time() = Stamp("2024-03-05 10:00");
  *dispute.mutable_custody(1)->mutable_from_time() = Stamp("2024-03-05 10:00");
  for (const char* day : {"2024-03-06 10:00", "2024-03-08 10:00"}) {
    v1::Attempt& attempt = *dispute.add_attempts();
    *attempt.mutable_meet_time() = Stamp(day);
    attempt.set_outcome(v1::Attempt::UNSUCCESSFUL);
    attempt.set_method("01");
  }
  dispute.mutable_agreement()->set_text("pays");
  *dispute.mutable_agreement()->mutable_effect_time() = Stamp("2024-03-10 10:00");
  v1::Instalment& instalment = *dispute.mutable_agreement()->add_instalments();
  *instalment.mutable_due_time() = Stamp("2024-04-01 10:00");
  *instalment.mutable_perform_time() = Stamp("2024-03-30 10:00");
  *dispute.mutable_ending()->mutable_end_time() = Stamp("2024-04-05 10:00");
  return request;
}

v1::ImportDisputesRequest OldCaseIn(v1::Dispute::State state) {
  v1::ImportDisputesRequest request = OldCase();
  v1::Dispute& dispute = *request.mutable_dispute();
  dispute.set_state(state);
  if (state != v1::Dispute::CLOSED && state != v1::Dispute::PERFORMING) {
    dispute.mutable_agreement()->clear_effect_time();
    dispute.mutable_agreement()->mutable_instalments(0)->clear_perform_time();
    if (state != v1::Dispute::AGREED) dispute.clear_agreement();
    dispute.mutable_attempts()->RemoveLast();  // it was after this end
    *dispute.mutable_ending()->mutable_end_time() = Stamp("2024-03-07 10:00");
  }
  if (IsOpen(state) && state != v1::Dispute::FAILED) dispute.clear_ending();
  if (state == v1::Dispute::REGISTERED || state == v1::Dispute::REFUSED) dispute.clear_attempts();
  if (state == v1::Dispute::DIVERTED) dispute.mutable_ending()->set_route("09");
  if (state == v1::Dispute::REOPENED) {
    *dispute.add_reopenings()->mutable_reopen_time() = Stamp("2024-05-01 10:00");
  }
  return request;
}

}  // namespace pingan::disputes::testing
