// Who is found by a number, an id or an employer, by whom, and what is on record of it.
#include <algorithm>
#include <set>

#include "tests/integration/population_world.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
namespace reason = common::v1;
namespace v1 = population::v1;

using PopulationLookup = PopulationWorld;

TEST_F(PopulationLookup, IsLookedUpByDocumentOrTelephoneWithinTheArea) {
  Create();
  Must<v1::Person>(Police("411621"), NewPerson(kThere));
  v1::LookupPersonRequest document, phone;
  document.set_document_number(CitizenId("32010219900517123"));
  phone.set_phone("+86 138-0000-0001");
  for (const auto& request : {document, phone}) {
    const auto found = [&](const std::string& area) {
      return Must<v1::LookupPersonResponse>(Police(area, "service_delivery"), request)
          .persons_size();
    };
    EXPECT_EQ(found("411602"), 1);
    EXPECT_EQ(found("4116"), 2);
    EXPECT_EQ(found("411681"), 0);
    v1::LookupPersonResponse answer;
    EXPECT_THAT(Police("4116").Call(request, &answer),
                Fails(StatusCode::kPermissionDenied, reason::PURPOSE_MISSING));
  }
}

TEST_F(PopulationLookup, ANumberThatManyShareIsLookedUpWithinTheArea) {
  std::vector<v1::ImportPersonsRequest> rows;
  for (int i = 0; i < 25; ++i) {
    rows.push_back(Row(i));
    rows.back().mutable_person()->set_area(kThere);
    *rows.back().mutable_person()->mutable_residences(0) = Spell(kThere, "2020-01-01");
    rows.back().mutable_person()->set_phone("13800000001");
  }
  ASSERT_EQ(Import(rows).rows_stored(), 25);
  // The last of all by its name.
  auto last = NewPerson("411681001001");
  const std::string name = Must<v1::Person>(Police("411681"), last).name();
  v1::LookupPersonRequest lookup;
  lookup.set_phone("13800000001");
  const auto here = Must<v1::LookupPersonResponse>(Police("411681", "service_delivery"), lookup);
  ASSERT_EQ(here.persons_size(), 1);
  EXPECT_EQ(here.persons(0).name(), name);
  EXPECT_FALSE(here.more());
  const auto city = Must<v1::LookupPersonResponse>(Police("4116", "service_delivery"), lookup);
  EXPECT_EQ(city.persons_size(), 20);
  EXPECT_TRUE(city.more());
  const auto audit =
      Must<v1::ListAuditEntriesResponse>(As("auditor", "4116"), v1::ListAuditEntriesRequest());
  EXPECT_EQ(std::count_if(audit.entries().begin(), audit.entries().end(),
                          [](const auto& entry) { return entry.method() == "LookupPerson"; }),
            21)
      << "of those alone who were told of";
}

// Who tries one number after another leaves a trace, of whom it was asked nothing.
TEST_F(PopulationLookup, ALookUpThatFindsNobodyIsOnRecordToo) {
  Create();
  v1::LookupPersonRequest lookup;
  lookup.set_document_number(CitizenId("32010219900517125"));
  for (int i = 0; i < 2; ++i) {
    const auto none = Must<v1::LookupPersonResponse>(Police("411602", "service_delivery"), lookup);
    EXPECT_EQ(none.persons_size(), 0);
  }
  const auto audit =
      Must<v1::ListAuditEntriesResponse>(As("auditor", "411602"), v1::ListAuditEntriesRequest());
  int found = 0;
  for (const auto& entry : audit.entries()) {
    if (entry.method() != "LookupPerson") continue;
    ++found;
    EXPECT_EQ(entry.name(), "");
    EXPECT_EQ(entry.actor(), "police_officer-411602");
    EXPECT_EQ(entry.purpose(), "service_delivery");
    EXPECT_EQ(entry.SerializeAsString().find("19900517"), std::string::npos);
  }
  EXPECT_EQ(found, 2);
  EXPECT_GT(VerifyAudit().entry(), 2);
}

// A search by likeness says whose telephone or birth date it is as well as a look-up does.
TEST_F(PopulationLookup, ASearchForDuplicatesIsOnRecordWithAndWithoutAMatch) {
  const std::string name = Create().name();
  for (const char* sequence : {"123", "127"}) {
    v1::FindDuplicatesRequest search;
    auto& person = *search.mutable_person();
    person.set_area(kHere);
    person.set_kind(v1::FLOATING);
    person.set_display_name(sequence[2] == '3' ? "张建国" : "欧阳无人");
    person.set_phone(sequence[2] == '3' ? "13800000001" : "13800000009");
    person.set_birth_date("1990-05-17");
    // A grid worker may search, but sees nothing of a pair.
    const auto found =
        Must<v1::FindDuplicatesResponse>(As("grid_worker", kHere, "service_delivery"), search);
    EXPECT_EQ(found.matches_size(), sequence[2] == '3' ? 1 : 0);
  }
  const auto audit =
      Must<v1::ListAuditEntriesResponse>(As("auditor", "411602"), v1::ListAuditEntriesRequest());
  std::vector<std::string> of;
  for (const auto& entry : audit.entries()) {
    if (entry.method() != "FindDuplicates") continue;
    of.push_back(entry.name());
    EXPECT_EQ(entry.actor(), std::string("grid_worker-") + kHere);
    EXPECT_EQ(entry.purpose(), "service_delivery");
  }
  EXPECT_EQ(of, (std::vector<std::string>{"", name})) << "newest first";
  const auto reads = Must<v1::ListReadsResponse>(As("data_protection_officer", "411602"),
                                                 Of<v1::ListReadsRequest>(name));
  ASSERT_EQ(reads.entries_size(), 1);
  EXPECT_EQ(reads.entries(0).method(), "FindDuplicates");
}

// The name sounds otherwise, so that nothing but the telephone leads from one file to the other.
TEST_F(PopulationLookup, AWriteLooksAtAsManyWhoShareANumberAsASearch) {
  std::vector<v1::ImportPersonsRequest> rows;
  for (int i = 0; i < 25; ++i) {
    rows.push_back(Row(i));
    rows.back().mutable_person()->set_phone("13800000001");
  }
  ASSERT_EQ(Import(rows).rows_stored(), 25);
  const std::string known = Must<v1::Person>(Police("411681"), NewPerson("411681001001")).name();
  auto slip = NewPerson(kHere, "125");
  slip.mutable_person()->set_display_name("张建民");
  v1::FindDuplicatesRequest search;
  *search.mutable_person() = slip.person();
  const auto found = Must<v1::FindDuplicatesResponse>(Police("4116", "service_delivery"), search);
  ASSERT_EQ(found.matches_size(), 1);
  EXPECT_EQ(found.matches(0).person(), known);
  Must<v1::Person>(Police("4116"), slip);
  const auto pairs = Must<v1::ListDuplicatesResponse>(Police("4116"), v1::ListDuplicatesRequest());
  ASSERT_EQ(pairs.candidates_size(), 1);
  EXPECT_EQ(pairs.candidates(0).second(), known);
}

// The token of a page is the caller's, for that dwelling: no name of a person, and nobody else's.
TEST_F(PopulationLookup, ResidentsComeInPagesOfTheCallersOwn) {
  auto create = New<v1::CreateDwellingRequest>();
  create.mutable_dwelling()->set_area(kHere);
  create.mutable_dwelling()->set_address("一村8号");
  create.mutable_dwelling()->set_use(v1::Dwelling::LET);
  const std::string dwelling = Must<v1::Dwelling>(Police("4116"), create).name();
  for (const char* sequence : {"123", "125", "127"}) {
    auto person = NewPerson(kHere, sequence);
    person.mutable_residence()->set_dwelling(dwelling);
    Must<v1::Person>(Police("4116"), person);
  }
  v1::ListResidentsRequest list;
  list.set_dwelling(dwelling);
  list.set_page_size(2);
  std::set<std::string> names;
  for (int pages : {1, 2}) {
    const auto page = Must<v1::ListResidentsResponse>(Police("411602"), list);
    for (const auto& resident : page.residents()) names.insert(resident.person());
    EXPECT_EQ(page.next_page_token().empty(), pages == 2);
    if (pages == 1) list.set_page_token(page.next_page_token());
    list.set_page_size(3);  // may change between pages
  }
  EXPECT_EQ(names.size(), 3u);
  v1::ListResidentsResponse none;
  const auto invalid = Fails(StatusCode::kInvalidArgument, reason::PAGE_TOKEN_INVALID);
  EXPECT_THAT(Police("4116").Call(list, &none), invalid) << "of another caller";
  v1::ListResidentsRequest other = list;
  other.set_on_date("2026-03-01");
  EXPECT_THAT(Police("411602").Call(other, &none), invalid) << "of another day";
  other = list;
  other.set_page_token(*names.begin());
  EXPECT_THAT(Police("411602").Call(other, &none), invalid);
}

TEST_F(PopulationLookup, IsListedByEmployerForWhoMaySeeIt) {
  const std::string name = Create().name();
  auto work = On<v1::RecordEmploymentRequest>(name);
  work.mutable_employment()->set_employer("周口市钟表店");
  work.mutable_employment()->set_from_date("2026-03-01");
  work.mutable_employment()->set_source(v1::SELF);
  Must<v1::Person>(Police("4116"), work);
  Create(kHere, "125");
  v1::ListPersonsRequest list;
  list.set_filter("employer = \"周口市钟表店\"");
  const auto found = Must<v1::ListPersonsResponse>(Police("4116", "service_delivery"), list);
  ASSERT_EQ(found.persons_size(), 1);
  EXPECT_EQ(found.persons(0).name(), name);
  v1::ExportPersonsRequest rows;
  rows.set_filter(list.filter());
  int exported = 0;
  const auto count = [&exported](const google::protobuf::Message&) { return ++exported > 0; };
  EXPECT_OK(Police("4116", "service_delivery")
                .Watch(rows, v1::ExportPersonsResponse(), absl::Seconds(30), count));
  EXPECT_EQ(exported, 1) << "by the same filter";
  EXPECT_THAT(Police("4116").Watch(rows, v1::ExportPersonsResponse(), absl::Seconds(30), count),
              Fails(StatusCode::kPermissionDenied, reason::PURPOSE_MISSING));
  v1::ListPersonsResponse answer;
  EXPECT_THAT(Police("4116").Call(list, &answer),
              Fails(StatusCode::kPermissionDenied, reason::PURPOSE_MISSING));
  EXPECT_THAT(As("county_officer", "411602", "service_delivery").Call(list, &answer),
              Fails(StatusCode::kPermissionDenied, reason::PERMISSION_MISSING));
  list.set_filter("employer >= \"周\"");
  EXPECT_THAT(Police("4116", "service_delivery").Call(list, &answer),
              Fails(StatusCode::kInvalidArgument, reason::FILTER_INVALID));
}

}  // namespace
}  // namespace pingan::testing
