#include "common/store/chain.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"

namespace pingan::store {
namespace {

// Worked out by another program from the words of the header: an auditor can.
TEST(Chain, LinksAsTheHeaderSays) {
  const Audit first = {.id = 1,
                       .time_us = 1767225600000000,
                       .actor = "police_officer-411602",
                       .method = "CreatePerson",
                       .name = "persons/411602-00000001",
                       .area = "411602001002",
                       .purpose = "",
                       .request_id = "5a0c",
                       .revision = 1};
  const Audit second = {.id = 2, .actor = "审计", .method = "GetPerson"};
  const std::string link = LinkOf("", first);
  EXPECT_EQ(absl::BytesToHexString(link),
            "ae8b08b7e786fed1a717ef91027b693563c43bee9e43b459b2eb67ec45baf50b");
  EXPECT_EQ(absl::BytesToHexString(LinkOf(link, second)),
            "9fbadaad16f5f0a8ebdd04b2d56e925d08d7458a610917505417c7152a2f245e");
}

}  // namespace
}  // namespace pingan::store
