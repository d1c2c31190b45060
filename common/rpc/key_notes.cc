#include "common/rpc/key_notes.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/crypto/hmac.h"

namespace pingan::rpc {
namespace {

constexpr char kFold[] = "keyring";
constexpr char kIndex[] = "index";

std::string Kek(uint32_t id) {
  return absl::StrCat("kek ", id);
}

std::string CheckValue(const crypto::Secret& key) {
  return std::string(crypto::HkdfSha256(key.view(), "pingan key check v1", "").view());
}

}  // namespace

Status KeyNotes::Agree(const crypto::Keys& keys) const {
  Notes ours = {{kIndex, CheckValue(keys.index)}};
  for (const auto& [id, kek] : keys.keks) ours.emplace(Kek(id), CheckValue(kek));
  for (;;) {
    Notes notes;
    ASSIGN_OR_RETURN(const int64_t saves, Load(&notes));
    for (const auto& [name, value] : ours) {
      const auto noted = notes.find(name);
      if (noted == notes.end() || noted->second == value) continue;
      return Error(absl::StatusCode::kFailedPrecondition, common::v1::RECORD_UNREADABLE,
                   absl::StrCat(name,
                                " is another key than the one that the database was written "
                                "with; bring that one back"));
    }
    std::vector<std::pair<std::string, std::string>> fresh;
    for (const std::string& name : {std::string(kIndex), Kek(keys.primary)}) {
      if (!notes.contains(name)) fresh.emplace_back(name, ours.at(name));
    }
    if (fresh.empty()) return absl::OkStatus();
    // Does nothing if another replica has noted something meanwhile; the next turn compares.
    RETURN_IF_ERROR(store_->SaveFold(kFold, saves + 1, fresh));
  }
}

StatusOr<bool> KeyNotes::Knows(uint32_t kek) const {
  Notes notes;
  RETURN_IF_ERROR(Load(&notes).status());
  return notes.contains(Kek(kek));
}

// They stand there as a fold, whose position counts the times that something was noted.
StatusOr<int64_t> KeyNotes::Load(Notes* notes) const {
  return store_->LoadFold(kFold, [notes](std::string name, std::string value) {
    notes->emplace(std::move(name), std::move(value));
  });
}

}  // namespace pingan::rpc
