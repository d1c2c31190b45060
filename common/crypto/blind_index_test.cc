#include "common/crypto/blind_index.h"

#include <set>

#include "common/crypto/temp_keyring.h"
#include "common/testing/matchers.h"

namespace pingan::crypto {
namespace {

using testing::TempFolder;
using testing::TempKeyring;

// Computed apart from this code with Python's hmac module; stored indexes depend on it.
TEST(BlindIndex, NeverChangesForGivenKeys) {
  TempFolder folder;
  folder.Write("pingan-keyring 1\nprimary 1\nindex " + std::string(64, 'a') + "\nkek 1 " +
               std::string(64, 'b') + "\n");
  ASSERT_OK_AND_ASSIGN(auto keyring, Keyring::Load(folder.File()));
  EXPECT_EQ(BlindIndex(*keyring, "population.person.phone", "13800000000"),
            "8099da16b6e5ea91f8837dc5ad13a96d");
}

TEST(BlindIndex, DependsOnKeyringFieldAndValueOnly) {
  TempKeyring temp, other;
  const std::string index = BlindIndex(*temp.keyring, "phone", "13800000000");
  EXPECT_EQ(BlindIndex(*temp.keyring, "phone", "13800000000"), index);
  const FieldIndex phones(*temp.keyring, "phone");
  EXPECT_EQ(phones.Of("13800000001"), BlindIndex(*temp.keyring, "phone", "13800000001"));
  EXPECT_EQ(phones.Of("13800000000"), index);
  const std::set<std::string> all = {
      index,
      BlindIndex(*other.keyring, "phone", "13800000000"),
      BlindIndex(*temp.keyring, "id_number", "13800000000"),
      BlindIndex(*temp.keyring, "phone", "13800000001"),
      BlindIndex(*temp.keyring, "phone1", "3800000000"),
      BlindIndex(*temp.keyring, "phone", ""),
  };
  EXPECT_EQ(all.size(), 6u);
  const Secret* derived = &temp.keyring->IndexKey("phone");
  EXPECT_NE(derived->view(), temp.keyring->IndexKey("id_number").view());
  temp.Rotate();
  EXPECT_EQ(&temp.keyring->IndexKey("phone"), derived) << "once for all";
  EXPECT_EQ(BlindIndex(*temp.keyring, "phone", "13800000000"), index);
}

}  // namespace
}  // namespace pingan::crypto
