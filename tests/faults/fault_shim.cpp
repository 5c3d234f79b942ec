// Loaded before the C library (LD_PRELOAD): counts the calls that reach for a file below one
// folder, and lets those fail, or the process die at those, whose numbers a plan names. What it is
// told, it is told by the environment:
//
//   TIDEWAITER_FAULT_FOLDER      the folder, an absolute path without links in it
//   TIDEWAITER_FAULT_PLAN        "17:EIO,30:KILL": numbers from 1, EIO ENOSPC EDQUOT or KILL
//   TIDEWAITER_FAULT_TRACE       a file that gets a line for each counted call
//   TIDEWAITER_FAULT_SIGNATURES  a file that gets each message that is signed, and a blank line,
//                                before the signature exists for anybody
//
// Both files lie elsewhere, where no fault reaches.

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <dlfcn.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

/// The function that would have been called without this library.
template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

std::string_view setting(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return value == nullptr ? std::string_view() : std::string_view(value);
}

/// Appends in one call of the kernel, around every function that this library stands before.
void append(std::string_view file, std::string_view text) {
  if (file.empty()) return;
  const long fd = ::syscall(SYS_openat, AT_FDCWD, std::string(file).c_str(),
                            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) std::abort();
  if (::syscall(SYS_write, fd, text.data(), text.size()) != static_cast<long>(text.size())) {
    std::abort();
  }
  ::syscall(SYS_close, fd);
}

bool is_inside(std::string_view path) {
  const std::string_view folder = setting("TIDEWAITER_FAULT_FOLDER");
  return !folder.empty() && path.starts_with(folder) && path.substr(folder.size()).starts_with('/');
}

/// What the plan has for a call: an errno, SIGKILL below zero, or 0.
int planned(long number) {
  std::string_view plan = setting("TIDEWAITER_FAULT_PLAN");
  while (!plan.empty()) {
    const std::string_view one = plan.substr(0, plan.find(','));
    plan.remove_prefix(std::min(plan.size(), one.size() + 1));
    const std::size_t colon = one.find(':');
    if (std::strtol(one.data(), nullptr, 10) != number) continue;
    const std::string_view what = one.substr(colon + 1);
    if (what == "KILL") return -SIGKILL;
    if (what == "EIO") return EIO;
    if (what == "ENOSPC") return ENOSPC;
    if (what == "EDQUOT") return EDQUOT;
    std::abort();
  }
  return 0;
}

/// Counts a call. True: it fails, and errno says how.
bool strikes(const char* name, std::string_view path) {
  static long number = 0;
  if (!is_inside(path)) return false;
  ++number;
  append(setting("TIDEWAITER_FAULT_TRACE"),
         std::string(name) + ' ' + std::string(path.substr(path.rfind('/') + 1)) + '\n');
  const int fault = planned(number);
  if (fault == -SIGKILL) ::kill(::getpid(), SIGKILL);
  if (fault <= 0) return false;
  errno = fault;
  return true;
}

bool strikes(const char* name, int fd) {
  std::array<char, 4096> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = ::readlink(link.c_str(), path.data(), path.size());
  return size > 0 && strikes(name, std::string_view(path.data(), static_cast<std::size_t>(size)));
}

mode_t mode_of(int flags, va_list rest) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {  // NOLINT(cert-dcl50-cpp): as it is declared
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  if (strikes("open", path)) return -1;
  return real<int(const char*, int, ...)>("open")(path, flags, mode);
}

int open64(const char* path, int flags, ...) {  // NOLINT(cert-dcl50-cpp): as it is declared
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  if (strikes("open", path)) return -1;
  return real<int(const char*, int, ...)>("open64")(path, flags, mode);
}

ssize_t read(int fd, void* bytes, size_t size) {
  if (strikes("read", fd)) return -1;
  return real<ssize_t(int, void*, size_t)>("read")(fd, bytes, size);
}

ssize_t pread(int fd, void* bytes, size_t size, off_t at) {
  if (strikes("pread", fd)) return -1;
  return real<ssize_t(int, void*, size_t, off_t)>("pread")(fd, bytes, size, at);
}

ssize_t pread64(int fd, void* bytes, size_t size, off64_t at) {
  if (strikes("pread", fd)) return -1;
  return real<ssize_t(int, void*, size_t, off64_t)>("pread64")(fd, bytes, size, at);
}

ssize_t write(int fd, const void* bytes, size_t size) {
  if (strikes("write", fd)) return -1;
  return real<ssize_t(int, const void*, size_t)>("write")(fd, bytes, size);
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  if (strikes("pwrite", fd)) return -1;
  return real<ssize_t(int, const void*, size_t, off_t)>("pwrite")(fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  if (strikes("pwrite", fd)) return -1;
  return real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64")(fd, bytes, size, at);
}

int fsync(int fd) {
  if (strikes("fsync", fd)) return -1;
  return real<int(int)>("fsync")(fd);
}

int fdatasync(int fd) {
  if (strikes("fdatasync", fd)) return -1;
  return real<int(int)>("fdatasync")(fd);
}

int ftruncate(int fd, off_t size) noexcept {
  if (strikes("ftruncate", fd)) return -1;
  return real<int(int, off_t)>("ftruncate")(fd, size);
}

int ftruncate64(int fd, off64_t size) noexcept {
  if (strikes("ftruncate", fd)) return -1;
  return real<int(int, off64_t)>("ftruncate64")(fd, size);
}

int rename(const char* from, const char* to) noexcept {
  if (strikes("rename", from)) return -1;
  return real<int(const char*, const char*)>("rename")(from, to);
}

int link(const char* from, const char* to) noexcept {
  if (strikes("link", to)) return -1;
  return real<int(const char*, const char*)>("link")(from, to);
}

int unlink(const char* path) noexcept {
  if (strikes("unlink", path)) return -1;
  return real<int(const char*)>("unlink")(path);
}

int crypto_sign_detached(unsigned char* signature, unsigned long long* signature_size,
                         const unsigned char* message, unsigned long long message_size,
                         const unsigned char* secret) {
  const std::string text(reinterpret_cast<const char*>(message),
                         static_cast<std::size_t>(message_size));
  append(setting("TIDEWAITER_FAULT_SIGNATURES"), text + '\n');
  return real<decltype(crypto_sign_detached)>("crypto_sign_detached")(
      signature, signature_size, message, message_size, secret);
}

}  // extern "C"
