#include <filesystem>

#include "common/store/connection.h"
#include "common/store/contract.h"

namespace pingan::store {
namespace {

std::string NewFile() {
  static int files = 0;
  return "sqlite:" + ::testing::TempDir() + "/contract" + std::to_string(++files) + ".db";
}

INSTANTIATE_TEST_SUITE_P(Sqlite, Contract, ::testing::Values(Engine{"sqlite", NewFile}));

TEST(Sqlite, SecondProcessIsRefused) {
  const Options options = {.database = NewFile()};
  {
    ASSERT_OK_AND_ASSIGN(auto store, Open(options, "contract", {}));
    EXPECT_THAT(Open(options, "contract", {}), testing::Fails(absl::StatusCode::kFailedPrecondition,
                                                              common::v1::ACTION_NOT_ALLOWED));
  }
  EXPECT_OK(Open(options, "contract", {}));
}

TEST(Sqlite, SecondProcessIsRefusedByEveryNameOfTheFile) {
  const std::string file = NewFile(), link = NewFile();
  std::filesystem::create_symlink(file.substr(7), link.substr(7));
  for (const auto& [first, second] : {std::pair{link, file}, {file, link}}) {
    ASSERT_OK_AND_ASSIGN(auto store, Open({.database = first}, "contract", {}));
    EXPECT_THAT(Open({.database = second}, "contract", {}),
                testing::Fails(absl::StatusCode::kFailedPrecondition,
                               common::v1::ACTION_NOT_ALLOWED));
  }
}

TEST(Sqlite, NewerSchemaIsRefused) {
  const Options options = {.database = NewFile()};
  ASSERT_OK(Open(options, "contract", {}));
  {
    ASSERT_OK_AND_ASSIGN(auto database, OpenSqlite(options.database.substr(7)));
    ASSERT_OK_AND_ASSIGN(auto connection, database->Connect(Role::kWrite));
    const Statement newer = Sql{"UPDATE schema_version SET version = version + 1"};
    ASSERT_OK(connection->Run({&newer, 1}));
  }
  EXPECT_THAT(Open(options, "contract", {}),
              testing::Fails(absl::StatusCode::kFailedPrecondition, common::v1::SCHEMA_NEWER));
}

TEST(Sqlite, UnreachableFileIsUnavailable) {
  EXPECT_THAT(Open({.database = "sqlite:/proc/no/such/folder.db"}, "contract", {}),
              testing::Fails(absl::StatusCode::kUnavailable, common::v1::DATABASE_UNAVAILABLE));
}

}  // namespace
}  // namespace pingan::store
