#include "common/rpc/admission.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/auth/scope.h"
#include "common/rpc/language.h"

namespace pingan::rpc {
namespace {

constexpr int kDrainRetryMs = 100;  // another replica may be asked at once

std::string_view View(const grpc::string_ref& ref) {
  return {ref.data(), ref.size()};
}

struct Headers {
  std::string_view authorization;
  int authorizations = 0;
  std::string_view purpose;
  std::string_view language;
  std::string_view clock;
  std::string_view traceparent;
};

Headers Read(const grpc::CallbackServerContext& context) {
  Headers headers;
  for (const auto& [key, value] : context.client_metadata()) {
    const std::string_view name = View(key);
    if (name == "authorization") {
      headers.authorization = View(value);
      ++headers.authorizations;
    } else if (name == "x-purpose") {
      headers.purpose = View(value);
    } else if (name == "accept-language") {
      headers.language = View(value);
    } else if (name == "x-clock") {
      headers.clock = View(value);
    } else if (name == "traceparent") {
      headers.traceparent = View(value);
    }
  }
  return headers;
}

Status MoveClock(DevClock* clock, std::string_view text) {
  if (text.empty()) return absl::OkStatus();
  absl::Time to;
  if (!clock || !absl::ParseTime(absl::RFC3339_full, AbslView(text), &to, nullptr)) {
    return FieldError("x-clock", "want a time, on a development server only");
  }
  // Statistics count months up to there (events/axis.h).
  if (to > absl::FromCivil(absl::CivilYear(5000), absl::UTCTimeZone())) {
    return FieldError("x-clock", "want a time before the year 5000");
  }
  clock->Advance(to);
  return absl::OkStatus();
}

Status PurposeMissing() {
  return Error(absl::StatusCode::kPermissionDenied, common::v1::PURPOSE_MISSING,
               "state the purpose of this call in x-purpose");
}

Status CheckPurpose(const Parts& parts, const Method& method, Admitted* admitted) {
  if (admitted->purpose.empty()) {
    if (!method.rule.purpose()) return absl::OkStatus();
    return PurposeMissing();
  }
  if (!parts.policy->AllowsPurpose(*admitted->caller, admitted->purpose)) {
    return Error(absl::StatusCode::kPermissionDenied, common::v1::PURPOSE_NOT_ALLOWED,
                 "the token does not allow this purpose");
  }
  admitted->reveal = parts.policy->Allows(*admitted->caller, method.reveal);
  return absl::OkStatus();
}

// When the caller gives up, within a year: what a header can say does not fit into nanoseconds.
absl::Time Asked(const grpc::CallbackServerContext& context, absl::Time now) {
  const gpr_timespec raw = gpr_convert_clock_type(context.raw_deadline(), GPR_CLOCK_REALTIME);
  const absl::Time most = now + absl::Hours(24 * 365);
  if (raw.tv_sec >= absl::ToUnixSeconds(most)) return most;
  return absl::FromUnixSeconds(raw.tv_sec) + absl::Nanoseconds(raw.tv_nsec);
}

}  // namespace

Status Admit(const Parts& parts, const Method& method, grpc::CallbackServerContext& context,
             Admitted* admitted) {
  parts.open->fetch_add(1);
  admitted->start_us = MonotonicMicros();
  if (parts.draining->load(std::memory_order_relaxed)) {
    return Draining();
  }
  const Headers headers = Read(context);
  admitted->trace = TraceOf(headers.traceparent);
  if (!admitted->trace.empty()) {
    context.AddTrailingMetadata("traceparent", RepeatedOf(headers.traceparent));
  }
  admitted->english = IsEnglish(headers.language);
  ASSIGN_OR_RETURN(admitted->caller, parts.authenticator->Authenticate(headers.authorization,
                                                                       headers.authorizations));
  if (!parts.policy->Allows(*admitted->caller, method.rule.permission())) {
    return Error(absl::StatusCode::kPermissionDenied, common::v1::PERMISSION_MISSING,
                 absl::StrCat("no role of the caller has ", method.rule.permission()));
  }
  if (method.rule.everywhere() && !auth::AreaReaches(*admitted->caller, parts.areas->Home()))
    return NotFound();
  if (int wait_ms = parts.quota->Take(admitted->caller->subject, admitted->start_us); wait_ms > 0) {
    return Error(absl::StatusCode::kResourceExhausted, "too many calls by this caller",
                 {.reason = common::v1::QUOTA_EXCEEDED, .retry_after_ms = wait_ms});
  }
  admitted->purpose = headers.purpose;
  RETURN_IF_ERROR(CheckPurpose(parts, method, admitted));
  RETURN_IF_ERROR(MoveClock(parts.dev_clock, headers.clock));
  admitted->now = parts.clock->Now();

  // Deadlines are of the machine's time, also where a development clock runs.
  const absl::Time now = Clock::Real().Now();
  const absl::Time asked = Asked(context, now);
  admitted->deadline =
      method.rule.deadline_ms() == 0 ? asked : std::min(asked, now + method.deadline());
  if (admitted->deadline <= now) {
    return Error(absl::StatusCode::kDeadlineExceeded, common::v1::DEADLINE_PASSED,
                 "the deadline has passed");
  }
  return absl::OkStatus();
}

bool MayGet(const Parts& parts, const auth::Caller& caller, const Table& table) {
  return parts.policy->Allows(caller, table.noun + ".get");
}

Status AdmitTo(const Parts& parts, const Table& table, Admitted* admitted) {
  if (!MayGet(parts, *admitted->caller, table)) {
    return Error(absl::StatusCode::kPermissionDenied, common::v1::PERMISSION_MISSING,
                 absl::StrCat("no role of the caller has ", table.noun, ".get"));
  }
  admitted->reveal =
      !admitted->purpose.empty() && parts.policy->Allows(*admitted->caller, table.noun + ".reveal");
  return absl::OkStatus();
}

Status StillAdmitted(const Parts& parts, const grpc::CallbackServerContext& context,
                     const Admitted& admitted) {
  if (Clock::Real().Now() >= admitted.deadline) {
    return Error(absl::StatusCode::kDeadlineExceeded, common::v1::DEADLINE_PASSED,
                 "the deadline passed during the stream");
  }
  const Headers headers = Read(context);
  return parts.authenticator->Authenticate(headers.authorization, headers.authorizations).status();
}

bool WantsEnglish(const grpc::CallbackServerContext& context) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find("accept-language");
  return found != metadata.end() && IsEnglish(View(found->second));
}

Status Draining() {
  return Error(absl::StatusCode::kUnavailable, "the server is going away",
               {.reason = common::v1::DRAINING, .retry_after_ms = kDrainRetryMs});
}

Status CheckReveal(const Admitted& admitted) {
  if (admitted.purpose.empty()) return PurposeMissing();
  if (admitted.reveal) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, common::v1::PERMISSION_MISSING,
               "no role of the caller shows the personal data that is asked by");
}

Status Overloaded(int retry_ms) {
  return Error(absl::StatusCode::kResourceExhausted, "too much work is waiting",
               {.reason = common::v1::OVERLOADED, .retry_after_ms = retry_ms});
}

}  // namespace pingan::rpc
