#pragma once

#include <map>
#include <sstream>
#include <string>

namespace tidewaiter {

/// The root that was signed for each size. The one thing that a log must never do is to sign two
/// roots for one size.
class SignedSizes {
 public:
  /// Takes the body of a checkpoint (origin, size and root, a line each: C2SP tlog-checkpoint) that
  /// somebody signed. Gives what is wrong with it, or nothing.
  std::string add(const std::string& body) {
    std::istringstream lines(body);
    std::string origin;
    std::string size;
    std::string root;
    if (!std::getline(lines, origin) || !std::getline(lines, size) || !std::getline(lines, root)) {
      return "something else than a checkpoint was signed: " + body;
    }
    const auto [at, is_new] = roots_.emplace(size, root);
    if (is_new || at->second == root) return "";
    return "two heads of size " + size + " were signed: " + at->second + " and " + root;
  }

 private:
  std::map<std::string, std::string> roots_;
};

}  // namespace tidewaiter
