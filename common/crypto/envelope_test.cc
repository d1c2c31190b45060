#include "common/crypto/envelope.h"

#include <random>

#include "common/crypto/aead.h"
#include "common/crypto/temp_keyring.h"
#include "common/testing/matchers.h"

namespace pingan::crypto {
namespace {

using absl::StatusCode;
using testing::TempKeyring;

constexpr char kSubject[] = "persons/7";

MATCHER(IsUnreadable, "is DATA_LOSS / RECORD_UNREADABLE") {
  return ::testing::ExplainMatchResult(
      testing::Fails(StatusCode::kDataLoss, common::v1::RECORD_UNREADABLE), arg, result_listener);
}

TEST(Seal, RoundTripsAndHidesTheText) {
  const SubjectKey key = NewSubjectKey();
  for (const std::string& text : {std::string(), std::string("a"), std::string(100000, 'x')}) {
    const std::string sealed = Seal(key, "row", text);
    EXPECT_EQ(sealed.size(), text.size() + 29);
    EXPECT_NE(sealed, Seal(key, "row", text));
    ASSERT_OK_AND_ASSIGN(const std::string opened, Open(key, "row", sealed));
    EXPECT_EQ(opened, text);
  }
  EXPECT_EQ(Seal(key, "", "synthetic-name").find("synthetic"), std::string::npos);
}

TEST(Open, RefusesEveryTampering) {
  const SubjectKey key = NewSubjectKey();
  const std::string sealed = Seal(key, "row", "text");
  ASSERT_OK(Open(key, "row", sealed));
  EXPECT_THAT(Open(NewSubjectKey(), "row", sealed), IsUnreadable()) << "another or destroyed key";
  for (std::string_view aad : {"", "ro", "row2", "Row"}) {
    EXPECT_THAT(Open(key, aad, sealed), IsUnreadable()) << aad;
  }
  for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string flipped = sealed;
    flipped[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_THAT(Open(key, "row", flipped), IsUnreadable()) << "bit " << bit;
  }
  for (size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_THAT(Open(key, "row", sealed.substr(0, size)), IsUnreadable()) << "cut at " << size;
  }
  EXPECT_THAT(Open(key, "row", sealed + '\0'), IsUnreadable());
  EXPECT_OK(Open(key, "row", sealed)) << "a refusal must not spoil the thread's context";
}

TEST(Unwrap, RefusesEveryTampering) {
  TempKeyring temp, other;
  const SubjectKey key = NewSubjectKey();
  const std::string wrapped = Wrap(*temp.keyring, kSubject, key);
  ASSERT_OK_AND_ASSIGN(const SubjectKey opened, Unwrap(*temp.keyring, kSubject, wrapped));
  EXPECT_EQ(opened.view(), key.view());
  EXPECT_THAT(Unwrap(*temp.keyring, "persons/8", wrapped), IsUnreadable());
  EXPECT_THAT(Unwrap(*other.keyring, kSubject, wrapped), IsUnreadable());
  for (size_t bit = 0; bit < wrapped.size() * 8; ++bit) {
    std::string flipped = wrapped;
    flipped[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_THAT(Unwrap(*temp.keyring, kSubject, flipped), IsUnreadable()) << "bit " << bit;
  }
  for (size_t size = 0; size < wrapped.size(); ++size) {
    EXPECT_THAT(Unwrap(*temp.keyring, kSubject, wrapped.substr(0, size)), IsUnreadable()) << size;
  }
  EXPECT_THAT(Unwrap(*temp.keyring, kSubject, wrapped + '\0'), IsUnreadable());
}

// Bytes that a later version might seal under the same keys.
TEST(Open, RefusesAnotherFormatEvenIfAuthentic) {
  TempKeyring temp;
  const SubjectKey key = NewSubjectKey();
  const auto wrap = [&](std::string_view header, std::string_view text) {
    return Unwrap(*temp.keyring, kSubject,
                  AeadSeal(temp.keyring->Current()->keks.at(1), header, kSubject, text));
  };
  const std::string version1("\1\0\0\0\1", 5), version2("\2\0\0\0\1", 5);
  EXPECT_OK(wrap(version1, key.view()));
  EXPECT_THAT(wrap(version2, key.view()), IsUnreadable());
  EXPECT_THAT(wrap(version1, key.view().substr(1)), IsUnreadable());
  EXPECT_THAT(wrap(version1, std::string(33, 'k')), IsUnreadable());
  EXPECT_OK(Open(key, "row", AeadSeal(key, "\1", "row", "text")));
  EXPECT_THAT(Open(key, "row", AeadSeal(key, "\2", "row", "text")), IsUnreadable());
}

TEST(Rotation, OldWrapsOpenAndRewrapMovesThemToThePrimary) {
  TempKeyring temp;
  Keyring& keyring = *temp.keyring;
  const SubjectKey key = NewSubjectKey();
  const std::string old_wrap = Wrap(keyring, kSubject, key);
  const std::string sealed = Seal(key, "row", "text");
  temp.Rotate();

  ASSERT_OK_AND_ASSIGN(const SubjectKey still, Unwrap(keyring, kSubject, old_wrap));
  EXPECT_EQ(still.view(), key.view());
  const std::string new_wrap = Wrap(keyring, kSubject, key);
  EXPECT_EQ(old_wrap.substr(0, 5), std::string("\1\0\0\0\1", 5));
  EXPECT_EQ(new_wrap.substr(0, 5), std::string("\1\0\0\0\2", 5));

  ASSERT_OK_AND_ASSIGN(const Rewrapped moved, Rewrap(keyring, kSubject, old_wrap));
  EXPECT_FALSE(moved.already_primary);
  EXPECT_EQ(moved.wrapped.substr(0, 5), new_wrap.substr(0, 5));
  ASSERT_OK_AND_ASSIGN(const SubjectKey same, Unwrap(keyring, kSubject, moved.wrapped));
  ASSERT_OK_AND_ASSIGN(const std::string opened, Open(same, "row", sealed));
  EXPECT_EQ(opened, "text");

  ASSERT_OK_AND_ASSIGN(const Rewrapped again, Rewrap(keyring, kSubject, moved.wrapped));
  EXPECT_TRUE(again.already_primary);
  EXPECT_EQ(again.wrapped, moved.wrapped);
  EXPECT_THAT(Rewrap(keyring, "persons/8", moved.wrapped), IsUnreadable());
}

TEST(Rotation, AKeyTakenOutOfTheFileOpensUntilItIsDiscarded) {
  TempKeyring temp;
  const std::string wrapped = Wrap(*temp.keyring, kSubject, NewSubjectKey());
  temp.Rotate();
  temp.folder.DropKey(1);
  ASSERT_OK(temp.keyring->Reload());
  EXPECT_OK(Unwrap(*temp.keyring, kSubject, wrapped));
  ASSERT_OK_AND_ASSIGN(auto fresh, Keyring::Load(temp.folder.File()));
  EXPECT_THAT(Unwrap(*fresh, kSubject, wrapped), IsUnreadable());
  temp.keyring->Discard(2);  // is in the file, and stays
  EXPECT_NE(temp.keyring->Holding(2), nullptr);
  temp.keyring->Discard(1);
  EXPECT_THAT(Unwrap(*temp.keyring, kSubject, wrapped), IsUnreadable());
}

TEST(Seal, RoundTripsRandomSizes) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto bytes = [&](size_t size_max) {
    std::string out(random() % (size_max + 1), '\0');
    for (char& c : out) c = static_cast<char>(random());
    return out;
  };
  for (int i = 0; i < 300; ++i) {
    const SubjectKey key = NewSubjectKey();
    const std::string aad = bytes(300), text = bytes(64 << 10);
    std::string sealed = Seal(key, aad, text);
    ASSERT_OK_AND_ASSIGN(const std::string opened, Open(key, aad, sealed));
    ASSERT_EQ(opened, text);
    sealed[random() % sealed.size()] ^= static_cast<char>(1 + random() % 255);
    ASSERT_THAT(Open(key, aad, sealed), IsUnreadable());
    ASSERT_THAT(Open(key, aad, bytes(200)), IsUnreadable());
  }
}

}  // namespace
}  // namespace pingan::crypto
