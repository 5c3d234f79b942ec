#include "daemon/leads/lead_file.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "daemon/leads/named_subject.h"
#include "policies/model/ascii.h"

namespace tidewaiter {

void LeadFileMaker::take_value(const std::string& type, const std::string& value) {
  std::optional<std::string> subject = named_subject(type, value);
  if (!subject) return count_unread(type + " with a value that is none");
  subjects_.insert(std::move(*subject));
  if (!is_marked_) is_wholly_marked_ = false;
  ++lead_.read[type];
}

void LeadFileMaker::take_marking(const TlpMarking& marking) {
  if (strictest_ == nullptr || is_laxer(strictest_->name, marking.name)) strictest_ = &marking;
}

void LeadFileMaker::take_other_marking(bool is_statement) {
  is_wholly_marked_ = false;
  if (!is_statement) ++lead_.unknown_markings;
  count_unread("marking that is no TLP");
}

void LeadFileMaker::count_unread(const std::string& what) {
  /// So many kinds of what was not read are told apart.
  constexpr std::size_t kMostKinds = 60;
  const bool known = lead_.unread.contains(what) || lead_.unread.size() < kMostKinds;
  ++lead_.unread[known ? what : "part of other types"];
}

LeadFile LeadFileMaker::finish() {
  LeadFileMaker done = std::exchange(*this, LeadFileMaker());
  done.lead_.subjects.assign(done.subjects_.begin(), done.subjects_.end());
  if (done.strictest_ != nullptr) done.lead_.handling = done.strictest_->name;
  done.lead_.wholly_marked = !done.subjects_.empty() && done.is_wholly_marked_;
  return std::move(done.lead_);
}

std::string plain_word(std::string_view what, std::string_view otherwise) {
  constexpr std::size_t kMost = 64;
  const bool fit = !what.empty() && what.size() <= kMost && std::ranges::all_of(what, [](char c) {
    return is_digit(c) || c == '-' || c == '_' || (c >= 'a' && c <= 'z');
  });
  return std::string(fit ? what : otherwise);
}

}  // namespace tidewaiter
