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
#include "storage/ledger/merkle.h"

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
  EXPECT_GE(checked, 3U);
}

TEST(SharedVectors, Rfc9901Digests) {
  const auto vectors = read_shared("sd-jwt/disclosures.json");
  if (!vectors) GTEST_SKIP() << "the shared vectors are not here";
  for (const auto& one : (*vectors)["cases"]) {
    const auto text = one["disclosure"].get<std::string>();
    EXPECT_EQ(disclosure_digest(text), one["digest"].get<std::string>());
    EXPECT_EQ(nlohmann::json::parse(*from_base64url(text)), one["array"]);
  }
}

}  // namespace
}  // namespace tidewaiter
