#pragma once

#include <functional>
#include <type_traits>
#include <unordered_set>
#include <vector>

namespace tidewaiter {

/// Takes out what has the same key as something before it; the order stays. The keys are copied: no
/// views. Time: as the number of values, which in a hostile list are as many as its bytes.
template <class T, class KeyOf>
void keep_first_of_each(std::vector<T>& values, KeyOf key_of) {
  if (values.size() < 2) return;
  std::unordered_set<std::decay_t<std::invoke_result_t<KeyOf, const T&>>> seen;
  std::erase_if(values, [&seen, &key_of](const T& value) {
    return !seen.insert(std::invoke(key_of, value)).second;
  });
}

}  // namespace tidewaiter
