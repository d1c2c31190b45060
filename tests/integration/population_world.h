// A population server with the people that its tests want: callers, requests, synthetic persons.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/testing/matchers.h"
#include "pingan/population/v1/population.pb.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {

inline constexpr char kHere[] = "411602001002";   // a village
inline constexpr char kThere[] = "411621001001";  // one of another county

// The citizen ID whose first 17 characters these are.
inline std::string CitizenId(const std::string& first17) {
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < first17.size(); ++i) sum += (first17[i] - '0') * kWeights[i];
  return first17 + "10X98765432"[sum % 11];
}

class PopulationWorld : public ::testing::Test {
 protected:
  explicit PopulationWorld(std::vector<std::string> flags = {}) : server_(With(flags)) {}

  static inline const absl::Time kStart =
      absl::FromCivil(absl::CivilHour(2026, 3, 2, 10), absl::FixedTimeZone(8 * 60 * 60));

  void SetUp() override {
    // The clock of the server stands here until a test moves it.
    population::v1::ListCodesResponse codes;
    ASSERT_OK(Police("411602").CallAt(kStart, population::v1::ListCodesRequest(), &codes));
  }

  static rpc::Client AsOn(const TestServer& server, const std::string& role,
                          const std::string& area, const std::string& purpose = "") {
    return server.As({.subject = role + "-" + area,
                      .roles = {role},
                      .area = area,
                      .purposes = {"service_delivery", "data_quality", "data_subject_request"}},
                     purpose);
  }
  rpc::Client As(const std::string& role, const std::string& area,
                 const std::string& purpose = "") const {
    return AsOn(server_, role, area, purpose);
  }
  rpc::Client Police(const std::string& area, const std::string& purpose = "") const {
    return As("police_officer", area, purpose);
  }

  template <class Request>
  static Request New() {
    Request request;
    request.set_request_id(RandomUuid());
    return request;
  }
  template <class Request>
  static Request On(const std::string& name) {
    Request request = New<Request>();
    request.set_name(name);
    return request;
  }
  template <class Request>
  static Request Of(const std::string& name) {
    Request request;
    request.set_name(name);
    return request;
  }

  // The answer to a call that must succeed.
  template <class Response>
  static Response Must(const rpc::Client& client, const google::protobuf::Message& request) {
    Response response;
    EXPECT_OK(client.Call(request, &response)) << request.ShortDebugString();
    return response;
  }

  static population::v1::Residence Spell(const std::string& area, const std::string& from) {
    population::v1::Residence spell;
    spell.set_kind(population::v1::Residence::MAIN);
    spell.set_area(area);
    spell.set_from_date(from);
    spell.set_source(population::v1::Residence::PERSON);
    return spell;
  }

  // Somebody from another city who lives in `area`; the number's last three digits tell persons
  // apart.
  static population::v1::CreatePersonRequest NewPerson(const std::string& area = kHere,
                                                       const std::string& sequence = "123") {
    auto request = New<population::v1::CreatePersonRequest>();
    auto& person = *request.mutable_person();
    person.set_area(area);
    person.set_kind(population::v1::FLOATING);
    person.set_display_name("张建国");
    auto& document = *person.add_documents();
    document.set_document_type("111");
    document.set_document_number(CitizenId("32010219900517" + sequence));
    person.set_household_area("320102");
    person.set_phone("13800000001");
    *request.mutable_residence() = Spell(area, "2026-03-01");
    request.mutable_residence()->set_address("一村8号");
    return request;
  }
  population::v1::Person Create(const std::string& area = kHere,
                                const std::string& sequence = "123") const {
    return Must<population::v1::Person>(Police("4116"), NewPerson(area, sequence));
  }
  population::v1::Person Get(const std::string& name, const rpc::Client& client) const {
    return Must<population::v1::Person>(client, Of<population::v1::GetPersonRequest>(name));
  }

  // The last entry of the audit, which is as it was written.
  common::v1::AuditCheck VerifyAudit() const {
    population::v1::VerifyAuditRequest request;
    common::v1::AuditCheck check;
    do {
      request.set_after_entry(check.entry());
      request.set_after_link(check.link());
      check = Must<common::v1::AuditCheck>(As("auditor", "4116"), request);
      EXPECT_EQ(check.fault(), common::v1::AuditCheck::FAULT_UNSPECIFIED) << check.faulty_entry();
    } while (check.fault() == 0 && check.entry() > request.after_entry() &&
             check.entry() < check.last_entry());
    return check;
  }

  // Sends rows as one import.
  population::v1::ImportPersonsResponse Import(
      const std::vector<population::v1::ImportPersonsRequest>& rows) const {
    population::v1::ImportPersonsResponse answer;
    size_t next = 0;
    EXPECT_OK(As("importer", "4116")
                  .Upload(
                      population::v1::ImportPersonsRequest::descriptor(),
                      [&]() { return next < rows.size() ? &rows[next++] : nullptr; }, &answer));
    return answer;
  }
  static population::v1::ImportPersonsRequest Row(int number) {
    population::v1::ImportPersonsRequest row;
    row.set_row_id("row-" + std::to_string(number));
    auto& person = *row.mutable_person();
    person.set_area(kHere);
    person.set_kind(population::v1::HOUSEHOLD);
    person.set_display_name("李" + std::to_string(number));
    *person.add_residences() = Spell(kHere, "2020-01-01");
    return row;
  }

  TestServer server_;

 private:
  static TestServer With(std::vector<std::string> flags) {
    flags.push_back("--sweep_seconds=3600");
    return TestServer(std::move(flags), "population");
  }
};

}  // namespace pingan::testing
