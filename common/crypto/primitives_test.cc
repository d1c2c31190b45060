#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <set>
#include <string>

#include "absl/strings/escaping.h"
#include "common/crypto/aead.h"
#include "common/crypto/hmac.h"
#include "common/crypto/random.h"

namespace pingan::crypto {
namespace {

std::string Hex(const char* hex) {
  return absl::HexStringToBytes(hex);
}

Secret SecretOf(const std::string& bytes) {
  Secret secret;
  std::memcpy(secret.data(), bytes.data(), Secret::kSize);
  return secret;
}

// McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16.
TEST(Aead, OpensTheKnownAnswer) {
  const Secret key =
      SecretOf(Hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const std::string sealed =
      Hex("cafebabefacedbaddecaf888"
          "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
          "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
          "76fc6ece0f4e1768cddf8853bb2d551b");
  const std::string aad = Hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  EXPECT_EQ(AeadOpen(key, 0, aad, sealed),
            Hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"));
  // The aad may come in two parts, the first of them stored.
  EXPECT_EQ(AeadOpen(key, 4, aad.substr(4), aad.substr(0, 4) + sealed),
            AeadOpen(key, 0, aad, sealed));
  EXPECT_EQ(AeadOpen(key, 0, "", sealed), std::nullopt);
}

TEST(Aead, SealsEqualTextsDifferently) {
  Secret key;
  FillRandom(key);
  std::set<std::string> nonces;
  for (int i = 0; i < 10000; ++i) nonces.insert(AeadSeal(key, "v", "", "").substr(1, kNonceSize));
  EXPECT_EQ(nonces.size(), 10000);
}

// RFC 4231, test cases 2 and 7 (the key of 7 is longer than a block).
TEST(Hmac, GivesTheKnownAnswers) {
  EXPECT_EQ(HmacSha256("Jefe", {"what do ya want ", "for nothing?"}).view(),
            Hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
  EXPECT_EQ(HmacSha256(std::string(131, '\xaa'),
                       {"This is a test using a larger than block-size key and a larger than "
                        "block-size data. The key needs to be hashed before being used by the "
                        "HMAC algorithm."})
                .view(),
            Hex("9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"));
}

// RFC 5869, test case 1; the first 32 of its 42 bytes.
TEST(Hkdf, GivesTheKnownAnswer) {
  EXPECT_EQ(HkdfSha256(std::string(22, '\x0b'), Hex("000102030405060708090a0b0c"),
                       Hex("f0f1f2f3f4f5f6f7f8f9"))
                .view(),
            Hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
}

TEST(FillRandom, NeverRepeatsInAForkedChild) {
  uint8_t warm_up[16], mine[16], childs[16];
  FillRandom(warm_up, sizeof(warm_up));
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    FillRandom(mine, sizeof(mine));
    _exit(write(ends[1], mine, sizeof(mine)) == sizeof(mine) ? 0 : 1);
  }
  int exit_status = 1;
  ASSERT_EQ(waitpid(child, &exit_status, 0), child);
  ASSERT_EQ(exit_status, 0);
  ASSERT_EQ(read(ends[0], childs, sizeof(childs)), ssize_t{sizeof(childs)});
  FillRandom(mine, sizeof(mine));
  EXPECT_NE(std::memcmp(mine, childs, sizeof(mine)), 0);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace pingan::crypto
