#include "common/cache/protocol.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"

namespace pingan::cache {

std::string NoticePrefix(std::string_view prefix) {
  return absl::StrCat(AbslView(prefix), "inv:");
}

std::string NoticeKey(std::string_view prefix, const Notice& notice) {
  return absl::StrCat(NoticePrefix(prefix), notice.writer, ":", notice.batch, ":", notice.revision,
                      ":", notice.name);
}

std::optional<Notice> ParseNotice(std::string_view prefix, std::string_view key) {
  const std::string start = NoticePrefix(prefix);
  if (!key.starts_with(start)) return std::nullopt;
  key.remove_prefix(start.size());
  const std::vector<std::string> parts = absl::StrSplit(AbslView(key), absl::MaxSplits(':', 3));
  Notice notice;
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[1], &notice.batch) ||
      !absl::SimpleAtoi(parts[2], &notice.revision)) {
    return std::nullopt;
  }
  notice.writer = parts[0];
  notice.name = parts[3];
  return notice;
}

std::string EntryKey(std::string_view prefix, std::string_view table, std::string_view key) {
  return absl::StrCat(AbslView(prefix), "row:", AbslView(table), ":", AbslView(key));
}

std::string AckChannel(std::string_view prefix, std::string_view replica) {
  return absl::StrCat(AbslView(prefix), "ack:", AbslView(replica));
}

}  // namespace pingan::cache
