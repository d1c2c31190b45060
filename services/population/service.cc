#include "services/population/service.h"

#include "services/population/codes.h"
#include "services/population/compose.h"
#include "services/population/death.h"
#include "services/population/duplicate.h"
#include "services/population/duty.h"
#include "services/population/dwelling.h"
#include "services/population/dwelling_id.h"
#include "services/population/employment.h"
#include "services/population/erase.h"
#include "services/population/import.h"
#include "services/population/move.h"
#include "services/population/permit.h"
#include "services/population/person.h"
#include "services/population/residence.h"
#include "services/population/residents.h"
#include "services/population/search.h"
#include "services/population/service_item.h"

namespace pingan::population {
namespace {

v1::EraseSubjectResponse Erased(const v1::PersonRecord& record, const v1::EraseSubjectRequest&,
                                const Env&) {
  v1::EraseSubjectResponse response;
  *response.mutable_erase_time() = record.person().erase_time();
  return response;
}

}  // namespace

template <auto decide>
void Service::WritePerson() {
  Write(&OnPerson<decide>::Decide, &OnPerson<decide>::Wants);
}

template <auto decide>
void Service::WriteWithTasks() {
  Write(&OnPersonWithTasks<decide>::Decide, &OnPersonWithTasks<decide>::Wants);
}

Service::Service(const rpc::Parts& parts)
    : rpc::Service(v1::GetPersonRequest::descriptor()->file()->service(0), parts) {
  ServePersons();
  ServePermits();
  ServeDwellingsAndTasks();
  ServeDuplicates();
  History<v1::GetHistoryRequest, v1::GetHistoryResponse>();
  Statistics<v1::GetStatisticsRequest, v1::GetStatisticsResponse>();
  Codes<v1::ListCodesRequest, v1::ListCodesResponse>(CodeLists());
  Capabilities<v1::GetCapabilitiesRequest>(CodeLists());
  AuditEntries<v1::ListAuditEntriesRequest, v1::ListAuditEntriesResponse>();
  AuditChain<v1::VerifyAuditRequest>();
  Watch<v1::WatchPopulationRequest, v1::WatchPopulationResponse>();
}

void Service::ServePersons() {
  Write(&ComposeCreate, &OnPerson<&DecideCreate>::Wants);
  Get<v1::PersonRecord, v1::GetPersonRequest>();
  List<v1::PersonRecord, v1::ListPersonsRequest, v1::ListPersonsResponse>();
  Find<v1::PersonRecord, v1::LookupPersonRequest>(&LookUp, &WantedBy);
  Write(&ComposeUpdate, &OnPerson<&DecideUpdate>::Wants);
  WritePerson<&DecideRecordDeath>();
  WritePerson<&DecideRetractDeath>();
  WriteWithTasks<&DecideVerify>();
  Write<v1::PersonRecord, v1::RelatePersonsRequest>(&ComposeRelate, &WantedBy);
  Write<v1::PersonRecord, v1::UnrelatePersonsRequest>(&ComposeUnrelate, &WantedBy);
  WritePerson<&DecideRegisterResidence>();
  WritePerson<&DecideChangeResidence>();
  WritePerson<&DecideEndResidence>();
  WritePerson<&DecideCorrectResidence>();
  Read(&ReadResidences);
  Find<v1::PersonRecord, v1::ListResidentsRequest>(&ListResidents, &WantedBy);
  WritePerson<&DecideOfferMove>();
  WriteUnseen(&ComposeClaim, &OnPerson<&DecideClaimMove>::Wants, &CheckClaim);
  WritePerson<&DecideAcceptMove>();
  WritePerson<&DecideRejectMove>();
  WritePerson<&DecideRevokeMove>();
  Reads<v1::ListReadsRequest, v1::ListReadsResponse>();
  Write(&ComposeErase, &WantedBy, &Erased);
  Import<v1::PersonRecord, v1::ImportPersonsRequest, v1::ImportPersonsResponse>(&ComposeImport,
                                                                                &WantedBy);
  Export<v1::PersonRecord, v1::ExportPersonsRequest, v1::ExportPersonsResponse>();
}

void Service::ServePermits() {
  WritePerson<&DecideApplyForPermit>();
  WritePerson<&DecideSupplyPapers>();
  WritePerson<&DecideExtendPermitIssue>();
  WritePerson<&DecideIssuePermit>();
  WritePerson<&DecideEndorsePermit>();
  WritePerson<&DecideReplacePermit>();
  WritePerson<&DecideCancelPermit>();
  Read(&ExplainPermit);
  WritePerson<&DecideRecordEmployment>();
  WritePerson<&DecideEndEmployment>();
  WritePerson<&DecideRetractEmployment>();
  WriteWithTasks<&DecideRecordReport>();
  WritePerson<&DecideRequestService>();
  WritePerson<&DecideAcceptService>();
  WritePerson<&DecideDeliverService>();
  WritePerson<&DecideDenyService>();
}

void Service::ServeDwellingsAndTasks() {
  Write<v1::DwellingRecord, v1::CreateDwellingRequest>(&ComposeCreateDwelling, &WantedBy);
  Get<v1::DwellingRecord, v1::GetDwellingRequest>();
  List<v1::DwellingRecord, v1::ListDwellingsRequest, v1::ListDwellingsResponse>();
  Write<v1::DwellingRecord, v1::UpdateDwellingRequest>(&ComposeUpdateDwelling, &WantedBy);
  Write(&DecideRecordHazard);
  Write(&DecideRectifyHazard);
  Write(&DecideVerifyDwelling);
  Import<v1::DwellingRecord, v1::ImportDwellingsRequest, v1::ImportDwellingsResponse>(
      &ComposeImportDwelling, &WantedBy);
  Write<v1::TaskRecord, v1::OpenTaskRequest>(&ComposeOpenTask, &WantedBy);
  Get<v1::TaskRecord, v1::GetTaskRequest>();
  List<v1::TaskRecord, v1::ListTasksRequest, v1::ListTasksResponse>();
  Write(&DecideAssignTask);
  Write<v1::TaskRecord, v1::CompleteTaskRequest>(&ComposeCompleteTask, &WantedBy);
  Write(&DecideCancelTask);
}

void Service::ServeDuplicates() {
  Find<v1::PersonRecord, v1::FindDuplicatesRequest>(&FindDuplicates, &WantedBy);
  Get<v1::DuplicateRecord, v1::GetDuplicateRequest>();
  List<v1::DuplicateRecord, v1::ListDuplicatesRequest, v1::ListDuplicatesResponse>();
  Write<v1::DuplicateRecord, v1::MergePersonsRequest>(&ComposeMerge, &WantedBy);
  Write<v1::DuplicateRecord, v1::UnmergePersonsRequest>(&ComposeUnmerge, &WantedBy);
  Write(&DecideDismiss);
}

}  // namespace pingan::population
