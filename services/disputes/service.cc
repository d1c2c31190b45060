#include "services/disputes/service.h"

#include "pingan/disputes/v1/dispute.pb.h"
#include "pingan/disputes/v1/disputes.pb.h"
#include "services/disputes/agreement.h"
#include "services/disputes/clocks.h"
#include "services/disputes/codes.h"
#include "services/disputes/custody.h"
#include "services/disputes/import.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/mediation.h"
#include "services/disputes/message.h"
#include "services/disputes/particulars.h"
#include "services/disputes/progress.h"
#include "services/disputes/registration.h"

namespace pingan::disputes {
namespace {

namespace v1 = pingan::disputes::v1;

StatusOr<v1::ListMessagesResponse> Messages(const v1::DisputeRecord& record,
                                            const v1::ListMessagesRequest& request,
                                            const Env& env) {
  return VisibleMessages(record, env.caller, request.party());
}

StatusOr<v1::ExplainDeadlineResponse> Deadline(const v1::DisputeRecord& record,
                                               const v1::ExplainDeadlineRequest&, const Env& env) {
  return Explain(record.dispute(), env);
}

StatusOr<Decision<v1::DisputeRecord>> Imported(const v1::DisputeRecord&,
                                               const v1::ImportDisputesRequest& request,
                                               const Env& env) {
  return DecideImport(request, env);
}

}  // namespace

Service::Service(const rpc::Parts& parts)
    : rpc::Service(v1::GetDisputeRequest::descriptor()->file()->service(0), parts) {
  Write(&DecideCreate);
  Get<v1::DisputeRecord, v1::GetDisputeRequest>();
  List<v1::DisputeRecord, v1::ListDisputesRequest, v1::ListDisputesResponse>();
  Write(&DecideUpdate);
  Write(&DecideAccept);
  Write(&DecideRefuse);
  Write(&DecideDivert);
  Write(&DecideAssign);
  Write(&DecideStartMediation);
  Write(&DecideRecordAttempt);
  Write(&DecideEndMediation);
  Write(&DecideEscalate);
  Write(&DecideRecordAgreement);
  Write(&DecideSign);
  Write(&DecideRequestConfirmation);
  Write(&DecideRecordPerformance);
  Write(&DecideFollowUp);
  Write(&DecideClose);
  Write(&DecideReopen);
  Write(&DecideOfferTransfer);
  Write(&DecideAcceptTransfer);
  Write(&DecideRejectTransfer);
  Write(&DecideRevokeTransfer);
  Write(&DecidePause);
  Write(&DecideResume);
  Write(&DecideExtend);
  Write(&DecideChangeRisk);
  Write(&DecideReportCriminalRisk);
  Write(&DecideSatisfaction);
  Write(&DecidePostMessage, &PostedMessage);
  Read(&Messages);
  Read(&Deadline);
  History<v1::GetHistoryRequest, v1::GetHistoryResponse>();
  Statistics<v1::GetStatisticsRequest, v1::GetStatisticsResponse>();
  Codes<v1::ListCodesRequest, v1::ListCodesResponse>(CodeLists());
  Capabilities<v1::GetCapabilitiesRequest>(CodeLists());
  AuditEntries<v1::ListAuditEntriesRequest, v1::ListAuditEntriesResponse>();
  AuditChain<v1::VerifyAuditRequest>();
  Watch<v1::WatchDisputesRequest, v1::WatchDisputesResponse>();
  Import<v1::DisputeRecord, v1::ImportDisputesRequest, v1::ImportDisputesResponse>(&Imported);
}

}  // namespace pingan::disputes
