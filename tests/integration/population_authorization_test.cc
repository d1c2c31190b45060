// Who may do what where in the register: every role x every method x every relation of areas, with
// a person, a dwelling, a visit and a suspected pair in each of three areas.
#include "common/rpc/wire_status.h"
#include "pingan/common/v1/options.pb.h"
#include "tests/integration/oracle.h"
#include "tests/integration/population_world.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
using ::testing::IsEmpty;
namespace v1 = population::v1;

constexpr char kSibling[] = "411602001003";
constexpr char kNowhere[] = "994116020010";
constexpr char kPurpose[] = "service_delivery";
constexpr char kSecret[] = "口说无凭之言在此";

// In all relations to the villages kHere, kSibling and kThere. 411620 is no county: cut by digits
// instead of levels it would be the beginning of 411621.
constexpr const char* kAreas[] = {"",          "41",           "4116",      "411602", "411602001",
                                  "411602002", "411621",       "411620",    "4117",   kHere,
                                  kSibling,    "411602001020", "411602010", "42"};

const Subject kAbsent = {.area = kNowhere,
                         .names = {{"persons", "persons/411602-99999999"},
                                   {"dwellings", "dwellings/411602-99999999"},
                                   {"tasks", "tasks/p411602-99999999-1"},
                                   {"duplicates", "duplicates/411602-99999998.411602-99999999"}}};

class PopulationAuthorization : public PopulationWorld {
 protected:
  void SetUp() override {
    PopulationWorld::SetUp();
    int number = 0;
    for (const char* area : {kHere, kSibling, kThere}) {
      Subject& subject = subjects_.emplace_back(Subject{.area = area});
      subject.names = Records(area, ++number);
    }
  }

  std::map<std::string, std::string> Records(const std::string& area, int number) const {
    const rpc::Client city = Police("4116");
    std::map<std::string, std::string> names;
    for (const char* kind : {"2", "1"}) {
      // Two files of one person, the first with a document.
      auto request = NewPerson(area, std::to_string(number) + kind + "1");
      request.mutable_person()->set_phone("1380000000" + std::to_string(number));
      request.mutable_person()->set_display_name(
          std::vector<std::string>{"赵一鸣", "钱二妹", "孙三元"}[static_cast<size_t>(number - 1)]);
      if (*kind == '1') request.mutable_person()->clear_documents();
      if (*kind == '1') request.mutable_person()->set_birth_date("1990-05-17");
      names["persons"] = Must<v1::Person>(city, request).name();
    }
    auto dwelling = New<v1::CreateDwellingRequest>();
    dwelling.mutable_dwelling()->set_area(area);
    dwelling.mutable_dwelling()->set_address("一村8号");
    dwelling.mutable_dwelling()->set_use(v1::Dwelling::OWN);
    names["dwellings"] = Must<v1::Dwelling>(city, dwelling).name();
    auto task = New<v1::OpenTaskRequest>();
    task.set_subject(names["persons"]);
    names["tasks"] = Must<v1::VerificationTask>(city, task).name();
    v1::ListDuplicatesRequest pairs;
    pairs.set_area(area);
    const auto page = Must<v1::ListDuplicatesResponse>(city, pairs);
    EXPECT_EQ(page.candidates_size(), 1) << area;
    names["duplicates"] = page.candidates(0).name();
    return names;
  }

  Answer Try(const std::string& token, const MethodDescriptor* method,
             const Subject& subject) const {
    return Ask(city_.channel(), token, method, *RequestFor(method, subject), kPurpose);
  }

  void Check(const std::string& area, const std::string& token, const MethodDescriptor* method,
             bool permitted) const;

  static const MethodDescriptor* Method(const std::string& name) {
    return v1::GetPersonRequest::descriptor()->file()->service(0)->FindMethodByName(name);
  }

  // The records of the subject, each with the same words to be masked.
  std::map<std::string, std::string> WithSecrets(const Subject& subject) const {
    auto names = subject.names;
    const rpc::Client city = Police("4116");
    auto person = New<v1::UpdatePersonRequest>();
    person.mutable_person()->set_name(names.at("persons"));
    person.mutable_person()->set_household_address(kSecret);
    person.mutable_update_mask()->add_paths("household_address");
    Must<v1::Person>(city, person);
    auto dwelling = New<v1::UpdateDwellingRequest>();
    dwelling.mutable_dwelling()->set_name(names.at("dwellings"));
    dwelling.mutable_dwelling()->mutable_owner()->set_address(kSecret);
    dwelling.mutable_update_mask()->add_paths("owner");
    Must<v1::Dwelling>(city, dwelling);
    auto task = New<v1::OpenTaskRequest>();
    task.set_subject(names.at("persons"));
    task.set_note(kSecret);
    names["tasks"] = Must<v1::VerificationTask>(city, task).name();
    auto dismiss = On<v1::DismissDuplicateRequest>(names.at("duplicates"));
    dismiss.set_reason(kSecret);
    Must<v1::DuplicateCandidate>(city, dismiss);
    return names;
  }

  const rpc::Client city_ = Police("4116");
  std::vector<Subject> subjects_;
};

// Asks by a value, not by a record or an area: its answers hold what the caller may see.
bool Searches(const MethodDescriptor* method) {
  return method->name() == "LookupPerson" || method->name() == "FindDuplicates";
}

void PopulationAuthorization::Check(const std::string& area, const std::string& token,
                                    const MethodDescriptor* method, bool permitted) const {
  for (const Subject& subject : subjects_) {
    const Answer answer = Try(token, method, subject);
    const Status status = rpc::FromWire(answer.status);
    const bool denied = DetailsOf(status).reason == common::v1::PERMISSION_MISSING;
    ASSERT_EQ(denied, !permitted) << status;
    if (denied) {
      EXPECT_EQ(status.code(), StatusCode::kPermissionDenied);
    } else if (Searches(method)) {
      // What they find is looked at below.
    } else if (AimsOf(method) == Aims::kAll && !Inside(area, kCity)) {
      EXPECT_EQ(status.code(), StatusCode::kNotFound);
    } else if (AimsOf(method) == Aims::kNothing || AimsOf(method) == Aims::kAll) {
      EXPECT_OK(status);
    } else if (method->name() != "ClaimMove" && Inside(area, subject.area)) {
      ExpectSeen(method, answer);
    } else {
      // A claim without the person's document is refused as if there were no such file, wherever
      // that is; what is wrong with the arrival itself is told first.
      Subject absent = kAbsent;
      if (method->name() == "ClaimMove") absent.area = subject.area;
      ExpectHidden(method, answer, Try(token, method, absent));
    }
  }
}

TEST_F(PopulationAuthorization, EveryRoleMethodAndAreaAsThePolicySays) {
  const auto roles = Roles();
  const auto methods = Methods(v1::GetPersonRequest::descriptor());
  ASSERT_GE(roles.size(), 12u);
  ASSERT_GE(methods.size(), 60u);
  for (const auto& [role, permissions] : roles) {
    if (role == "party") continue;  // of a dispute: has no area at all
    for (const std::string area : kAreas) {
      const std::string token =
          server_.Token({.roles = {role}, .area = area, .purposes = {kPurpose}});
      for (const MethodDescriptor* method : methods) {
        SCOPED_TRACE(role + " of " + (area.empty() ? "everywhere" : area) + ": " + method->name());
        Check(area, token, method, permissions.contains(PermissionOf(method)));
        if (HasFatalFailure()) return;
      }
    }
  }
}

// A method for records of every kind asks for what Get of that kind asks for, and shows what it
// shows, mask for mask.
TEST_F(PopulationAuthorization, AHistoryShowsWhatGetShowsAndNothingElse) {
  const auto names = WithSecrets(subjects_[0]);
  const std::map<std::string, const MethodDescriptor*> gets = {
      {"person", Method("GetPerson")},
      {"dwelling", Method("GetDwelling")},
      {"task", Method("GetTask")},
      {"duplicate", Method("GetDuplicate")}};
  for (const auto& [role, permissions] : Roles()) {
    if (role == "party") continue;
    const std::string token =
        server_.Token({.roles = {role}, .area = "4116", .purposes = {kPurpose}});
    for (const auto& [noun, get] : gets) {
      SCOPED_TRACE(role + " reads a " + noun);
      const bool may =
          permissions.contains("person.history") && permissions.contains(noun + ".get");
      const std::string& name = names.at(noun + "s");
      const auto history = Ask(city_.channel(), token, Method("GetHistory"),
                               Of<v1::GetHistoryRequest>(name), kPurpose);
      EXPECT_EQ(DetailsOf(rpc::FromWire(history.status)).reason,
                may ? common::v1::REASON_UNSPECIFIED : common::v1::PERMISSION_MISSING);
      if (!may) continue;
      const auto shown = Ask(city_.channel(), token, get,
                             *RequestFor(get, {.area = kHere, .names = names}), kPurpose)
                             .message;
      const auto& events = static_cast<const v1::GetHistoryResponse&>(*history.message).events();
      std::unique_ptr<Message> last(shown->New());
      ASSERT_TRUE(events.rbegin()->resource().UnpackTo(last.get()));
      EXPECT_EQ(last->SerializeAsString(), shown->SerializeAsString());
      EXPECT_EQ(shown->SerializeAsString().find(kSecret) != std::string::npos,
                permissions.contains(noun + ".reveal"));
    }
  }
}

// Whoever watches is told of the kinds of records that the caller may get.
TEST_F(PopulationAuthorization, AWatchTellsOfWhatTheCallerMayGet) {
  for (const char* role : {"county_officer", "service"}) {
    const auto permissions = Roles().at(role);
    const rpc::Client client = As(role, "4116");
    const int64_t last = Get(subjects_[2].names.at("persons"), Police("4116")).revision();
    std::set<std::string> told;
    EXPECT_OK(client.Watch(v1::WatchPopulationRequest(), v1::WatchPopulationResponse(),
                           absl::Seconds(30), [&](const Message& message) {
                             const auto& one =
                                 static_cast<const v1::WatchPopulationResponse&>(message);
                             const std::string& name = one.event().name();
                             if (!name.empty()) told.insert(name.substr(0, name.find("s/")));
                             return one.revision() < last;
                           }));
    for (const char* noun : {"person", "dwelling", "task", "duplicate"}) {
      EXPECT_EQ(told.contains(noun), permissions.contains(std::string(noun) + ".get"))
          << role << " of a " << noun;
    }
  }
}

TEST_F(PopulationAuthorization, ASearchFindsWhatIsInsideAndNothingElse) {
  for (const std::string area : kAreas) {
    const rpc::Client police = Police(area, kPurpose);
    for (size_t i = 0; i < subjects_.size(); ++i) {
      SCOPED_TRACE(area + " looks for one of " + subjects_[i].area);
      v1::LookupPersonRequest lookup;
      lookup.set_phone("1380000000" + std::to_string(i + 1));
      v1::FindDuplicatesRequest find;
      *find.mutable_person() = Get(subjects_[i].names.at("persons"), Police("4116", kPurpose));
      const int found = Inside(area, subjects_[i].area) ? 2 : 0;
      EXPECT_EQ(Must<v1::LookupPersonResponse>(police, lookup).persons_size(), found);
      EXPECT_EQ(Must<v1::FindDuplicatesResponse>(police, find).matches_size(), found);
    }
  }
}

// Lists, counts and streams hold the records of the area, one for one.
TEST_F(PopulationAuthorization, ListsAndStreamsEndAtTheBorder) {
  for (const std::string area : kAreas) {
    SCOPED_TRACE(area);
    int inside = 0;
    for (const Subject& subject : subjects_) inside += Inside(area, subject.area);
    const rpc::Client police = Police(area, kPurpose);
    EXPECT_EQ(Must<v1::ListPersonsResponse>(police, v1::ListPersonsRequest()).persons_size(),
              2 * inside);
    EXPECT_EQ(Must<v1::ListDwellingsResponse>(police, v1::ListDwellingsRequest()).dwellings_size(),
              inside);
    EXPECT_EQ(Must<v1::ListTasksResponse>(police, v1::ListTasksRequest()).tasks_size(), inside);
    EXPECT_EQ(
        Must<v1::ListDuplicatesResponse>(police, v1::ListDuplicatesRequest()).candidates_size(),
        inside);
    int exported = 0;
    EXPECT_OK(police.Watch(v1::ExportPersonsRequest(), v1::ExportPersonsResponse(),
                           absl::Seconds(30), [&](const google::protobuf::Message& row) {
                             const auto& one = static_cast<const v1::ExportPersonsResponse&>(row);
                             EXPECT_TRUE(Inside(area, one.person().area()));
                             ++exported;
                             return true;
                           }));
    EXPECT_EQ(exported, 2 * inside);
  }
}

TEST_F(PopulationAuthorization, WhatDemandsAPurposeIsRefusedWithoutOne) {
  int demanding = 0;
  for (const MethodDescriptor* method : Methods(v1::GetPersonRequest::descriptor())) {
    if (!method->options().GetExtension(common::v1::rule).purpose()) continue;
    ++demanding;
    for (const auto& [role, permissions] : Roles()) {
      if (!permissions.contains(PermissionOf(method)) || role == "party") continue;
      const std::string token =
          server_.Token({.roles = {role}, .area = "411602", .purposes = {kPurpose}});
      for (const char* purpose : {"", "data_quality", "no_such_purpose"}) {
        const auto request = RequestFor(method, subjects_[0]);
        const Status status =
            rpc::FromWire(Ask(city_.channel(), token, method, *request, purpose).status);
        EXPECT_EQ(status.code(), StatusCode::kPermissionDenied) << method->name() << purpose;
      }
    }
  }
  EXPECT_GT(demanding, 0);
}

}  // namespace
}  // namespace pingan::testing
