#include "daemon/sources/input_file.h"

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tidewaiter {
namespace {

tl::unexpected<Error> system_error(int code, const std::filesystem::path& path) {
  const std::string name = "`" + path.string() + "`";
  if (code == ENOENT || code == ENOTDIR) {
    return fail(ErrorCode::kNotFound, "there is no file " + name);
  }
  std::string message = "cannot read " + name + ": " + std::generic_category().message(code);
  if (code == EACCES || code == EPERM) {
    message += "; give the daemon's user the right to read it";
  }
  return fail(ErrorCode::kUnavailable, std::move(message));
}

Result<FileFacts> to_facts(const struct stat& status, const std::filesystem::path& path) {
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::kInvalidInput,
                "`" + path.string() + "` is not a regular file; name a file, a folder or a glob");
  }
  FileFacts facts;
  facts.device = static_cast<std::uint64_t>(status.st_dev);
  facts.inode = static_cast<std::uint64_t>(status.st_ino);
  facts.size = static_cast<std::int64_t>(status.st_size);
  facts.modified_us = static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000 +
                      static_cast<std::int64_t>(status.st_mtim.tv_nsec) / 1000;
  return facts;
}

}  // namespace

Result<FileFacts> file_facts(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return system_error(errno, path);
  }
  return to_facts(status, path);
}

InputFile::InputFile(std::filesystem::path path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

InputFile::InputFile(InputFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

InputFile& InputFile::operator=(InputFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

InputFile::~InputFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

Result<InputFile> InputFile::open(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a pipe without a writer would wait for ever; on regular files it is idle.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (descriptor < 0) {
    return system_error(errno, path);
  }
  InputFile file(path, descriptor);
  if (const auto facts = file.facts(); !facts) {
    return tl::unexpected(facts.error());
  }
  return file;
}

Result<FileFacts> InputFile::facts() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) {
    return system_error(errno, path_);
  }
  return to_facts(status, path_);
}

Result<std::size_t> InputFile::read(std::span<char> out) {
  for (;;) {
    const ssize_t got = ::read(descriptor_, out.data(), out.size());
    if (got >= 0) {
      return static_cast<std::size_t>(got);
    }
    if (errno != EINTR) {
      return system_error(errno, path_);
    }
  }
}

Result<void> InputFile::seek(std::int64_t offset) {
  if (::lseek(descriptor_, static_cast<off_t>(offset), SEEK_SET) < 0) {
    return system_error(errno, path_);
  }
  return {};
}

Result<std::size_t> InputFile::peek(std::span<char> out) const {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const ssize_t got =
        ::pread(descriptor_, out.data() + filled, out.size() - filled, static_cast<off_t>(filled));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return system_error(errno, path_);
    }
    if (got == 0) {
      break;
    }
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

Result<Digest> InputFile::hash_head(std::int64_t length) const {
  std::string head(static_cast<std::size_t>(length), '\0');
  const auto got = peek(head);
  if (!got) {
    return tl::unexpected(got.error());
  }
  return sha256(std::string_view(head).substr(0, *got));
}

}  // namespace tidewaiter
