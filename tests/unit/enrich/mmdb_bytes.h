#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace tidewaiter {

// Databases of a few bytes, built by hand from the format's description
// (maxmind.github.io/MaxMind-DB).

inline std::string mmdb_bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

inline std::string mmdb_text(std::string_view words) {  // below 29 bytes
  return mmdb_bytes({0x40 | static_cast<int>(words.size())}) + std::string(words);
}
inline std::string mmdb_uint16(int value) { return mmdb_bytes({0xA1, value}); }

/// The short form: up to 2047.
inline std::string mmdb_pointer(std::size_t to) {
  return mmdb_bytes({0x20 | static_cast<int>(to >> 8U), static_cast<int>(to & 255U)});
}

/// Its last member is `description`, whose texts are of `about`.
inline std::string mmdb_metadata(const std::string& about, std::string_view type = "Small") {
  return mmdb_bytes({0xE9}) + mmdb_text("node_count") + mmdb_bytes({0xC1, 1}) +
         mmdb_text("record_size") + mmdb_uint16(24) + mmdb_text("ip_version") + mmdb_uint16(4) +
         mmdb_text("database_type") + mmdb_text(type) + mmdb_text("languages") +
         mmdb_bytes({0x00, 0x04}) + mmdb_text("binary_format_major_version") + mmdb_uint16(2) +
         mmdb_text("binary_format_minor_version") + mmdb_uint16(0) + mmdb_text("build_epoch") +
         mmdb_bytes({0x04, 0x02, 0x6A, 0, 0, 0}) + mmdb_text("description") + mmdb_bytes({0xE1}) +
         mmdb_text("en") + about;
}

/// A database whose one node leads to the record at `at` of `data`, whatever the address.
inline std::string mmdb_database(const std::string& data, std::size_t at,
                                 const std::string& about) {
  const int record = 1 + 16 + static_cast<int>(at);
  const std::string half = mmdb_bytes({0, record >> 8, record & 255});
  return half + half + std::string(16, '\0') + data + "\xab\xcd\xefMaxMind.com" + about;
}

}  // namespace tidewaiter
