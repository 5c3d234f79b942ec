#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace tidewaiter {

/// Counts windows of one policy that no record can change any more and that do not hold, over all
/// its subjects: what is left of them once they are forgotten. Retention may still take them, or
/// leave a part of their records, by which they cannot be told; so they are counted by where they
/// begin and where their latest record lies. That takes room by the length of time, not by the
/// number of subjects. One thread at a time.
class FrozenWindows {
 public:
  /// `overlap`: how many windows hold an instant.
  explicit FrozenWindows(std::int64_t overlap) : overlap_(overlap) {}

  /// One subject's windows [first, last], which hold the same records, the latest of them in
  /// `pane`: last <= pane < first + overlap. They are false if they are `told`, else unknown.
  void add(std::int64_t first, std::int64_t last, std::int64_t pane, bool told);

  struct Change {
    std::int64_t told = 0;
    std::int64_t unknown = 0;
  };
  /// Retention has dropped the panes before `pane`: windows without a record in what is left are
  /// gone, and all others that begin before it are unknown. Gives what that adds to how many there
  /// are of each.
  [[nodiscard]] Change forget_before(std::int64_t pane);

  template <class Archive>
  void serialize(Archive& archive) {
    archive(by_pane_);
  }

 private:
  /// Windows that begin alike. A subject counts once in each, so that a subject's number fits.
  struct Count {
    std::uint32_t told = 0;
    std::uint32_t unknown = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(told, unknown);
    }
  };

  std::int64_t overlap_;
  /// By the pane of the latest record: windows pane − overlap + 1 to pane.
  std::map<std::int64_t, std::vector<Count>> by_pane_;
};

}  // namespace tidewaiter
