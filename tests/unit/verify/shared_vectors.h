#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

namespace tidewaiter::test {

/// The folder of published vectors that lies beside the project, not in it.
inline std::filesystem::path shared_vectors() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment on one thread
  const char* const shared = std::getenv("TIDEWAITER_SHARED");
  return std::filesystem::path(shared != nullptr ? shared : TIDEWAITER_SOURCE_DIR "/../shared") /
         "vectors";
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

inline nlohmann::json read_json(const std::filesystem::path& path) {
  return nlohmann::json::parse(read_file(path));
}

/// Bytes from hexadecimal digits; white space between them is skipped.
inline std::string from_hex(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    if (std::isxdigit(static_cast<unsigned char>(c)) != 0) digits += c;
  }
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

}  // namespace tidewaiter::test

/// Skips the test where the vectors are absent.
#define TIDEWAITER_NEEDS_VECTORS()                                            \
  if (!std::filesystem::is_directory(::tidewaiter::test::shared_vectors())) { \
    GTEST_SKIP() << "no vectors at " << ::tidewaiter::test::shared_vectors()  \
                 << "; set TIDEWAITER_SHARED to the folder that has them";    \
  }
