#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace tidewaiter {

/// Values by number, where those that are there may be few and far apart: in pages, of which only
/// those are made that a value was put into. A value that was never put is T(), and is *not there*;
/// T is compared with that by ==. A number costs an eighth of a byte until something near it is
/// put. One thread at a time changes it.
template <class T>
class PagedArray {
 public:
  /// Beyond the last number that a value was put at.
  [[nodiscard]] std::size_t size() const { return pages_.size() * kPage; }
  [[nodiscard]] bool has(std::size_t number) const {
    const T* const value = find(number);
    return value != nullptr && !(*value == T());
  }
  /// Null where no value near it was ever put.
  [[nodiscard]] const T* find(std::size_t number) const {
    const std::size_t page = number / kPage;
    if (page >= pages_.size() || pages_[page] == nullptr) return nullptr;
    return &(*pages_[page])[number % kPage];
  }
  /// To be put. Stays where it is.
  [[nodiscard]] T& at(std::size_t number) {
    const std::size_t page = number / kPage;
    if (page >= pages_.size()) pages_.resize(page + 1);
    if (pages_[page] == nullptr) pages_[page] = std::make_unique<Page>();
    return (*pages_[page])[number % kPage];
  }
  /// REQUIRES: a value near it was put.
  [[nodiscard]] T& operator[](std::size_t number) {
    return (*pages_[number / kPage])[number % kPage];
  }
  [[nodiscard]] const T& operator[](std::size_t number) const {
    return (*pages_[number / kPage])[number % kPage];
  }
  /// The first number from this one on that has a value; size() if there is none.
  [[nodiscard]] std::size_t next(std::size_t number) const {
    while (number < size()) {
      const auto& page = pages_[number / kPage];
      if (page == nullptr) {
        number = (number / kPage + 1) * kPage;
      } else if ((*page)[number % kPage] == T()) {
        ++number;
      } else {
        return number;
      }
    }
    return size();
  }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(pages_);
  }

 private:
  static constexpr std::size_t kPage = 64;
  using Page = std::array<T, kPage>;
  std::vector<std::unique_ptr<Page>> pages_;
};

}  // namespace tidewaiter
