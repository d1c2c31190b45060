// Bad input over the wire: a typed refusal, and nothing written.
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/support/byte_buffer.h>
#include <gtest/gtest.h>

#include <map>

#include "common/auth/dev_keys.h"
#include "common/base/clock.h"
#include "common/rpc/wire_status.h"
#include "common/testing/matchers.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
namespace v1 = disputes::v1;
namespace reason = common::v1;

constexpr char kArea[] = "411602001002";

class Api : public ::testing::Test {
 protected:
  // A position that every write moves on by exactly one revision and one audit row.
  struct Mark {
    int64_t revision, audit;
    std::string name, etag;
  };

  static void SetUpTestSuite() { server_ = new TestServer; }
  static void TearDownTestSuite() { delete server_; }

  void SetUp() override { before_ = Write(); }
  void TearDown() override {
    const Mark after = Write();
    EXPECT_EQ(after.revision, before_.revision + 1 + writes_) << "events";
    EXPECT_EQ(after.audit, before_.audit + 1 + writes_) << "audit rows";
  }

  static Mark Write() {
    v1::Dispute dispute;
    EXPECT_OK(Officer().Call(NewDispute(kArea), &dispute));
    v1::ListAuditEntriesRequest newest;
    newest.set_page_size(1);
    v1::ListAuditEntriesResponse audit;
    EXPECT_OK(server_->As({.roles = {"auditor"}}).Call(newest, &audit));
    return {dispute.revision(), audit.entries(0).id(), dispute.name(), dispute.etag()};
  }

  static rpc::Client Officer(const std::string& subject = "li") {
    return server_->As({.subject = subject, .roles = {"county_officer"}, .area = "411602"});
  }

  // Sends bytes as they are.
  static Status Send(const std::string& method, const std::string& bytes) {
    const rpc::Client client(server_->target());
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + server_->Token({.roles = {"county_officer"},
                                                                     .area = "411602"}));
    const std::string path = "/pingan.disputes.v1.Disputes/" + method;
    const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer body(&slice, 1);
    grpc::ByteBuffer answer;
    return rpc::FromWire(grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
        client.channel().get(), rpc, &context, body, &answer));
  }

  static Status Create(const v1::CreateDisputeRequest& request, const std::string& token) {
    v1::Dispute dispute;
    return rpc::Client(server_->target(), {.token = token, .retries = 0}).Call(request, &dispute);
  }

  v1::AcceptDisputeRequest Accept() const {
    v1::AcceptDisputeRequest request;
    request.set_name(before_.name);
    request.set_request_id(RandomUuid());
    return request;
  }

  static inline TestServer* server_ = nullptr;
  Mark before_;
  int writes_ = 0;  // that the test meant to do
};

TEST_F(Api, ABodyIsRefusedBeforeItIsRead) {
  EXPECT_THAT(Send("CreateDispute", std::string(10 << 20, 'x')),
              Fails(StatusCode::kInvalidArgument, reason::BODY_TOO_LARGE));
  v1::CreateDisputeRequest request = NewDispute(kArea);
  std::string bytes = request.SerializeAsString();
  bytes[bytes.find(request.request_id())] = '\xFF';
  for (const std::string& broken :
       {bytes, std::string("\xFF\xFF"), request.SerializeAsString() + "\n"}) {
    EXPECT_THAT(Send("CreateDispute", broken),
                Fails(StatusCode::kInvalidArgument, reason::BODY_UNREADABLE));
  }
}

// gRPC cuts these off itself: the code is all there is, and error.proto says so.
TEST_F(Api, AMessageBeyondAllLimitsIsRefusedWithoutAReason) {
  const Status status = Send("CreateDispute", std::string((16 << 20) + 1, 'x'));
  EXPECT_EQ(status.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(DetailsOf(status).reason, reason::REASON_UNSPECIFIED);
  EXPECT_EQ(DetailsOf(status).retry_after_ms, 0);
}

TEST_F(Api, AStreamIsHeldToItsLimitToo) {
  const std::string large(2 << 20, 'x');
  v1::WatchDisputesRequest watch;
  watch.add_kinds(large);
  EXPECT_THAT(Officer().Watch(watch, v1::WatchDisputesResponse(), absl::Seconds(30),
                              [](const auto&) { return false; }),
              Fails(StatusCode::kInvalidArgument, reason::BODY_TOO_LARGE));

  const rpc::Client importer = server_->As({.roles = {"importer"}, .area = "411602"});
  const auto upload = [&](std::vector<const google::protobuf::Message*> rows,
                          v1::ImportDisputesResponse* answer) {
    size_t next = 0;
    return importer.Upload(
        v1::ImportDisputesRequest::descriptor(),
        [&]() { return next < rows.size() ? rows[next++] : nullptr; }, answer);
  };
  v1::ImportDisputesRequest big, bad;
  big.set_row_id("big");
  big.mutable_dispute()->set_description(large);
  bad.set_row_id("bad");
  v1::ImportDisputesResponse answer;
  ASSERT_OK(upload({&bad, &big, &bad}, &answer));
  EXPECT_EQ(answer.rows_read(), 3);
  ASSERT_EQ(answer.refusals_size(), 3);
  std::map<std::string, v1::ImportRefusal> refusals;
  for (const auto& refusal : answer.refusals()) refusals[refusal.row_id()] = refusal;
  EXPECT_EQ(refusals["big"].problem(), "want at most 1048576 bytes");
  EXPECT_EQ(refusals["big"].reason(), reason::BODY_TOO_LARGE);
  EXPECT_EQ(refusals["bad"].problem(), "is required");
  EXPECT_EQ(refusals["bad"].reason(), reason::FIELD_REQUIRED);
  v1::CreateDisputeRequest no_row = NewDispute(kArea);  // its first field is no text
  no_row.mutable_dispute()->set_description(large);
  EXPECT_THAT(upload({&bad, &no_row, &bad}, &answer),
              Fails(StatusCode::kInvalidArgument, reason::BODY_TOO_LARGE));
}

TEST_F(Api, AListCountsAllItsPages) {
  writes_ = 2;
  Write();
  Write();
  v1::ListDisputesRequest request;
  request.set_area(kArea);
  v1::ListDisputesResponse all, page;
  ASSERT_OK(Officer().Call(request, &all));
  EXPECT_EQ(all.total_size_at_least(), all.disputes_size());
  request.set_page_size(1);
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK(Officer().Call(request, &page));
    EXPECT_EQ(page.total_size_at_least(), all.disputes_size()) << "page " << i;
    request.set_page_token(page.next_page_token());
  }
  request.clear_page_token();
  request.set_filter("state = \"REGISTERED\"");
  ASSERT_OK(Officer().Call(request, &page));
  EXPECT_EQ(page.total_size_at_least(), 2) << "this page and one more: no index counts these";
}

TEST_F(Api, FieldsAreCheckedByTheirRules) {
  v1::CreateDisputeRequest unknown = NewDispute(kArea), number = NewDispute(kArea);
  const std::string extra("\xF8\x07\x01", 3);  // field 127
  EXPECT_THAT(Send("CreateDispute", unknown.SerializeAsString() + extra),
              Fails(StatusCode::kInvalidArgument, reason::FIELD_UNKNOWN));
  number.mutable_dispute()->set_risk(static_cast<v1::Risk>(99));
  const Status status = Send("CreateDispute", number.SerializeAsString());
  EXPECT_THAT(status, Fails(StatusCode::kInvalidArgument, reason::FIELD_INVALID));
  EXPECT_THAT(status, NamesField("dispute.risk"));
  v1::UpdateDisputeRequest update;
  update.set_request_id(RandomUuid());
  update.mutable_dispute()->set_title("争执");
  update.mutable_update_mask()->add_paths("title");
  EXPECT_THAT(Send("UpdateDispute", update.SerializeAsString()), NamesField("dispute.name"));
}

TEST_F(Api, RisksCompareInTheirOrder) {
  writes_ = 4;
  for (const v1::Risk risk : {v1::BLUE, v1::YELLOW, v1::ORANGE, v1::RED}) {
    v1::CreateDisputeRequest create = NewDispute("411602003001");
    create.mutable_dispute()->set_risk(risk);
    v1::Dispute dispute;
    ASSERT_OK(Officer().Call(create, &dispute));
  }
  const auto found = [&](const std::string& filter) {
    v1::ListDisputesRequest request;
    request.set_area("411602003001");
    request.set_filter(filter);
    request.set_order_by("create_time");
    v1::ListDisputesResponse page;
    EXPECT_OK(Officer().Call(request, &page));
    std::vector<v1::Risk> risks;
    for (const auto& dispute : page.disputes()) risks.push_back(dispute.risk());
    return risks;
  };
  EXPECT_THAT(found("risk >= ORANGE"), ElementsAre(v1::ORANGE, v1::RED));
  EXPECT_THAT(found("risk < ORANGE"), ElementsAre(v1::BLUE, v1::YELLOW));
  EXPECT_THAT(found("risk > RED"), ElementsAre());
  EXPECT_THAT(found("risk <= RED AND risk != BLUE"), ElementsAre(v1::YELLOW, v1::ORANGE, v1::RED));
}

TEST_F(Api, AreasAndMonthsThatAreNoneAreNamed) {
  v1::GetStatisticsResponse counts;
  v1::ListDisputesResponse page;
  const auto count = [&](const rpc::Client& client, const char* area, const char* from,
                         const char* to) {
    v1::GetStatisticsRequest request;
    request.set_area(area);
    request.set_from_month(from);
    request.set_to_month(to);
    return client.Call(request, &counts);
  };
  const auto list = [&](const rpc::Client& client, const char* area) {
    v1::ListDisputesRequest request;
    request.set_area(area);
    return client.Call(request, &page);
  };
  const rpc::Client everywhere = server_->As({.roles = {"city_officer"}});
  for (const char* nowhere : {"999999999999", "00", "411699", "41160"}) {
    EXPECT_THAT(list(everywhere, nowhere), NamesField("area")) << nowhere;
    EXPECT_THAT(count(everywhere, nowhere, "", ""), NamesField("area")) << nowhere;
  }
  for (const char* known : {"41", "4116", "411602000000", "411602", kArea}) {
    EXPECT_OK(list(everywhere, known)) << known;
    EXPECT_OK(count(everywhere, known, "", "")) << known;
  }
  // Outside the caller's area nobody is told whether there is one.
  const Status foreign = list(Officer(), "411603"), absent = list(Officer(), "999999999999");
  EXPECT_THAT(foreign, Fails(StatusCode::kNotFound, reason::RESOURCE_ABSENT));
  EXPECT_EQ(foreign, absent);
  EXPECT_EQ(count(Officer(), "411603", "", ""), count(Officer(), "999999999999", "", ""));

  EXPECT_THAT(count(Officer(), "", "2026-13", ""), NamesField("from_month"));
  EXPECT_THAT(count(Officer(), "", "", "2026-13"), NamesField("to_month"));
  EXPECT_THAT(count(Officer(), "", "", "9999-12"), NamesField("to_month"));
  EXPECT_THAT(count(Officer(), "", "2026-03", "2026-02"), NamesField("to_month"));
  EXPECT_OK(count(Officer(), "", "2026-03", "2026-03"));
}

TEST_F(Api, AMethodThatIsNotThereIsUnimplemented) {
  EXPECT_EQ(Send("DropDisputes", "").code(), StatusCode::kUnimplemented);
}

TEST_F(Api, FiltersAndPageTokensAreCheckedOverTheWire) {
  v1::ListDisputesRequest request;
  v1::ListDisputesResponse page;
  for (const char* filter : {"title = \"x\"", "state ~ 1", "major = 7", "state = \"OPEN", "1=1 --",
                             "state = \"MEDIATED\"", "state < \"CLOSED\"", "risk >= \"PURPLE\""}) {
    request.set_filter(filter);
    const Status status = Officer().Call(request, &page);
    EXPECT_THAT(status, Fails(StatusCode::kInvalidArgument, reason::FILTER_INVALID)) << filter;
    EXPECT_THAT(status, NamesField("filter")) << filter;
  }
  request.clear_filter();
  request.set_order_by("title");
  EXPECT_THAT(Officer().Call(request, &page), NamesField("order_by"));

  request.clear_order_by();
  request.set_page_size(1);
  writes_ = 1;
  Write();  // so that there is a second page
  ASSERT_OK(Officer().Call(request, &page));
  const std::string token = page.next_page_token();
  ASSERT_FALSE(token.empty());
  request.set_page_token(token);
  const std::string first = page.disputes(0).name();
  ASSERT_OK(Officer().Call(request, &page));
  EXPECT_NE(page.disputes(0).name(), first);
  const auto refused = Fails(StatusCode::kInvalidArgument, reason::PAGE_TOKEN_INVALID);
  EXPECT_THAT(Officer("wang").Call(request, &page), refused) << "another caller";
  request.set_order_by("create_time");
  EXPECT_THAT(Officer().Call(request, &page), refused) << "another order";
  request.clear_order_by();
  request.set_filter("major = false");
  EXPECT_THAT(Officer().Call(request, &page), refused) << "another filter";
  request.clear_filter();
  request.set_area(kArea);
  EXPECT_THAT(Officer().Call(request, &page), refused) << "another area";
  request.clear_area();
  request.set_page_token("A" + token);
  EXPECT_THAT(Officer().Call(request, &page), refused) << "made up";
}

TEST_F(Api, OnlyTokensOfTheIssuerThatStillCount) {
  const v1::CreateDisputeRequest request = NewDispute(kArea);
  auth::Caller officer{.subject = "li", .roles = {"county_officer"}, .area = "411602"};
  EXPECT_THAT(Create(request, ""), Fails(StatusCode::kUnauthenticated, reason::TOKEN_MISSING));
  const absl::Time now = Clock::Real().Now();
  officer.expires = now - absl::Minutes(5);
  EXPECT_THAT(Create(request, server_->Token(officer)),
              Fails(StatusCode::kUnauthenticated, reason::TOKEN_EXPIRED));
  officer.expires = now + absl::Hours(1);
  ASSERT_OK_AND_ASSIGN(
      const std::string foreign,
      auth::MintToken(server_->state() + "/foreign", {.caller = officer, .issued = now}));
  EXPECT_THAT(Create(request, foreign), Fails(StatusCode::kUnauthenticated, reason::TOKEN_INVALID));
  std::string changed = server_->Token(officer);
  changed[changed.size() / 2] ^= 1;
  EXPECT_THAT(Create(request, changed), Fails(StatusCode::kUnauthenticated, reason::TOKEN_INVALID));
}

TEST_F(Api, ADeadlineInThePastIsNoCall) {
  v1::Dispute dispute;
  const std::string token = server_->Token({.roles = {"county_officer"}, .area = "411602"});
  const rpc::Client late(server_->target(),
                         {.token = token, .timeout = -absl::Seconds(1), .retries = 0});
  EXPECT_EQ(late.Call(NewDispute(kArea), &dispute).code(), StatusCode::kDeadlineExceeded);
}

TEST_F(Api, AStaleEtagIsToldTheCurrentOne) {
  v1::Dispute dispute;
  v1::AcceptDisputeRequest accept = Accept();
  accept.set_etag("stale");
  v1::UpdateDisputeRequest update;
  update.set_request_id(RandomUuid());
  update.mutable_dispute()->set_name(before_.name);
  update.mutable_dispute()->set_title("争执");
  update.mutable_dispute()->set_etag("stale");
  update.mutable_update_mask()->add_paths("title");
  for (const google::protobuf::Message* request :
       std::initializer_list<const google::protobuf::Message*>{&accept, &update}) {
    const Status status = Officer().Call(*request, &dispute);
    ASSERT_THAT(status, Fails(StatusCode::kAborted, reason::ETAG_STALE)) << request->GetTypeName();
    const std::vector<std::pair<std::string, std::string>> current = {{"etag", before_.etag}};
    EXPECT_EQ(DetailsOf(status).metadata, current);
  }
  update.mutable_dispute()->set_etag(before_.etag);
  writes_ = 1;
  EXPECT_OK(Officer().Call(update, &dispute));
}

TEST_F(Api, ARequestIdIsForOneRequest) {
  v1::Dispute first, again;
  v1::CreateDisputeRequest request = NewDispute(kArea);
  writes_ = 1;
  ASSERT_OK(Officer().Call(request, &first));
  ASSERT_OK(Officer().Call(request, &again));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  request.mutable_dispute()->set_title("另一件事");
  EXPECT_THAT(Officer().Call(request, &again),
              Fails(StatusCode::kAlreadyExists, reason::REQUEST_ID_REUSED));
  // Another caller does not know what ids there are.
  ++writes_;
  ASSERT_OK(Officer("wang").Call(request, &again));
  EXPECT_NE(again.name(), first.name());
}

// A month that the statistics cannot hold would be in the way of all of them.
TEST_F(Api, TheClockOfDevelopmentStaysWithinWhatIsCounted) {
  const absl::Time far = absl::FromCivil(absl::CivilYear(5001), absl::UTCTimeZone());
  v1::ListCodesResponse codes;
  EXPECT_THAT(Officer().CallAt(far, v1::ListCodesRequest(), &codes), NamesField("x-clock"));
}

TEST_F(Api, ValidateOnlyWritesNothing) {
  v1::Dispute dispute;
  v1::CreateDisputeRequest create = NewDispute(kArea);
  create.set_validate_only(true);
  EXPECT_OK(Officer().Call(create, &dispute));
  EXPECT_EQ(dispute.name(), "");
  v1::AcceptDisputeRequest accept = Accept();
  accept.set_validate_only(true);
  EXPECT_OK(Officer().Call(accept, &dispute));
  EXPECT_EQ(dispute.state(), v1::Dispute::ACCEPTED);
  v1::GetDisputeRequest get;
  get.set_name(before_.name);
  EXPECT_OK(Officer().Call(get, &dispute));
  EXPECT_EQ(dispute.state(), v1::Dispute::REGISTERED);
  EXPECT_EQ(dispute.etag(), before_.etag);
}

TEST_F(Api, AnActionTheStateDoesNotAllowTellsThoseItDoes) {
  v1::Dispute dispute;
  v1::StartMediationRequest start;
  start.set_name(before_.name);
  start.set_request_id(RandomUuid());
  const Status status = Officer().Call(start, &dispute);
  EXPECT_THAT(status, Fails(StatusCode::kFailedPrecondition, reason::ACTION_NOT_ALLOWED));
  EXPECT_THAT(DetailsOf(status).allowed_actions, ::testing::Contains("AcceptDispute"));
}

}  // namespace
}  // namespace pingan::testing
