#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "policies/engine/samples.h"

namespace tidewaiter {

/// Adds up the memory that a state has taken beside the object itself. It is an archive that writes
/// nothing: by the `serialize` members that snapshots have it goes through the parts of a state,
/// and counts what each container has room for. What the allocator adds is not in it, nor are
/// caches, which snapshots do not have. Costs as much as going through all there is. One thread at
/// a time.
class HeldMemory {
 public:
  // As serialize() asks of an archive, by cereal's names: what is counted is not changed.
  using is_saving = std::true_type;    // NOLINT(readability-identifier-naming)
  using is_loading = std::false_type;  // NOLINT(readability-identifier-naming)

  template <class... Parts>
  void operator()(const Parts&... parts) {
    (add(parts), ...);
  }
  /// Of memory that no container has.
  void allocated(std::size_t bytes) { bytes_ += bytes; }
  [[nodiscard]] std::int64_t bytes() const { return static_cast<std::int64_t>(bytes_); }

 private:
  /// Links of a node of std::map or std::set, and of std::unordered_map.
  static constexpr std::size_t kTreeNode = 4 * sizeof(void*);
  static constexpr std::size_t kHashNode = 2 * sizeof(void*);

  template <class T>
  static constexpr bool kIsPlain = std::is_arithmetic_v<T> || std::is_enum_v<T> ||
                                   sizeof(T) == 1 || std::is_same_v<T, Int128>;

  template <class Part>
  void add(const Part& part) {
    if constexpr (!kIsPlain<Part>) {
      if constexpr (requires(Part & own) { own.serialize(*this); }) {
        // Not const, for an archive that reads would fill it.
        const_cast<Part&>(part).serialize(*this);
      } else {
        serialize(*this, const_cast<Part&>(part));
      }
    }
  }
  void add(const std::monostate& /*nothing*/) {}
  void add(const std::string& text) {
    if (text.capacity() > std::string().capacity()) bytes_ += text.capacity() + 1;
  }
  template <class T>
  void add(const std::vector<T>& values) {
    if constexpr (std::is_same_v<T, bool>) {
      bytes_ += values.capacity() / 8;
    } else {
      bytes_ += values.capacity() * sizeof(T);
      each(values);
    }
  }
  template <class T>
  void add(const std::deque<T>& values) {
    bytes_ += values.size() * sizeof(T);
    each(values);
  }
  template <class T, std::size_t N>
  void add(const std::array<T, N>& values) {
    each(values);
  }
  template <class T, std::size_t N>
  void add(const T (&values)[N]) {
    each(values);
  }
  template <class A, class B>
  void add(const std::pair<A, B>& both) {
    add(both.first);
    add(both.second);
  }
  template <class T>
  void add(const std::unique_ptr<T>& value) {
    if (value == nullptr) return;
    bytes_ += sizeof(T);
    add(*value);
  }
  template <class T>
  void add(const std::optional<T>& value) {
    if (value) add(*value);
  }
  template <class... Types>
  void add(const std::variant<Types...>& value) {
    std::visit([this](const auto& is) { this->add(is); }, value);
  }
  template <class... Of>
  void add(const std::map<Of...>& values) {
    add_nodes(values, kTreeNode);
  }
  template <class... Of>
  void add(const std::set<Of...>& values) {
    add_nodes(values, kTreeNode);
  }
  template <class... Of>
  void add(const std::unordered_map<Of...>& values) {
    bytes_ += values.bucket_count() * sizeof(void*);
    add_nodes(values, kHashNode);
  }

  template <class Values>
  void add_nodes(const Values& values, std::size_t links) {
    bytes_ += values.size() * (sizeof(typename Values::value_type) + links);
    each(values);
  }
  template <class Values>
  void each(const Values& values) {
    for (const auto& value : values) {
      if constexpr (!kIsPlain<std::remove_cvref_t<decltype(value)>>) add(value);
    }
  }

  std::size_t bytes_ = 0;
};

}  // namespace tidewaiter
