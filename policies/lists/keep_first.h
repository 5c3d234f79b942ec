#pragma once

#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

namespace tidewaiter {

/// Takes out what has the same text as something before it; the order stays. Time: as the number of
/// values, which in a hostile list are as many as its bytes.
template <class T, class Text>
void keep_first_of_each(std::vector<T>& values, Text text_of) {
  if (values.size() < 2) return;
  std::unordered_set<std::string> seen;
  std::erase_if(values, [&seen, &text_of](const T& value) {
    return !seen.insert(std::invoke(text_of, value)).second;
  });
}

}  // namespace tidewaiter
