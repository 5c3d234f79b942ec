#include "storage/verify/bag_manifest.h"

#include <algorithm>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kDigits = 64;
constexpr std::string_view kBetween = "  ";

bool is_path_part(std::string_view part) {
  const bool plain = std::ranges::all_of(part, [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  });
  return plain && !part.empty() && part != "." && part != "..";
}

tl::unexpected<Error> malformed_line(std::int64_t line, const std::string& what) {
  return fail(ErrorCode::kInvalidInput, "line " + std::to_string(line) + " " + what);
}

}  // namespace

bool is_bag_path(std::string_view path) {
  for (;;) {
    const std::size_t end = path.find('/');
    if (!is_path_part(path.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    path.remove_prefix(end + 1);
  }
}

std::string format_manifest(const BagManifest& manifest) {
  std::string text;
  for (const auto& [path, digest] : manifest) {
    text += to_hex(digest) + std::string(kBetween) + path + '\n';
  }
  return text;
}

Result<BagManifest> parse_manifest(std::string_view text) {
  BagManifest manifest;
  std::string last;
  for (std::int64_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return malformed_line(number, "does not end");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.size() <= kDigits + kBetween.size() || line.substr(kDigits, 2) != kBetween) {
      return malformed_line(number, "is not a digest, two blanks and a path");
    }
    const std::string_view digits = line.substr(0, kDigits);
    const Result<Digest> digest = digest_from_hex(digits);
    if (!digest || to_hex(*digest) != digits) {
      return malformed_line(number, "does not begin with 64 lower-case hexadecimal digits");
    }
    std::string path(line.substr(kDigits + kBetween.size()));
    if (!is_bag_path(path)) return malformed_line(number, "has no path of a bundle's file");
    if (path <= last) return malformed_line(number, "is not in the order of the paths");
    last = path;
    manifest.emplace(std::move(path), *digest);
  }
  return manifest;
}

}  // namespace tidewaiter
