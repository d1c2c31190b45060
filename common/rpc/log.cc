#include "common/rpc/log.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "absl/time/clock.h"

namespace pingan::rpc {
namespace {

// One write() per line, so that lines of several threads do not mix.
void Emit(const nlohmann::ordered_json& json) {
  std::string line = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  // A log that cannot be written must not stop the work.
  (void)!write(STDERR_FILENO, line.data(), line.size());
}

std::string Now() {
  return absl::FormatTime(absl::RFC3339_full, absl::Now(), absl::UTCTimeZone());
}

}  // namespace

void Log::Call(const CallLine& line, const Status& status) {
  // What overload refuses comes by the thousand and says nothing new; the metrics count it all.
  const bool refused = DetailsOf(status).reason == common::v1::OVERLOADED;
  const bool sampled = refused || (status.ok() && !line.write);
  if (!sampled || Sampled()) Write(line, status, sampled);
}

void Log::Write(const CallLine& line, const Status& status, bool sampled) {
  nlohmann::ordered_json json = {{"time", Now()}, {"service", service_}, {"method", line.method}};
  json["code"] = absl::StatusCodeToString(status.code());
  if (!status.ok()) json["reason"] = common::v1::Reason_Name(DetailsOf(status).reason);
  // A status of ours without a reason is a fault: its text is for operators only.
  if (DetailsOf(status).reason == common::v1::REASON_UNSPECIFIED && !status.ok()) {
    json["fault"] = std::string(status.message());
  }
  json["ms"] = std::round(line.milliseconds * 1000) / 1000;
  if (!line.subject.empty()) json["subject"] = line.subject;
  if (!line.name.empty()) json["name"] = line.name;
  if (!line.request_id.empty()) json["request_id"] = line.request_id;
  if (!line.trace.empty()) json["trace"] = line.trace;
  if (line.revision > 0) json["revision"] = line.revision;
  if (sampled) json["sample"] = sample_;
  Emit(json);
}

void Log::Note(std::string_view event, std::string_view detail) {
  nlohmann::ordered_json json = {{"time", Now()}, {"service", service_}, {"event", event}};
  if (!detail.empty()) json["detail"] = detail;
  Emit(json);
}

}  // namespace pingan::rpc
