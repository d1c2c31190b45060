#include "services/disputes/state_table.h"

namespace pingan::disputes {
namespace {

using State = v1::Dispute::State;

constexpr State no = v1::Dispute::STATE_UNSPECIFIED;
constexpr State reg = v1::Dispute::REGISTERED;
constexpr State acc = v1::Dispute::ACCEPTED;
constexpr State med = v1::Dispute::MEDIATING;
constexpr State agr = v1::Dispute::AGREED;
constexpr State per = v1::Dispute::PERFORMING;
constexpr State clo = v1::Dispute::CLOSED;
constexpr State fai = v1::Dispute::FAILED;
constexpr State ref = v1::Dispute::REFUSED;
constexpr State div = v1::Dispute::DIVERTED;
constexpr State reo = v1::Dispute::REOPENED;

// In the order of Action and of State.
// clang-format off
constexpr StateTable kFirst = {1, {{
    // from:
    // reg  acc  med  agr  per  clo  fai  ref  div  reo
    {{acc, no,  no,  no,  no,  no,  no,  no,  no,  no}},  // AcceptDispute
    {{ref, no,  no,  no,  no,  no,  no,  no,  no,  no}},  // RefuseDispute
    {{div, no,  no,  no,  div, no,  div, no,  no,  no}},  // DivertDispute
    {{reg, acc, med, agr, per, no,  fai, no,  no,  reo}},  // AssignPerson
    {{no,  med, no,  no,  med, no,  no,  no,  no,  med}},  // StartMediation
    {{no,  no,  med, no,  no,  no,  no,  no,  no,  no}},  // RecordAttempt
    {{no,  no,  fai, no,  no,  no,  no,  no,  no,  no}},  // EndMediation
    {{no,  acc, med, no,  no,  no,  acc, no,  no,  reo}},  // EscalateDispute
    {{no,  no,  agr, agr, no,  no,  no,  no,  no,  no}},  // RecordAgreement
    {{no,  no,  no,  agr, no,  no,  no,  no,  no,  no}},  // SignAgreement
    {{no,  no,  no,  no,  per, no,  no,  no,  no,  no}},  // RequestConfirmation
    {{no,  no,  no,  no,  per, no,  no,  no,  no,  no}},  // RecordPerformance
    {{no,  no,  no,  no,  per, clo, no,  no,  no,  no}},  // RecordFollowUp
    {{no,  no,  no,  no,  clo, no,  no,  no,  no,  no}},  // CloseDispute
    {{no,  no,  no,  no,  no,  reo, no,  no,  no,  no}},  // ReopenDispute
    {{reg, acc, med, agr, per, no,  fai, no,  no,  reo}},  // OfferTransfer
    {{reg, acc, med, agr, per, no,  fai, no,  no,  reo}},  // AcceptTransfer
    {{reg, acc, med, agr, per, no,  fai, no,  no,  reo}},  // RejectTransfer
    {{reg, acc, med, agr, per, no,  fai, no,  no,  reo}},  // RevokeTransfer
    {{reg, acc, med, agr, per, no,  fai, no,  no,  reo}},  // PauseClock
    {{reg, acc, med, agr, per, no,  fai, no,  no,  reo}},  // ResumeClock
    {{no,  acc, med, agr, no,  no,  no,  no,  no,  reo}},  // ExtendDeadline
    {{reg, acc, med, agr, per, no,  fai, no,  no,  reo}},  // ChangeRisk
    {{reg, acc, med, agr, per, no,  fai, no,  no,  reo}},  // ReportCriminalRisk
    {{no,  no,  no,  no,  per, clo, no,  no,  no,  no}},  // RecordSatisfaction
    {{reg, acc, med, agr, per, no,  fai, no,  no,  reo}},  // UpdateDispute
    {{reg, acc, med, agr, per, clo, fai, ref, div, reo}},  // PostMessage
}}};
// clang-format on

}  // namespace

const std::vector<StateTable>& StateTables() {
  static const std::vector<StateTable> tables = {kFirst};
  return tables;
}

}  // namespace pingan::disputes
