#pragma once

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <string_view>

#include <dlfcn.h>
#include <netdb.h>

namespace tidewaiter {

/// Names below `held.test`, of which no name server says anything until release(). The program that
/// includes this, in one file, has its own getaddrinfo(3), which the libraries that it is linked
/// with call too.
class HeldLookups {
 public:
  static HeldLookups& instance() {
    static auto* const held = new HeldLookups();  // outlives the resolver's threads
    return *held;
  }
  void hold() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return released_; });
    --waiting_;
    changed_.notify_all();
  }
  [[nodiscard]] int waiting() {
    const std::scoped_lock lock(mutex_);
    return waiting_;
  }
  /// All that wait are told that there is no such host.
  void release() {
    std::unique_lock lock(mutex_);
    released_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return waiting_ == 0; });
    released_ = false;
  }

 private:
  HeldLookups() = default;
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool released_ = false;
};

}  // namespace tidewaiter

// NOLINTNEXTLINE(readability-identifier-naming): libc's name
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  if (node != nullptr && std::string_view(node).ends_with("held.test")) {
    tidewaiter::HeldLookups::instance().hold();
    return EAI_NONAME;
  }
  using Real = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return real == nullptr ? EAI_SYSTEM : real(node, service, hints, found);
}
