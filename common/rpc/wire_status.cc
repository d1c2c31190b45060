#include "common/rpc/wire_status.h"

#include <map>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/error_info.pb.h"
#include "google/rpc/status.pb.h"

namespace pingan::rpc {
namespace {

using common::v1::Reason;

// What a clerk reads.
std::string_view Chinese(Reason reason) {
  static const std::map<Reason, std::string_view> texts = {
      {common::v1::FIELD_INVALID, "填写内容不符合要求"},
      {common::v1::FIELD_REQUIRED, "必填项缺失"},
      {common::v1::FIELD_UNKNOWN, "包含无法识别的字段"},
      {common::v1::BODY_UNREADABLE, "请求内容无法解析"},
      {common::v1::BODY_TOO_LARGE, "请求内容过大"},
      {common::v1::PAGE_TOKEN_INVALID, "翻页标记无效"},
      {common::v1::FILTER_INVALID, "筛选条件无效"},
      {common::v1::TOKEN_MISSING, "未登录"},
      {common::v1::TOKEN_INVALID, "登录凭证无效"},
      {common::v1::TOKEN_EXPIRED, "登录已过期"},
      {common::v1::PERMISSION_MISSING, "没有权限"},
      {common::v1::PURPOSE_MISSING, "必须说明使用目的"},
      {common::v1::PURPOSE_NOT_ALLOWED, "使用目的不被允许"},
      {common::v1::RESOURCE_ABSENT, "未找到"},
      {common::v1::ACTION_NOT_ALLOWED, "当前状态不允许此操作"},
      {common::v1::WINDOW_CLOSED, "已超过办理期限"},
      {common::v1::CONSENT_MISSING, "缺少当事人同意"},
      {common::v1::LIMIT_REACHED, "已达上限"},
      {common::v1::SCHEMA_NEWER, "数据库版本高于程序版本"},
      {common::v1::ETAG_STALE, "内容已被他人修改，请刷新"},
      {common::v1::WRITE_CONFLICT, "写入冲突，请重试"},
      {common::v1::REQUEST_ID_REUSED, "请求编号已用于其他内容"},
      {common::v1::RESOURCE_EXISTS, "已存在"},
      {common::v1::OVERLOADED, "系统繁忙，请稍后重试"},
      {common::v1::QUOTA_EXCEEDED, "请求过于频繁，请稍后重试"},
      {common::v1::DATABASE_UNAVAILABLE, "数据库暂不可用，请稍后重试"},
      {common::v1::DRAINING, "服务正在重启，请重试"},
      {common::v1::REVISION_COMPACTED, "所需历史版本已清理"},
      {common::v1::REVISION_AHEAD, "所需版本尚未产生"},
      {common::v1::COMMIT_UNCERTAIN, "提交结果不确定，请用同一请求编号重试"},
      {common::v1::DEADLINE_PASSED, "处理超时"},
      {common::v1::CALL_CANCELLED, "调用已取消"},
      {common::v1::INTERNAL_FAULT, "系统内部错误"},
      {common::v1::RECORD_UNREADABLE, "记录无法解密"},
  };
  auto found = texts.find(reason);
  return found == texts.end() ? std::string_view() : found->second;
}

void AddDetails(const ErrorDetails& details, std::string_view message, bool english,
                google::rpc::Status* wire) {
  google::rpc::ErrorInfo info;
  info.set_reason(common::v1::Reason_Name(details.reason));
  info.set_domain("pingan");
  for (const auto& [key, value] : details.metadata) (*info.mutable_metadata())[key] = value;
  wire->add_details()->PackFrom(info);
  if (!details.fields.empty()) {
    google::rpc::BadRequest bad;
    for (const auto& field : details.fields) {
      auto* violation = bad.add_field_violations();
      violation->set_field(field.path);
      violation->set_description(field.problem);
    }
    wire->add_details()->PackFrom(bad);
  }
  if (!details.allowed_actions.empty()) {
    google::rpc::PreconditionFailure failure;
    for (const auto& action : details.allowed_actions) {
      auto* violation = failure.add_violations();
      violation->set_type("ALLOWED_ACTION");
      violation->set_subject(action);
    }
    wire->add_details()->PackFrom(failure);
  }
  if (details.retry_after_ms > 0) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(details.retry_after_ms / 1000);
    retry.mutable_retry_delay()->set_nanos(details.retry_after_ms % 1000 * 1000000);
    wire->add_details()->PackFrom(retry);
  }
  google::rpc::LocalizedMessage localized;
  const std::string_view chinese = english ? std::string_view() : Chinese(details.reason);
  localized.set_locale(chinese.empty() ? "en" : "zh-CN");
  localized.set_message(std::string(chinese.empty() ? message : chinese));
  wire->add_details()->PackFrom(localized);
}

}  // namespace

grpc::Status WireStatus(const Status& status, bool english) {
  if (status.ok()) return grpc::Status::OK;
  ErrorDetails details = DetailsOf(status);
  google::rpc::Status wire;
  if (details.reason == common::v1::REASON_UNSPECIFIED) {
    details = {.reason = common::v1::INTERNAL_FAULT};
    wire.set_code(grpc::INTERNAL);
    wire.set_message("internal fault");
  } else {
    wire.set_code(static_cast<int>(status.code()));
    wire.set_message(std::string(status.message()));
  }
  AddDetails(details, wire.message(), english, &wire);
  return grpc::Status(static_cast<grpc::StatusCode>(wire.code()), wire.message(),
                      wire.SerializeAsString());
}

Status FromWire(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  ErrorDetails details;
  google::rpc::Status wire;
  wire.ParseFromString(status.error_details());
  for (const auto& any : wire.details()) {
    if (google::rpc::ErrorInfo info; any.UnpackTo(&info)) {
      Reason reason;
      if (common::v1::Reason_Parse(info.reason(), &reason)) details.reason = reason;
      details.metadata.assign(info.metadata().begin(), info.metadata().end());
    } else if (google::rpc::BadRequest bad; any.UnpackTo(&bad)) {
      for (const auto& field : bad.field_violations()) {
        details.fields.push_back({field.field(), field.description()});
      }
    } else if (google::rpc::PreconditionFailure failure; any.UnpackTo(&failure)) {
      for (const auto& violation : failure.violations()) {
        details.allowed_actions.push_back(violation.subject());
      }
    } else if (google::rpc::RetryInfo retry; any.UnpackTo(&retry)) {
      details.retry_after_ms = static_cast<int>(retry.retry_delay().seconds() * 1000 +
                                                retry.retry_delay().nanos() / 1000000);
    }
  }
  return Error(static_cast<absl::StatusCode>(status.error_code()), status.error_message(), details);
}

}  // namespace pingan::rpc
