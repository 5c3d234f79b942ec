// The end-to-end example and the RFC 9901 vectors of the shared folder.

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "policies/model/digest.h"
#include "policies/model/jcs.h"
#include "storage/evidence/disclosure.h"
#include "storage/evidence/payload_cipher.h"
#include "storage/ledger/merkle.h"
#include "tests/unit/ledger/whole_payload.h"

namespace tidewaiter {
namespace {

std::optional<nlohmann::json> read_shared(const std::string& name) {
  const char* named = std::getenv("TIDEWAITER_SHARED");
  const std::filesystem::path root =
      named != nullptr ? std::filesystem::path(named)
                       : std::filesystem::path(TIDEWAITER_SOURCE_DIR) / "../shared";
  std::ifstream file(root / "vectors" / name);
  if (!file) return std::nullopt;
  return nlohmann::json::parse(file);
}

std::string from_hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

template <class Array>
Array array_of(std::string_view bytes) {
  Array array{};
  EXPECT_EQ(bytes.size(), array.size());
  std::memcpy(array.data(), bytes.data(), std::min(bytes.size(), array.size()));
  return array;
}

TEST(SharedVectors, DerivedLedgerHasOurSaltsDisclosuresAndLeaves) {
  const auto vectors = read_shared("derived/ledger-v1.json");
  if (!vectors) GTEST_SKIP() << "the shared vectors are not here";
  const auto key_digest = digest_from_hex((*vectors)["subject_key_hex"].get<std::string>());
  ASSERT_TRUE(key_digest);
  const SubjectKey key = key_digest->bytes;
  std::size_t checked = 0;
  for (const auto& entry : (*vectors)["entries"]) {
    const auto body = entry["bytes_utf8"].get<std::string>();
    EXPECT_TRUE(is_jcs(body));
    EXPECT_EQ(to_hex(leaf_hash(body)), entry["leaf_hash_hex"].get<std::string>());
    const auto parsed = nlohmann::json::parse(body);
    const auto nonce = array_of<Nonce>(*from_base64url(parsed["n"].get<std::string>()));
    for (const auto& detail : entry["disclosure_detail"]) {
      const auto name = detail["name"].get<std::string>();
      const Digest salt{disclosure_salt(key, nonce, "cadl/v1/salt", name)};
      EXPECT_EQ(to_hex(salt), detail["salt_hex"].get<std::string>());
      const auto made = make_disclosure(key, nonce, "cadl/v1/salt", name, detail["value"]);
      ASSERT_TRUE(made);
      EXPECT_EQ(made->text, detail["disclosure"].get<std::string>());
      EXPECT_THAT(parsed["_sd"], testing::Contains(disclosure_digest(made->text)));
      ++checked;
    }
  }
  EXPECT_EQ(checked, 5U);
}

// Ours gives 32 bytes. Of longer outputs these are the beginning, of shorter ones the continuation:
// RFC 5869 §2.3 cuts T(1) | T(2) | … to the length.
TEST(SharedVectors, WycheproofHkdf) {
  const auto vectors = read_shared("wycheproof/hkdf_sha256_test.json");
  if (!vectors) GTEST_SKIP() << "the shared vectors are not here";
  int run = 0;
  int too_long = 0;
  for (const auto& group : (*vectors)["testGroups"]) {
    for (const auto& one : group["tests"]) {
      if (one["result"] != "valid") {  // asks for more than 255 blocks, which cannot be asked here
        ++too_long;
        continue;
      }
      const std::string key = from_hex(one["ikm"]);
      const std::string salt = from_hex(one["salt"]);
      const Digest made{hkdf_sha256(as_byte_span(key), as_byte_span(salt), from_hex(one["info"]))};
      const std::string okm = one["okm"].get<std::string>().substr(0, 64);
      EXPECT_EQ(to_hex(made).substr(0, okm.size()), okm) << one["tcId"];
      ++run;
    }
  }
  EXPECT_EQ(run, 83);
  EXPECT_EQ(too_long, 3);
}

TEST(SharedVectors, Rfc9901Digests) {
  const auto vectors = read_shared("sd-jwt/disclosures.json");
  if (!vectors) GTEST_SKIP() << "the shared vectors are not here";
  EXPECT_EQ((*vectors)["cases"].size(), 2U);
  for (const auto& one : (*vectors)["cases"]) {
    const auto text = one["disclosure"].get<std::string>();
    EXPECT_EQ(disclosure_digest(text), one["digest"].get<std::string>());
    EXPECT_EQ(nlohmann::json::parse(*from_base64url(text)), one["array"]);
  }
}

// C2SP chunked-encryption, made by somebody else's reading of its text.
TEST(SharedVectors, ChunkedEncryptionSealsAsTheyDo) {
  const auto vectors = read_shared("derived/cobblestone256.json");
  if (!vectors) GTEST_SKIP() << "the shared vectors are not here";
  const auto bytes_at = [&](const char* name) { return from_hex((*vectors)[name]); };
  const auto key = array_of<PayloadKey>(bytes_at("input_key_hex"));
  const auto salt = array_of<PayloadSalt>(bytes_at("salt_hex"));
  ASSERT_FALSE((*vectors)["cases"].empty());
  for (const auto& one : (*vectors)["cases"]) {
    const auto size = one["len"].get<std::size_t>();
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((7 * i) % 251);
    const std::string payload = sealed_payload(key, bytes_at("context_hex"), salt, text);
    EXPECT_EQ(payload.size(), one["ct_len"].get<std::size_t>());
    EXPECT_EQ(to_hex(sha256(payload)), one["ct_sha256"]) << size;
    if (one["ct_hex"].is_string()) {
      EXPECT_EQ(payload, from_hex(one["ct_hex"]));
    }
  }
}

}  // namespace
}  // namespace tidewaiter
