#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/time.h"

namespace tidewaiter {

/// What an address may be that hides who is behind it; the one that says more of it stands first.
inline constexpr std::array<std::string_view, 4> kAnonymizers = {"tor", "vpn", "proxy", "hosting"};

/// A file in which it is looked up what is known of an address: `addresses:` of the configuration.
struct AddressFile {
  enum class Form : std::uint8_t { kDatabase, kList };
  Form form = Form::kDatabase;
  std::filesystem::path path;  ///< absolute
  /// Of a database: what is taken from it. A list says only what its addresses are.
  bool gives_country = false;
  bool gives_asn = false;
  bool gives_anonymizer = false;
  std::string anonymizer;  ///< of a list: one of kAnonymizers
  /// How far a record's time may be from that of the file: addresses change hands.
  Duration holds_for{30 * kDay.us};
};

struct AddressConfig {
  /// In the order in which they are asked: what the first one says stands.
  std::vector<AddressFile> files;
};

}  // namespace tidewaiter
