#include "daemon/enrich/mmdb_value.h"

#include <algorithm>
#include <bit>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using Json = nlohmann::json;
using Bytes = std::span<const std::uint8_t>;

/// As the format numbers them.
enum class MmdbType : std::uint8_t {
  kExtended = 0,
  kPointer = 1,
  kText = 2,
  kDouble = 3,
  kBytes = 4,
  kUint16 = 5,
  kUint32 = 6,
  kMap = 7,
  kInt32 = 8,
  kUint64 = 9,
  kUint128 = 10,
  kArray = 11,
  kBoolean = 14,
  kFloat = 15,
};

/// What stands in front of a value. Of a pointer `size` is where it leads.
struct MmdbHead {
  MmdbType type = MmdbType::kExtended;
  std::size_t size = 0;
};

std::string hexadecimal(Bytes bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

/// Of an unsigned number, its first byte the highest: divided by ten until nothing is left.
std::string decimal(Bytes bytes) {
  std::vector<std::uint8_t> left(bytes.begin(), bytes.end());
  std::string text;
  while (std::ranges::any_of(left, [](std::uint8_t byte) { return byte != 0; })) {
    unsigned rest = 0;
    for (std::uint8_t& byte : left) {
      rest = rest * 256 + byte;
      byte = static_cast<std::uint8_t>(rest / 10);
      rest %= 10;
    }
    text += static_cast<char>('0' + static_cast<int>(rest));
  }
  std::ranges::reverse(text);
  return text.empty() ? "0" : text;
}

/// Goes through one value. After the first thing that is wrong nothing that it gives is of use.
class MmdbValueReader {
 public:
  MmdbValueReader(Bytes section, std::size_t at) : section_(section), at_(at) {}

  Json value(int depth) {  // NOLINT(misc-no-recursion): at most kMostMmdbDepth deep
    if (depth > kMostMmdbDepth) return refuse("a record is nested too deep");
    if (++values_ > kMostMmdbValues) return refuse("a record has more values than any needs");
    const MmdbHead head = take_head();
    if (head.type != MmdbType::kPointer) return content(head, depth);
    const std::size_t behind = std::exchange(at_, head.size);
    const MmdbHead there = take_head();
    if (there.type == MmdbType::kPointer) return refuse("a pointer leads to another");
    Json out = content(there, depth);
    at_ = behind;
    return out;
  }

  /// Empty: all is well.
  [[nodiscard]] std::string_view wrong() const { return wrong_; }

 private:
  Json refuse(std::string_view why) {
    if (wrong_.empty()) wrong_ = why;
    return nullptr;
  }

  Bytes take(std::size_t size) {
    if (!wrong_.empty() || at_ > section_.size() || size > section_.size() - at_) {
      refuse("a record ends before it is whole");
      return {};
    }
    const Bytes taken = section_.subspan(at_, size);
    at_ += size;
    return taken;
  }

  /// Big-endian, at most eight bytes.
  std::uint64_t take_number(std::size_t size) {
    std::uint64_t number = 0;
    for (const std::uint8_t byte : take(size)) number = number << 8U | byte;
    return number;
  }

  MmdbHead take_head() {
    const auto control = static_cast<std::uint8_t>(take_number(1));
    MmdbHead head{static_cast<MmdbType>(control >> 5U), control & 31U};
    if (head.type == MmdbType::kPointer) return {head.type, take_target(control)};
    if (head.type == MmdbType::kExtended) {
      constexpr std::uint64_t kFirstExtended = 7;
      const std::uint64_t type = kFirstExtended + take_number(1);
      head.type = type <= 15 ? static_cast<MmdbType>(type) : MmdbType::kExtended;
    }
    head.size = take_size(head.size);
    return head;
  }

  /// From 29 on the size itself stands behind the control byte.
  std::size_t take_size(std::size_t first) {
    if (first < 29) return first;
    if (first == 29) return 29 + take_number(1);
    return first == 30 ? 285 + take_number(2) : 65'821 + take_number(3);
  }

  /// Each longer form of a pointer begins where the shorter one ends.
  std::size_t take_target(std::uint8_t control) {
    const std::size_t high = control & 7U;
    switch (control >> 3U & 3U) {
      case 0:
        return (high << 8U) + take_number(1);
      case 1:
        return (high << 16U) + take_number(2) + 2'048;
      case 2:
        return (high << 24U) + take_number(3) + 526'336;
      default:
        return take_number(4);
    }
  }

  Json content(const MmdbHead& head, int depth) {  // NOLINT(misc-no-recursion)
    switch (head.type) {
      case MmdbType::kMap:
        return map(head.size, depth);
      case MmdbType::kArray:
        return array(head.size, depth);
      case MmdbType::kBoolean:
        return head.size != 0;
      case MmdbType::kText:
      case MmdbType::kBytes:
        return text(head);
      default:
        return number(head);
    }
  }

  Json map(std::size_t size, int depth) {  // NOLINT(misc-no-recursion)
    Json out = Json::object();
    for (std::size_t i = 0; i < size && wrong_.empty(); ++i) {
      const Json name = value(depth + 1);
      if (!name.is_string()) return refuse("a name in a map is no text");
      out[name.get<std::string>()] = value(depth + 1);
    }
    return out;
  }

  Json array(std::size_t size, int depth) {  // NOLINT(misc-no-recursion)
    Json out = Json::array();
    for (std::size_t i = 0; i < size && wrong_.empty(); ++i) out.push_back(value(depth + 1));
    return out;
  }

  Json text(const MmdbHead& head) {
    bytes_ += head.size;
    if (bytes_ > kMostMmdbBytes) return refuse("a record is larger than any needs to be");
    const Bytes bytes = take(head.size);
    if (head.type == MmdbType::kBytes) return hexadecimal(bytes);
    return std::string(bytes.begin(), bytes.end());
  }

  Json number(const MmdbHead& head) {
    const auto is_of = [&head](MmdbType type, std::size_t most) {
      return head.type == type && head.size <= most;
    };
    if (is_of(MmdbType::kUint16, 2) || is_of(MmdbType::kUint32, 4) || is_of(MmdbType::kUint64, 8)) {
      return take_number(head.size);
    }
    if (is_of(MmdbType::kInt32, 4)) {
      return static_cast<std::int32_t>(static_cast<std::uint32_t>(take_number(head.size)));
    }
    if (is_of(MmdbType::kUint128, 16)) return decimal(take(head.size));
    if (is_of(MmdbType::kDouble, 8) && head.size == 8) {
      return std::bit_cast<double>(take_number(head.size));
    }
    if (is_of(MmdbType::kFloat, 4) && head.size == 4) {
      return std::bit_cast<float>(static_cast<std::uint32_t>(take_number(head.size)));
    }
    return refuse("a value is of no type or size that the format has");
  }

  Bytes section_;
  std::size_t at_;
  std::size_t values_ = 0;
  std::size_t bytes_ = 0;
  std::string_view wrong_;  // of literals
};

}  // namespace

Result<nlohmann::json> read_mmdb_value(std::span<const std::uint8_t> section, std::size_t at) {
  MmdbValueReader reader(section, at);
  nlohmann::json out = reader.value(0);
  if (!reader.wrong().empty()) return fail(ErrorCode::kCorruption, std::string(reader.wrong()));
  return out;
}

}  // namespace tidewaiter
