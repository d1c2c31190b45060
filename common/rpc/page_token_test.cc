#include "common/rpc/page_token.h"

#include "common/crypto/temp_keyring.h"
#include "common/testing/matchers.h"

namespace pingan::rpc {
namespace {

using common::v1::PAGE_TOKEN_INVALID;
using testing::Fails;

const auto kRefused = [] { return Fails(absl::StatusCode::kInvalidArgument, PAGE_TOKEN_INVALID); };

class PageTokenTest : public ::testing::Test {
 protected:
  StatusOr<std::optional<Position>> Decode(std::string_view binding, std::string_view token) {
    return DecodePageToken(*keys_.keyring, binding, token);
  }
  const testing::TempKeyring keys_;
};

TEST_F(PageTokenTest, LeadsBackToItsPosition) {
  const Position positions[] = {
      {int64_t{0}, "disputes/1"},
      {std::numeric_limits<int64_t>::min(), ""},
      {std::numeric_limits<int64_t>::max(), "a\nb"},
      {std::string(), "disputes/1"},
      {std::string("文\n\0\xFF", 6), std::string("\0", 1)},
      {std::monostate(), "disputes/1"},
  };
  for (const Position& position : positions) {
    const std::string token = EncodePageToken(*keys_.keyring, "query", position);
    EXPECT_EQ(token.find_first_of("+/ ?&"), std::string::npos) << "safe in a URL: " << token;
    ASSERT_OK_AND_ASSIGN(const auto decoded, Decode("query", token));
    EXPECT_EQ(decoded, position);
  }
}

TEST_F(PageTokenTest, AnEmptyTokenIsTheFirstPage) {
  ASSERT_OK_AND_ASSIGN(const auto decoded, Decode("query", ""));
  EXPECT_EQ(decoded, std::nullopt);
}

TEST_F(PageTokenTest, IsGoodForItsOwnQueryAndCallerOnly) {
  const std::string token = EncodePageToken(*keys_.keyring, "List\nli\n4116\nx", {int64_t{7}, "k"});
  EXPECT_OK(Decode("List\nli\n4116\nx", token));
  for (const char* binding :
       {"", "List\nwang\n4116\nx", "List\nli\n4117\nx", "List\nli\n4116\ny",
        "GetHistory\nli\n4116\nx", "List\nli\n4116\nx ", "k\nList\nli\n4116\nx"}) {
    EXPECT_THAT(Decode(binding, token), kRefused()) << binding;
  }
}

TEST_F(PageTokenTest, NobodyMakesOrChangesOne) {
  const std::string token = EncodePageToken(*keys_.keyring, "query", {int64_t{7}, "disputes/1"});
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const auto decoded = Decode("query", changed);
    // Bits of the last character that carry nothing may differ.
    if (decoded.ok() && i + 1 == token.size()) continue;
    EXPECT_THAT(decoded, kRefused()) << "character " << i;
  }
  for (const std::string& made_up : {std::string("x"), std::string("not base64!"), token + token,
                                     token.substr(0, token.size() / 2), std::string(64, 'A')}) {
    EXPECT_THAT(Decode("query", made_up), kRefused()) << made_up;
  }
}

TEST_F(PageTokenTest, AnotherKeyringRefusesIt) {
  const testing::TempKeyring other;
  const std::string token = EncodePageToken(*other.keyring, "query", {int64_t{7}, "k"});
  EXPECT_THAT(Decode("query", token), kRefused());
}

}  // namespace
}  // namespace pingan::rpc
