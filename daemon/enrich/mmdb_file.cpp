#include "daemon/enrich/mmdb_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include <maxminddb.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>

namespace tidewaiter {

struct MmdbFile::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  State(State&&) = delete;
  State& operator=(State&&) = delete;
  ~State() {
    if (is_open) MMDB_close(&database);
  }

  std::string path;
  MMDB_s database{};
  bool is_open = false;
  MmdbIdentity identity;
};

namespace {

/// Records of published databases are three or four deep.
constexpr int kMostDepth = 64;
constexpr std::size_t kIpv4At = 12;  // of the 16 bytes

struct EntryListEnd {
  void operator()(MMDB_entry_data_list_s* list) const { MMDB_free_entry_data_list(list); }
};
using EntryList = std::unique_ptr<MMDB_entry_data_list_s, EntryListEnd>;

tl::unexpected<Error> corrupt(const std::string& path, const std::string& why) {
  return fail(ErrorCode::kCorruption, "the database `" + path + "` contradicts itself: " + why +
                                          "; get it anew from whoever publishes it");
}

std::string hexadecimal(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

std::string decimal(mmdb_uint128_t value) {
  std::string text;
  for (; value > 0; value /= 10) text += static_cast<char>('0' + static_cast<int>(value % 10));
  if (text.empty()) text = "0";
  std::ranges::reverse(text);
  return text;
}

nlohmann::json scalar(const MMDB_entry_data_s& data) {
  switch (data.type) {
    case MMDB_DATA_TYPE_UTF8_STRING:
      return std::string(data.utf8_string, data.data_size);
    case MMDB_DATA_TYPE_BYTES:
      return hexadecimal({data.bytes, data.data_size});
    case MMDB_DATA_TYPE_DOUBLE:
      return data.double_value;
    case MMDB_DATA_TYPE_FLOAT:
      return data.float_value;
    case MMDB_DATA_TYPE_UINT16:
      return data.uint16;
    case MMDB_DATA_TYPE_UINT32:
      return data.uint32;
    case MMDB_DATA_TYPE_INT32:
      return data.int32;
    case MMDB_DATA_TYPE_UINT64:
      return data.uint64;
    case MMDB_DATA_TYPE_UINT128:
      return decimal(data.uint128);
    case MMDB_DATA_TYPE_BOOLEAN:
      return data.boolean;
    default:
      return nullptr;
  }
}

/// Takes a value off the front of the list; nothing if the list ends within it, or if it is nested
/// too deep.
std::optional<nlohmann::json> take_value(MMDB_entry_data_list_s*& at, int depth) {
  if (at == nullptr || depth > kMostDepth) return std::nullopt;
  const MMDB_entry_data_s data = at->entry_data;
  at = at->next;
  if (data.type != MMDB_DATA_TYPE_MAP && data.type != MMDB_DATA_TYPE_ARRAY) return scalar(data);
  const bool is_map = data.type == MMDB_DATA_TYPE_MAP;
  nlohmann::json out = is_map ? nlohmann::json::object() : nlohmann::json::array();
  for (std::uint32_t i = 0; i < data.data_size; ++i) {
    std::optional<nlohmann::json> name;
    if (is_map) {
      name = take_value(at, depth + 1);
      if (!name || !name->is_string()) return std::nullopt;
    }
    std::optional<nlohmann::json> value = take_value(at, depth + 1);
    if (!value) return std::nullopt;
    if (is_map) {
      out[name->get<std::string>()] = std::move(*value);
    } else {
      out.push_back(std::move(*value));
    }
  }
  return out;
}

MMDB_lookup_result_s look_up(const MMDB_s& database, const IpAddress& address, int& failure) {
  if (is_ipv4(address)) {
    sockaddr_in wanted{};
    wanted.sin_family = AF_INET;
    std::memcpy(&wanted.sin_addr, address.bytes.data() + kIpv4At, sizeof wanted.sin_addr);
    return MMDB_lookup_sockaddr(&database, reinterpret_cast<const sockaddr*>(&wanted), &failure);
  }
  sockaddr_in6 wanted{};
  wanted.sin6_family = AF_INET6;
  std::memcpy(&wanted.sin6_addr, address.bytes.data(), sizeof wanted.sin6_addr);
  return MMDB_lookup_sockaddr(&database, reinterpret_cast<const sockaddr*>(&wanted), &failure);
}

/// The network of an answer, whose prefix counts the bits of the address or, of an IPv4 address in
/// a database of IPv6 ones, those 96 in front of it too.
IpNetwork network_around(const IpAddress& address, int prefix, int ip_version) {
  IpNetwork network{address, prefix};
  if (is_ipv4(address))
    network.prefix = ip_version == 4 ? prefix + kMappedBits : std::max(prefix, kMappedBits);
  for (int bit = network.prefix; bit < 128; ++bit) {
    auto& byte = network.base.bytes[static_cast<std::size_t>(bit / 8)];
    byte = static_cast<std::uint8_t>(byte & ~(0x80U >> static_cast<unsigned>(bit % 8)));
  }
  return network;
}

}  // namespace

MmdbFile::MmdbFile(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Result<MmdbFile> MmdbFile::open(const std::filesystem::path& path) {
  const auto state = std::make_shared<State>();
  state->path = path.string();
  const int failure = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &state->database);
  if (failure == MMDB_FILE_OPEN_ERROR || failure == MMDB_IO_ERROR) {
    std::error_code ignored;
    const bool there = std::filesystem::exists(path, ignored);
    return fail(there ? ErrorCode::kUnavailable : ErrorCode::kNotFound,
                "cannot open `" + state->path + "`: " +
                    (there ? std::string(MMDB_strerror(failure)) : "there is no such file"));
  }
  if (failure != MMDB_SUCCESS) {
    return fail(
        ErrorCode::kInvalidInput,
        "`" + state->path + "` is no database in MaxMind's format: " + MMDB_strerror(failure));
  }
  state->is_open = true;
  const MMDB_metadata_s& metadata = state->database.metadata;
  state->identity.type = metadata.database_type;
  constexpr std::uint64_t kLastSecond = 253'402'300'799;  // of the year 9999
  state->identity.built =
      UtcTime{static_cast<std::int64_t>(std::min(metadata.build_epoch, kLastSecond)) * kSecond.us};
  state->identity.ip_version = metadata.ip_version;
  state->identity.nodes = metadata.node_count;
  return MmdbFile(state);
}

const MmdbIdentity& MmdbFile::identity() const { return state_->identity; }

Result<std::optional<MmdbAnswer>> MmdbFile::find(const IpAddress& address) const {
  int failure = MMDB_SUCCESS;
  MMDB_lookup_result_s found = look_up(state_->database, address, failure);
  if (failure == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR) return std::nullopt;
  if (failure != MMDB_SUCCESS) return corrupt(state_->path, MMDB_strerror(failure));
  if (!found.found_entry) return std::nullopt;
  MMDB_entry_data_list_s* raw = nullptr;
  failure = MMDB_get_entry_data_list(&found.entry, &raw);
  const EntryList list(raw);
  if (failure != MMDB_SUCCESS) return corrupt(state_->path, MMDB_strerror(failure));
  std::optional<nlohmann::json> record = take_value(raw, 0);
  if (!record) return corrupt(state_->path, "a record ends before it is whole");
  return MmdbAnswer{network_around(address, found.netmask, state_->identity.ip_version),
                    std::make_shared<const nlohmann::json>(std::move(*record))};
}

}  // namespace tidewaiter
