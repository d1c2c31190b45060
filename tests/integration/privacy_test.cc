// Who sees personal data: nobody without a purpose, and with one it is on record first.
#include <gtest/gtest.h>

#include "common/base/clock.h"
#include "common/testing/matchers.h"
#include "tests/integration/dispute_world.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
namespace v1 = disputes::v1;
namespace reason = common::v1;

constexpr char kName[] = "张三丰", kPhone[] = "13800000001", kText[] = "雨水流入邻家院内";

class Privacy : public DisputeWorld {
 protected:
  static bool Masked(const google::protobuf::Message& answer) {
    const std::string bytes = answer.SerializeAsString();
    for (const char* secret : {kName, kPhone, kText}) {
      if (bytes.find(secret) != std::string::npos) return false;
    }
    return bytes.find("张**") != std::string::npos &&
           bytes.find("138****0001") != std::string::npos;
  }
  static bool Open(const google::protobuf::Message& answer) {
    const std::string bytes = answer.SerializeAsString();
    return bytes.find(kName) != std::string::npos && bytes.find(kPhone) != std::string::npos;
  }
};

TEST_F(Privacy, WithoutAPurposeEverythingIsMasked) {
  EXPECT_TRUE(Masked(dispute_)) << "the answer of a write";
  v1::Dispute read;
  for (int i = 0; i < 2; ++i) {  // from the database and from the cache
    ASSERT_OK(Officer().Call(Get(), &read));
    EXPECT_TRUE(Masked(read));
  }
  v1::ListDisputesResponse page;
  ASSERT_OK(Officer().Call(v1::ListDisputesRequest(), &page));
  EXPECT_TRUE(Masked(page));
  v1::GetHistoryResponse history;
  ASSERT_OK(Officer().Call(Named<v1::GetHistoryRequest>(), &history));
  EXPECT_TRUE(Masked(history));
  v1::WatchDisputesResponse watched;
  ASSERT_OK(Officer().Watch(v1::WatchDisputesRequest(), watched, absl::Seconds(30),
                            [&](const auto& answer) {
                              watched.CopyFrom(answer);
                              return false;
                            }));
  EXPECT_TRUE(Masked(watched));
  EXPECT_EQ(Audit().size(), 1u) << "a masked read is not audited";
}

// Whatever somebody wrote in words may be about a person: titles and reasons, as well as the story.
TEST_F(Privacy, WordsAreMaskedWhereverTheyStand) {
  const std::string words = "口说无凭之言";
  const auto write = [&](auto request) {
    request.set_name(name_);
    request.set_request_id(RandomUuid());
    ASSERT_OK(Officer().Call(request, &dispute_)) << request.ShortDebugString();
  };
  const auto reasoned = [&](auto request) {
    request.set_reason(words);
    return request;
  };
  v1::UpdateDisputeRequest retitle;
  retitle.set_request_id(RandomUuid());
  retitle.mutable_dispute()->set_name(name_);
  retitle.mutable_dispute()->set_title(words);
  retitle.mutable_update_mask()->add_paths("title");
  ASSERT_OK(Officer().Call(retitle, &dispute_));
  write(v1::AcceptDisputeRequest());
  write(reasoned(v1::PauseClockRequest()));
  // Three days later, so that the pause has days to explain.
  ASSERT_OK(Officer().CallAt(Clock::Real().Now() + absl::Hours(72), Get(), &dispute_));
  write(v1::ResumeClockRequest());
  write(reasoned(v1::EscalateDisputeRequest()));
  v1::ChangeRiskRequest risk;
  risk.set_risk(v1::RED);
  write(reasoned(risk));
  v1::OfferTransferRequest offer;
  offer.mutable_to()->set_code("V-411602001003");
  offer.mutable_to()->set_area("411602001003");
  write(reasoned(offer));

  const rpc::Client reader =
      server_.As({.subject = "wang", .roles = {"county_officer"}, .area = "411602"});
  const auto hidden = [&](const google::protobuf::Message& answer, const char* where) {
    EXPECT_GT(answer.ByteSizeLong(), 0u) << where;
    EXPECT_EQ(answer.SerializeAsString().find(words), std::string::npos) << where;
  };
  v1::Dispute read;
  ASSERT_OK(reader.Call(Get(), &read));
  hidden(read, "Get");
  v1::ListDisputesResponse page;
  ASSERT_OK(reader.Call(v1::ListDisputesRequest(), &page));
  hidden(page, "List");
  v1::GetHistoryResponse history;
  ASSERT_OK(reader.Call(Named<v1::GetHistoryRequest>(), &history));
  hidden(history, "History");
  v1::ListMessagesResponse notes;
  ASSERT_OK(reader.Call(Named<v1::ListMessagesRequest>(), &notes));
  hidden(notes, "Messages");
  v1::ExplainDeadlineResponse explained;
  ASSERT_OK(reader.Call(Named<v1::ExplainDeadlineRequest>(), &explained));
  hidden(explained, "ExplainDeadline");
  ASSERT_OK(reader.Watch(v1::WatchDisputesRequest(), v1::WatchDisputesResponse(), absl::Seconds(30),
                         [&](const auto& answer) {
                           hidden(answer, "Watch");
                           const auto& event =
                               static_cast<const v1::WatchDisputesResponse&>(answer);
                           return event.revision() < dispute_.revision();
                         }));

  ASSERT_OK(Officer("mediation").Call(Get(), &read));
  EXPECT_EQ(read.title(), words);
  EXPECT_EQ(read.transfer().reason(), words);
  EXPECT_EQ(read.statutory().pauses(0).reason(), words);
  EXPECT_EQ(read.management().changes(0).reason(), words);
  EXPECT_EQ(read.escalations(0).reason(), words);
  EXPECT_EQ(read.custody(0).reason(), "registered");
  ASSERT_OK(Officer("mediation").Call(Named<v1::ExplainDeadlineRequest>(), &explained));
  EXPECT_NE(explained.SerializeAsString().find(words), std::string::npos);
}

TEST_F(Privacy, WithAPurposeItIsShownAndAuditedFirst) {
  v1::Dispute read;
  ASSERT_OK(Officer().Call(Get(), &read));  // the masked answer is in the cache now
  ASSERT_OK(Officer("mediation").Call(Get(), &read));
  EXPECT_TRUE(Open(read));
  v1::ListDisputesResponse page;
  ASSERT_OK(Officer("mediation").Call(v1::ListDisputesRequest(), &page));
  EXPECT_TRUE(Open(page));
  v1::GetHistoryResponse history;
  ASSERT_OK(Officer("follow_up").Call(Named<v1::GetHistoryRequest>(), &history));
  EXPECT_TRUE(Open(history));
  const auto audit = Audit();
  ASSERT_EQ(audit.size(), 4u);
  const char* methods[] = {"GetHistory", "ListDisputes", "GetDispute"};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(audit[i].method(), methods[i]);
    EXPECT_EQ(audit[i].actor(), "li");
    EXPECT_EQ(audit[i].purpose(), i == 0 ? "follow_up" : "mediation");
    EXPECT_EQ(audit[i].area(), kArea) << "that of the data, not the reader's";
  }
  EXPECT_EQ(audit[2].name(), name_);
  EXPECT_EQ(audit[2].area(), kArea);
  ASSERT_OK(Officer().Call(Get(), &read));
  EXPECT_TRUE(Masked(read)) << "the next one without a purpose";
}

TEST_F(Privacy, AWriteThatRevealsIsAuditedAlsoWhenItWritesNothing) {
  v1::Dispute answer;
  v1::AcceptDisputeRequest accept = Named<v1::AcceptDisputeRequest>();
  accept.set_request_id(RandomUuid());
  accept.set_validate_only(true);
  ASSERT_OK(Officer("mediation").Call(accept, &answer));
  EXPECT_TRUE(Open(answer));
  EXPECT_EQ(Audit().size(), 2u);
  accept.set_validate_only(false);
  for (size_t i = 3; i <= 4; ++i) {  // carried out, then repeated
    ASSERT_OK(Officer("mediation").Call(accept, &answer));
    EXPECT_TRUE(Open(answer));
    const auto audit = Audit();
    ASSERT_EQ(audit.size(), i);
    EXPECT_EQ(audit[0].purpose(), "mediation");
    EXPECT_EQ(audit[0].method(), "AcceptDispute");
  }
}

TEST_F(Privacy, AListIsAuditedWhereItsDisputesAre) {
  const auto city = [&](const std::string& area) {
    v1::ListDisputesRequest list;
    list.set_area(area);
    v1::ListDisputesResponse page;
    ASSERT_OK(server_
                  .As({.roles = {"city_officer"}, .area = "4116", .purposes = {"supervision"}},
                      "supervision")
                  .Call(list, &page));
  };
  city("");
  EXPECT_EQ(Audit(kArea)[0].area(), kArea) << "that of the data, not the reader's";
  const size_t before = Audit("4116").size();
  city("411603");
  EXPECT_EQ(Audit("4116").size(), before) << "an empty page shows nothing";
  v1::Dispute other;
  ASSERT_OK(server_.As({.roles = {"city_officer"}, .area = "4116"})
                .Call(NewDispute("411602003001"), &other));
  city("");
  const auto entries = Audit("4116");
  EXPECT_EQ(entries.size(), before + 3) << "one for the new dispute, one for each that was shown";
  EXPECT_NE(entries[0].name(), entries[1].name());
  EXPECT_EQ(Audit("411602003001")[0].name(), other.name());
}

TEST_F(Privacy, AMaskThatComesBackChangesNothing) {
  v1::UpdateDisputeRequest update;
  ASSERT_OK(Officer().Call(Get(), update.mutable_dispute()));
  ASSERT_TRUE(Masked(update.dispute()));
  for (const char* path : {"title", "description", "place", "parties"}) {
    update.mutable_update_mask()->add_paths(path);
  }
  const auto send = [&](const std::string& purpose) {
    update.set_request_id(RandomUuid());
    update.mutable_dispute()->clear_etag();
    v1::Dispute answer;
    return Officer(purpose).Call(update, &answer);
  };
  v1::Dispute read;
  update.mutable_dispute()->set_title("争执");
  ASSERT_OK(send(""));
  ASSERT_OK(Officer("mediation").Call(Get(), &read));
  EXPECT_EQ(read.title(), "争执");
  EXPECT_EQ(read.description(), kText);
  EXPECT_TRUE(Open(read));
  update.mutable_dispute()->mutable_parties(0)->set_phone("13900000000");
  ASSERT_OK(send(""));
  ASSERT_OK(Officer("mediation").Call(Get(), &read));
  EXPECT_EQ(read.parties(0).phone(), "13900000000");
  EXPECT_EQ(read.parties(0).display_name(), kName);
  EXPECT_EQ(read.parties(1).phone(), kPhone);
  // Who is who is said by the id, whatever the order and however alike they look.
  constexpr char kAlike[] = "13855550001";
  update.mutable_dispute()->mutable_parties(0)->set_phone(kAlike);
  ASSERT_OK(send(""));
  ASSERT_OK(Officer().Call(Get(), update.mutable_dispute()));
  auto& parties = *update.mutable_dispute()->mutable_parties();
  for (auto& party : parties) party.set_document_type("414");
  parties.SwapElements(0, 1);
  ASSERT_OK(send(""));
  ASSERT_OK(Officer("mediation").Call(Get(), &read));
  EXPECT_EQ(read.parties(0).id(), "2");
  EXPECT_EQ(read.parties(0).phone(), kPhone);
  EXPECT_EQ(read.parties(1).id(), "1");
  EXPECT_EQ(read.parties(1).phone(), kAlike);
  EXPECT_EQ(read.parties(1).document_type(), "414");
  update.mutable_dispute()->mutable_parties(0)->set_phone("138****0002");
  EXPECT_THAT(send(""), NamesField("dispute.parties[0].phone")) << "the mask of something else";
  update.mutable_dispute()->mutable_parties(0)->set_phone("138****0001");
  ASSERT_OK(send("mediation")) << "read masked, written with a purpose";
  ASSERT_OK(Officer("mediation").Call(Get(), &read));
  EXPECT_EQ(read.parties(0).phone(), kPhone);
  EXPECT_EQ(read.parties(0).display_name(), kName);
  update.mutable_dispute()->mutable_parties(0)->set_phone("138****0002");
  EXPECT_THAT(send("mediation"), NamesField("dispute.parties[0].phone"));
}

TEST_F(Privacy, NoMaskIsStored) {
  auto request = NewDispute(kArea);
  request.mutable_dispute()->mutable_parties(0)->set_phone("138****0001");
  v1::Dispute answer;
  EXPECT_THAT(Officer("mediation").Call(request, &answer), NamesField("dispute.parties[0].phone"));
  auto post = Named<v1::PostMessageRequest>();
  post.set_request_id(RandomUuid());
  post.mutable_message()->set_text("*** ");
  v1::Message message;
  EXPECT_THAT(Officer().Call(post, &message), NamesField("message.text"));
}

TEST_F(Privacy, APurposeMustBeTheTokensOwn) {
  v1::Dispute read;
  const auto refused = Fails(StatusCode::kPermissionDenied, reason::PURPOSE_NOT_ALLOWED);
  EXPECT_THAT(Officer("curiosity").Call(Get(), &read), refused);
  EXPECT_THAT(Officer("supervision").Call(Get(), &read), refused) << "known, but not in the token";
  const rpc::Client viewer =
      server_.As({.roles = {"viewer"}, .area = "411602", .purposes = {"mediation"}}, "mediation");
  ASSERT_OK(viewer.Call(Get(), &read));
  EXPECT_TRUE(Masked(read)) << "a purpose without the permission reveals nothing";
  EXPECT_EQ(Audit().size(), 1u);
}

TEST_F(Privacy, OnlyAuditorsOfTheAreaReadTheAudit) {
  v1::ListAuditEntriesResponse page;
  EXPECT_THAT(Officer().Call(v1::ListAuditEntriesRequest(), &page),
              Fails(StatusCode::kPermissionDenied, reason::PERMISSION_MISSING));
  EXPECT_EQ(Audit("411602").size(), 1u);
  EXPECT_EQ(Audit("411621").size(), 0u);
  EXPECT_EQ(Audit("").size(), 1u);
}

TEST_F(Privacy, AnAuditorOfTheCityVerifiesTheAuditAgainstWhatWasNoted) {
  const auto verify = [&](const v1::VerifyAuditRequest& request, const std::string& area = "4116") {
    common::v1::AuditCheck check;
    const Status status = server_.As({.roles = {"auditor"}, .area = area}).Call(request, &check);
    return status.ok() ? StatusOr<common::v1::AuditCheck>(check) : status;
  };
  v1::Dispute read;
  for (int i = 0; i < 3; ++i) ASSERT_OK(Officer("mediation").Call(Get(), &read));
  v1::VerifyAuditRequest request;
  EXPECT_THAT(verify(request, "411602").status(), IsAbsent());
  ASSERT_OK_AND_ASSIGN(auto check, verify(request));
  EXPECT_EQ(check.fault(), common::v1::AuditCheck::FAULT_UNSPECIFIED);
  EXPECT_EQ(check.entry(), 4);
  EXPECT_EQ(check.last_entry(), 4);
  EXPECT_EQ(check.unlinked_through(), 0);
  const common::v1::AuditCheck noted = check;
  request.set_limit(2);
  for (const int64_t entry : {2, 4}) {
    ASSERT_OK_AND_ASSIGN(check, verify(request));
    EXPECT_EQ(check.entry(), entry);
    request.set_after_entry(check.entry());
    request.set_after_link(check.link());
  }
  EXPECT_EQ(check.link(), noted.link());

  // What was noted elsewhere is not what stands here.
  request.set_after_link(std::string(64, '0'));
  ASSERT_OK_AND_ASSIGN(check, verify(request));
  EXPECT_EQ(check.fault(), common::v1::AuditCheck::CHANGED);
  EXPECT_EQ(check.faulty_entry(), 4);
  request.set_after_entry(9);
  ASSERT_OK_AND_ASSIGN(check, verify(request));
  EXPECT_EQ(check.fault(), common::v1::AuditCheck::MISSING);
  EXPECT_EQ(check.faulty_entry(), 5);
  request.set_after_link("");
  EXPECT_THAT(verify(request).status(), NamesField("after_link"));
}

}  // namespace
}  // namespace pingan::testing
