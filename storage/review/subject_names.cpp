#include "storage/review/subject_names.h"

namespace tidewaiter {

std::vector<std::string_view> subject_names(std::string_view subject) {
  std::vector<std::string_view> names;
  while (!subject.empty()) {
    names.push_back(subject);
    const std::size_t next = subject.find_first_of(":/");
    subject.remove_prefix(next == std::string_view::npos ? subject.size() : next + 1);
  }
  return names;
}

}  // namespace tidewaiter
