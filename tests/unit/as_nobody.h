#pragma once

#include <unistd.h>

namespace tidewaiter {

/// While it lives the process has no rights over other people's files: root, who may read all,
/// acts as `nobody`. `acts()` says whether permissions count now; a test that needs them skips
/// where they do not.
class AsNobody {
 public:
  AsNobody() : changed_(geteuid() == 0 && seteuid(65534) == 0) {}
  ~AsNobody() {
    if (changed_ && seteuid(0) != 0) _exit(99);
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

  [[nodiscard]] bool acts() const { return geteuid() != 0; }

 private:
  bool changed_;
};

}  // namespace tidewaiter
