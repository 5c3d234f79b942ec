#pragma once

#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sources/byte_stream.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// The folder of public rules among the reference data, or nothing where that is not given.
inline std::optional<std::filesystem::path> shared_rules() {
  const char* shared = std::getenv("TIDEWAITER_SHARED");
  if (shared == nullptr) return std::nullopt;
  return std::filesystem::path(shared) / "data" / "rules";
}

inline std::string decompressed(const std::filesystem::path& path) {
  const PullWatch watch;
  auto stream = open_byte_stream(InputFile::open(path).value(), watch).value();
  std::string content;
  std::array<char, 65536> block{};
  while (const std::size_t size = stream->read(block).value()) content.append(block.data(), size);
  return content;
}

/// The regular files of a tar archive (POSIX.1-1988, ustar), in their order.
inline std::vector<PolicyText> untar(std::string_view archive) {
  constexpr std::size_t kBlock = 512;
  std::vector<PolicyText> files;
  std::string long_name;
  for (std::size_t at = 0; at + kBlock <= archive.size() && archive[at] != '\0';) {
    const std::string header(archive.substr(at, kBlock));
    const std::size_t size = std::stoul(header.substr(124, 12), nullptr, 8);
    const char type = header[156];
    const std::string prefix(header.substr(345, 155).c_str());
    std::string name(header.substr(0, 100).c_str());
    if (!prefix.empty() && header.substr(257, 5) == "ustar") name = prefix + "/" + name;
    const std::string_view content = archive.substr(at + kBlock, size);
    if (type == 'L') {  // GNU: the next file's name
      long_name = std::string(content.substr(0, content.find('\0')));
    } else if (type == '0' || type == '\0') {
      files.push_back({long_name.empty() ? name : long_name, std::string(content)});
      long_name.clear();
    }
    at += kBlock + (size + kBlock - 1) / kBlock * kBlock;
  }
  return files;
}

inline std::vector<std::string> lines_in(const std::string& content) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = std::min(content.find('\n', at), content.size());
    if (end > at) lines.push_back(content.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace tidewaiter
