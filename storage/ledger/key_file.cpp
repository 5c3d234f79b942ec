#include "storage/ledger/key_file.h"

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

constexpr mode_t kOwnerReads = 0400;

/// One byte more than a seed, to see whether the file is longer. Wiped when it goes.
struct SeedBuffer {
  SeedBuffer() = default;
  SeedBuffer(const SeedBuffer&) = delete;
  SeedBuffer& operator=(const SeedBuffer&) = delete;
  ~SeedBuffer() { sodium_memzero(bytes.data(), bytes.size()); }
  std::array<std::byte, SigningKey::kSeedSize + 1> bytes{};
};

Result<std::size_t> read_up_to(int fd, std::span<std::byte> into) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const ssize_t got = ::read(fd, into.data() + filled, into.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return fail(ErrorCode::kUnavailable, std::generic_category().message(errno));
    }
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

Result<SigningKey> read_open_key(int fd, const std::string& name) {
  struct stat about {};
  if (::fstat(fd, &about) != 0) {
    return fail(ErrorCode::kUnavailable, "cannot look at the signing key " + name);
  }
  if ((about.st_mode & 0077U) != 0) {
    return fail(ErrorCode::kRefused,
                "the signing key " + name + " is open to others; expected mode 0400");
  }
  SeedBuffer seed;
  auto length = read_up_to(fd, seed.bytes);
  if (!length) {
    length.error().message = "cannot read the signing key " + name + ": " + length.error().message;
    return tl::unexpected(length.error());
  }
  if (*length != SigningKey::kSeedSize) {
    return fail(ErrorCode::kCorruption, "the signing key " + name + " has not exactly 32 bytes");
  }
  return SigningKey::from_seed(std::span(seed.bytes).first(SigningKey::kSeedSize));
}

}  // namespace

Result<void> create_key_file(const std::filesystem::path& path, const SigningKey& key) {
  const auto seed = key.seed();
  return create_file(path, kOwnerReads,
                     std::string_view(reinterpret_cast<const char*>(seed.data()), seed.size()));
}

std::filesystem::path verifier_key_file(const std::filesystem::path& key) {
  std::filesystem::path file = key;
  return file.replace_extension(".vkey");
}

Result<SigningKey> read_key_file(const std::filesystem::path& path) {
  const std::string name = "`" + path.string() + "`";
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) {
      return fail(ErrorCode::kNotFound, "there is no signing key at " + name);
    }
    return fail(ErrorCode::kUnavailable, "cannot open the signing key " + name + ": " +
                                             std::generic_category().message(errno));
  }
  auto key = read_open_key(fd, name);
  ::close(fd);
  return key;
}

Result<std::string> read_verifier_key_line(const std::filesystem::path& path) {
  constexpr std::size_t kMostBytes = 65'536;
  const Result<std::string> text = read_whole_file(path, kMostBytes);
  if (!text) return text;
  std::string line = text->substr(0, text->find('\n'));
  line.erase(line.find_last_not_of(" \r\t") + 1);
  return line;
}

}  // namespace tidewaiter
