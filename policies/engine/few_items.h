#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace tidewaiter {

/// Items of which it is said once how many they are. Where a state has very many lists that are
/// mostly empty, the three words of each vector are more than what it holds: here none costs two,
/// and there is no room beyond the items. One thread at a time.
template <class T>
class FewItems {
 public:
  /// Makes `count` items, each T(), where there are none. REQUIRES: there are none, or so many.
  void make(std::size_t count) {
    if (count == size_.number) return;
    items_ = std::make_unique<T[]>(count);
    size_.number = static_cast<std::uint32_t>(count);
  }

  [[nodiscard]] bool empty() const { return size_.number == 0; }
  [[nodiscard]] std::size_t size() const { return size_.number; }
  [[nodiscard]] T& operator[](std::size_t i) { return items_[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return items_[i]; }
  [[nodiscard]] T* begin() { return items_.get(); }
  [[nodiscard]] T* end() { return items_.get() + size_.number; }
  [[nodiscard]] const T* begin() const { return items_.get(); }
  [[nodiscard]] const T* end() const { return items_.get() + size_.number; }

  /// For snapshots, and for counting memory: see state_archive.h. What is read into is empty.
  template <class Archive>
  void serialize(Archive& archive) {
    std::uint32_t count = size_.number;
    archive(count);
    make(count);
    if constexpr (requires { archive.allocated(count); }) archive.allocated(count * sizeof(T));
    for (T& item : *this) archive(item);
  }

 private:
  /// A size that goes with the items: what is moved from has none.
  struct Size {
    std::uint32_t number = 0;
    Size() = default;
    Size(const Size&) = delete;
    Size& operator=(const Size&) = delete;
    Size(Size&& other) noexcept : number(std::exchange(other.number, 0)) {}
    Size& operator=(Size&& other) noexcept {
      number = std::exchange(other.number, 0);
      return *this;
    }
    ~Size() = default;
  };

  std::unique_ptr<T[]> items_;
  Size size_;
};

}  // namespace tidewaiter
