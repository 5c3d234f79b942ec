#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/policy.h"
#include "policies/model/digest.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// A test of a policy that failed when the bundle was made, and was let through.
struct FailingTest {
  std::string policy;
  std::string test;
  auto operator<=>(const FailingTest&) const = default;
};

/// A policy set as it is published: every document, word for word. A plain value.
/// docs/publishing.md has the form of its bytes.
struct PolicyBundle {
  std::int64_t version = 1;
  std::string title;
  Digest set;                      ///< hash of the policies' meaning
  std::optional<Digest> previous;  ///< the bundle published before
  std::vector<PolicyText> texts;   ///< sorted by path; paths start from the configuration's folder
  std::vector<FailingTest> failing_tests;  ///< sorted; none where nothing was let through
};

inline constexpr std::size_t kMostBundleTitle = 200;

/// The bundle's bytes: canonical JSON (RFC 8785), so that the same documents give the same bytes on
/// every machine. Errors: kInvalidInput for text that is not UTF-8.
[[nodiscard]] Result<std::string> bundle_bytes(const PolicyBundle& bundle);

/// Reads a bundle's bytes, and compares each document with its SHA-256 value.
/// Errors: kCorruption for bytes that bundle_bytes() does not write.
[[nodiscard]] Result<PolicyBundle> read_bundle(std::string_view bytes);

/// The first document in which two versions of the texts differ, in words; nothing if they are the
/// same. Both are sorted by path.
[[nodiscard]] std::optional<std::string> first_difference(const std::vector<PolicyText>& before,
                                                          const std::vector<PolicyText>& after);

}  // namespace tidewaiter
