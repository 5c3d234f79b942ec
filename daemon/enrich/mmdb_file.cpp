#include "daemon/enrich/mmdb_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>
#include <utility>

#include <maxminddb.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/enrich/mmdb_value.h"
#include "storage/files/durable_file.h"

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

constexpr std::size_t kIpv4At = 12;  // of the 16 bytes

tl::unexpected<Error> corrupt(const std::string& path, const std::string& why) {
  return fail(ErrorCode::kCorruption, "the database `" + path + "` contradicts itself: " + why +
                                          "; get it anew from whoever publishes it");
}

/// Reads the metadata of a file before MMDB_open() does, which follows its pointers without bound.
/// What is wrong with it, or nothing: the metadata is sound, or there is none.
std::optional<std::string> what_is_wrong_with_metadata(const std::filesystem::path& path) {
  constexpr std::string_view kMarker = "\xab\xcd\xefMaxMind.com";
  constexpr std::streamoff kMostFromEnd{131'072};  // 128 KiB
  std::ifstream in(path, std::ios::binary);
  if (!in.seekg(0, std::ios::end)) return std::nullopt;
  const std::streamoff size = in.tellg();
  if (size <= 0) return std::nullopt;
  std::string tail(static_cast<std::size_t>(std::min(size, kMostFromEnd)), '\0');
  in.seekg(size - static_cast<std::streamoff>(tail.size()));
  if (!in.read(tail.data(), static_cast<std::streamsize>(tail.size()))) return std::nullopt;
  const std::size_t marker = tail.rfind(kMarker);
  if (marker == std::string::npos) return std::nullopt;
  tail.erase(0, marker + kMarker.size());
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(tail.data());
  const Result<nlohmann::json> metadata = read_mmdb_value({bytes, tail.size()}, 0);
  return metadata ? std::nullopt : std::optional(metadata.error().message);
}

constexpr std::size_t kMostCopied = std::size_t{1} << 30U;

struct Descriptor {
  int number = -1;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
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

Result<MmdbFile> MmdbFile::open(const std::filesystem::path& path) { return open_as(path, path); }

Result<MmdbFile> MmdbFile::open_copy(const std::filesystem::path& path) {
  const Result<std::string> bytes = read_whole_file(path, kMostCopied);
  if (!bytes) return tl::unexpected(bytes.error());
  const Descriptor copy{::memfd_create("tidewaiter-addresses", MFD_CLOEXEC)};
  if (copy.number < 0 || !write_all(copy.number, *bytes)) {
    return fail(ErrorCode::kUnavailable, "no memory for a copy of `" + path.string() + "`");
  }
  return open_as("/proc/self/fd/" + std::to_string(copy.number), path);
}

/// Opens a file that people know as `shown`.
Result<MmdbFile> MmdbFile::open_as(const std::filesystem::path& path,
                                   const std::filesystem::path& shown) {
  const auto no_database = [&shown](const std::string& why) {
    return fail(ErrorCode::kInvalidInput,
                "`" + shown.string() + "` is no database in MaxMind's format: " + why);
  };
  if (const auto wrong = what_is_wrong_with_metadata(path)) {
    return no_database("in its metadata " + *wrong);
  }
  const auto state = std::make_shared<State>();
  state->path = shown.string();
  const int failure = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &state->database);
  if (failure == MMDB_FILE_OPEN_ERROR || failure == MMDB_IO_ERROR) {
    std::error_code ignored;
    const bool there = std::filesystem::exists(path, ignored);
    return fail(there ? ErrorCode::kUnavailable : ErrorCode::kNotFound,
                "cannot open `" + state->path + "`: " +
                    (there ? std::string(MMDB_strerror(failure)) : "there is no such file"));
  }
  if (failure != MMDB_SUCCESS) return no_database(MMDB_strerror(failure));
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
  const MMDB_lookup_result_s found = look_up(state_->database, address, failure);
  if (failure == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR) return std::nullopt;
  if (failure != MMDB_SUCCESS) return corrupt(state_->path, MMDB_strerror(failure));
  if (!found.found_entry) return std::nullopt;
  // MMDB_get_entry_data_list() would follow the pointers of a record without bound.
  const MMDB_s& database = state_->database;
  Result<nlohmann::json> record =
      read_mmdb_value({database.data_section, database.data_section_size}, found.entry.offset);
  if (!record) return corrupt(state_->path, record.error().message);
  return MmdbAnswer{network_around(address, found.netmask, state_->identity.ip_version),
                    std::make_shared<const nlohmann::json>(std::move(*record))};
}

}  // namespace tidewaiter
