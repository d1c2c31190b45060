#include "tools/pinganctl/demo/city_script.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "pingan/population/v1/population.pb.h"
#include "tools/pinganctl/demo/resident.h"

namespace pingan::ctl {
namespace {

namespace v1 = population::v1;
using google::protobuf::Descriptor;
using google::protobuf::Message;

constexpr size_t kCountyDigits = 6;
constexpr uint64_t kSerials = 100'000'000;  // of one county

const char* RoleOf(const Message& request) {
  const Descriptor* type = request.GetDescriptor();
  if (type == v1::VerifyPersonRequest::descriptor()) return "grid_worker";
  const bool serves = type == v1::AcceptServiceRequest::descriptor() ||
                      type == v1::DeliverServiceRequest::descriptor() ||
                      type == v1::DenyServiceRequest::descriptor();
  return serves ? "village_officer" : "police_officer";
}

// What later steps ask of the file; the rest is forgotten, for many lives are under way.
std::shared_ptr<v1::Person> Kept(const v1::Person& person) {
  auto kept = std::make_shared<v1::Person>();
  kept->set_area(person.area());
  if (!person.service_items().empty()) {
    kept->add_service_items()->set_id(person.service_items().rbegin()->id());
  }
  for (const auto& duty : person.duties()) {
    if (duty.report_date().empty()) kept->add_duties()->set_id(duty.id());
  }
  return kept;
}

// Ids that only the file knows: of the service asked for last, of the first report still owed.
void Complete(const v1::Person& person, Message* request) {
  const Descriptor* type = request->GetDescriptor();
  const bool of_item =
      type->FindFieldByName("item") != nullptr && type != v1::RequestServiceRequest::descriptor();
  if (of_item && !person.service_items().empty()) {
    SetText(request, "item", person.service_items().rbegin()->id());
  }
  if (type->FindFieldByName("duty") == nullptr) return;
  if (!person.duties().empty()) SetText(request, "duty", person.duties(0).id());
}

}  // namespace

bool Names::Set(int64_t number, const std::string& name) {
  // persons/411602-00000017
  const size_t slash = name.find('/'), dash = name.find('-');
  uint64_t county = 0, serial = 0;
  if (number < 1 || static_cast<size_t>(number) >= packed_.size() || packed_[number] != 0 ||
      slash == std::string::npos || dash == std::string::npos || dash < slash ||
      !absl::SimpleAtoi(name.substr(slash + 1, dash - slash - 1), &county) ||
      !absl::SimpleAtoi(name.substr(dash + 1), &serial)) {
    return false;
  }
  packed_[number] = county * kSerials + serial;
  return true;
}

std::string Names::Of(int64_t number) const {
  const uint64_t packed = packed_[number];
  if (packed == 0) return "";
  return absl::StrFormat("persons/%06d-%08d", packed / kSerials, packed % kSerials);
}

Status CityScript::MoveClock(absl::CivilDay day) const {
  v1::ListCodesRequest request;
  request.set_list("permit-end");
  v1::ListCodesResponse response;
  return offices_.begin()->second->CallAt(TimeOf(day), request, &response);
}

std::optional<absl::CivilDay> CityScript::DayOf(int64_t number) const {
  const Life life = planner_.LifeOf(number);
  if (life.empty()) return std::nullopt;
  return life.front().day;
}

Script::Course CityScript::Begin(int64_t number) const {
  Course course{.number = number, .life = planner_.LifeOf(number), .name = names_.Of(number)};
  auto file = std::make_shared<v1::Person>();
  file->set_area(Resident(planner_.places(), planner_.seed(), number, planner_.period().first)
                     .person()
                     .area());
  course.file = std::move(file);
  return course;
}

Status CityScript::Make(Course* course, const Step& step, const std::string& request_id,
                        int worker) const {
  Message* request = step.request.get();
  const auto& file = static_cast<const v1::Person&>(*course->file);
  SetText(request, "request_id", request_id);
  if (!course->name.empty()) SetText(request, "name", course->name);
  Complete(file, request);
  const std::string& area = step.area.empty() ? file.area() : step.area;
  const auto office = offices_.find({RoleOf(*request), area.substr(0, kCountyDigits)});
  v1::Person answer;
  RETURN_IF_ERROR(office->second->CallAt(TimeOf(step.day), *request, &answer));
  course->name = answer.name();
  course->file = Kept(answer);
  moves_ += request->GetDescriptor() == v1::AcceptMoveRequest::descriptor();
  return absl::OkStatus();
}

}  // namespace pingan::ctl
