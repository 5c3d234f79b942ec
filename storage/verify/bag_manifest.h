#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "policies/model/digest.h"
#include "policies/model/error.h"

namespace tidewaiter {

// The files that make a folder of a report a BagIt bag (RFC 8493), in the one form that Tidewaiter
// writes: docs/ledger-format.md §15. Pure.

inline constexpr std::string_view kBagDeclarationFile = "bagit.txt";
inline constexpr std::string_view kBagDeclaration =
    "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
inline constexpr std::string_view kManifestFile = "manifest-sha256.txt";
inline constexpr std::string_view kTagManifestFile = "tagmanifest-sha256.txt";
inline constexpr std::string_view kDisclosuresFile = "data/disclosures.json";
/// The accounts of the cluster that a report is about: the sealed words of its draft, as they are.
inline constexpr std::string_view kMembersFile = "data/members.json";
/// The word among these that has their subjects, a line each.
inline constexpr std::string_view kMembersWord = "members";
inline constexpr std::string_view kLogPrefix = "log/";
inline constexpr std::size_t kMaxManifestBytes = std::size_t{64} << 20U;

/// SHA-256 by the file's path within the bag, '/' between its parts.
using BagManifest = std::map<std::string, Digest>;

/// A line for each file, in the order of their paths' bytes: 64 lower-case hexadecimal digits, two
/// blanks, the path, a line feed.
[[nodiscard]] std::string format_manifest(const BagManifest& manifest);

/// The inverse; takes nothing else. Errors: kInvalidInput, with the line.
[[nodiscard]] Result<BagManifest> parse_manifest(std::string_view text);

/// Says whether `path` may be in a manifest: parts of letters, digits, `.`, `_` and `-`, none of
/// them empty, `.` or `..`.
[[nodiscard]] bool is_bag_path(std::string_view path);

}  // namespace tidewaiter
